// What can be written where the cursor stands, and what stands there means: from the schema, and from the table's own names.
import { contextAt } from "./context.js";

const WORDS = { node: ["continue", "return"] };

// The `kind:` of the mapping whose key begins at `mark`.
export function kindAt(text, mark) {
  const begin = text.lastIndexOf("\n", mark - 1) + 1;
  const indent = mark - begin;
  const rest = text.slice(mark, mark + 6000);
  const end = /^\s*$/.test(text.slice(begin, mark)) ? rest.search(new RegExp(`\\n {0,${indent}}[^\\s#]`)) : -1;
  const found = /(?:^|[\s{,])kind:\s*["']?([a-z_]+)/.exec(end < 0 ? rest : rest.slice(0, end));
  return found ? found[1] : "";
}

// All that is known of a place: its context, and the schemas that hold there.
export function placeAt(schema, text, offset) {
  const context = contextAt(text.slice(0, offset));
  if (context.role === "none") return null;
  const kindOf = (depth) => (depth > 0 && context.marks[depth - 1] !== undefined ? kindAt(text, context.marks[depth - 1]) : "");
  return { ...context, schemas: schema.at(context.path, kindOf), kindOf };
}

// The flow in which a place stands, "" for the table.
export const flowOf = (path) => (path[0] === "flows" && path.length > 1 ? path[1] : "");

// What a value at a place refers to: sections of the table.
export function refersTo(schema, place, names) {
  const out = schema.refers(place.schemas);
  const path = place.path;
  if (path[0] === "table" && (path[1] === "entry" || path[1] === "defaults" || path[1] === "start")) out.add("node");
  if (path.at(-2) === "with" && path[0] !== "flows") {
    const kinds = names.filter((one) => one.what === "parameter" && one.name === path.at(-1)).map((one) => one.scope);
    if (kinds.length) for (const what of ["team", "node", "calendar", "prompt"]) out.add(what);
  }
  return out;
}

// The definition that a word at a place names.
export function definitionOf(schema, place, word, names) {
  if (!place || !word) return null;
  if (word.startsWith("$")) return names.find((one) => one.what === "parameter" && one.name === word.slice(1) && one.scope === flowOf(place.path)) ?? null;
  if (place.role !== "value") return null;
  const kinds = refersTo(schema, place, names);
  const flow = flowOf(place.path);
  const fits = (one) => kinds.has(one.what) && one.name === word;
  const found = names.find((one) => fits(one) && one.scope === flow) ?? names.find((one) => fits(one) && one.scope === "");
  if (found) return found;
  const last = place.path.at(-1);
  if (last === "on") return names.find((one) => (one.what === "variable" || one.what === "fact") && one.name === word) ?? null;
  if (kinds.size === 0 && (last === "reach" || last === "[]" || last === "to")) return names.find((one) => one.name === word && one.scope === "" && ["team", "node"].includes(one.what)) ?? null;
  return null;
}

export function completions(schema, names, words) {
  return (context) => {
    const text = context.state.doc.toString();
    const place = placeAt(schema, text, context.pos);
    if (!place || (!context.explicit && !place.word && place.role === "key")) return null;
    const options = place.role === "key" ? keys(schema, place, names(), words) : values(schema, place, text, names());
    if (!options.length) return null;
    return { from: place.from, options, validFor: /^[\w$-]*$/ };
  };
}

function keys(schema, place, names, words) {
  const out = [];
  for (const [name, held] of schema.keys(place.schemas)) {
    if (place.siblings.includes(name)) continue;
    const apply = place.quote ? name : held.holds === "object" ? `${name}:` : `${name}: `;
    out.push({ label: name, type: "property", info: held.about, detail: held.needed ? words.needed : "", apply, boost: held.needed ? 10 : 0 });
  }
  if (schema.languages(place.schemas)) out.push(...named(names, ["language"], "", place.siblings, ": "));
  if (place.path.at(-1) === "set" || place.path.at(-1) === "facts") out.push(...named(names, [place.path.at(-1) === "set" ? "variable" : "fact"], "", place.siblings, ": "));
  if (place.path.at(-1) === "speech") out.push(...named(names, ["language"], "", place.siblings, ": "));
  if (place.path.at(-1) === "cases") out.push(...cases(place, names));
  return out;
}

function named(names, kinds, flow, left = [], after = "") {
  const seen = new Set(left);
  const out = [];
  for (const one of names) {
    if (!kinds.includes(one.what) || (one.scope && one.scope !== flow) || seen.has(one.name)) continue;
    seen.add(one.name);
    out.push({ label: one.name, type: one.what === "node" ? "function" : "variable", detail: one.kind || one.what, info: one.path, apply: one.name + after });
  }
  return out;
}

// The values that a branch can have a case for.
function cases(place, names) {
  const text = place.text ?? "";
  const on = /\bon:\s*["']?([\w-]+)/.exec(text)?.[1];
  const subject = names.find((one) => (one.what === "variable" || one.what === "fact") && one.name === on);
  return (subject?.values ?? []).filter((value) => !place.siblings.includes(value)).map((value) => ({ label: value, type: "enum", apply: `${value}: ` }));
}

function values(schema, place, text, names) {
  const out = [...schema.values(place.schemas)].map(([word, about]) => ({ label: word, type: "enum", info: about }));
  const flow = flowOf(place.path);
  const kinds = [...refersTo(schema, place, names)];
  out.push(...named(names, kinds, flow));
  if (kinds.length && flow) for (const one of names) if (one.what === "parameter" && one.scope === flow) out.push({ label: `$${one.name}`, type: "variable", detail: "$" });
  if (kinds.includes("node")) for (const word of WORDS.node) if (word !== "return" || flow) out.push({ label: word, type: "keyword" });
  const last = place.path.at(-1);
  const parent = place.path.at(-2);
  if (last === "on") out.push(...named(names, ["variable", "fact"], ""), ...["number", "phase", "language"].map((label) => ({ label, type: "keyword" })));
  if (parent === "set" || parent === "facts") {
    const subject = names.find((one) => (one.what === "variable" || one.what === "fact") && one.name === last);
    for (const value of subject?.values ?? []) out.push({ label: value, type: "enum" });
  }
  if (last === "reach") out.push({ label: "an open team", type: "keyword" }, ...named(names, ["team", "node"], ""));
  if (place.path[0] === "guarantees" && (last === "arriving" || parent === "arriving")) {
    out.push({ label: "always", type: "keyword" });
    for (const one of names) if (one.what === "calendar") for (const state of ["open", "closed", "holiday"]) out.push({ label: `${one.name} ${state}`, type: "enum" });
  }
  if (last === "must_still_reach" || parent === "must_still_reach") out.push(...named(names, ["team"], ""));
  const seen = new Set();
  return out.filter((one) => !seen.has(one.label) && seen.add(one.label));
}

// What hovering over a word shows: {title, about, place} or null.
export function explain(schema, text, from, to, names) {
  const word = text.slice(from, to);
  const before = placeAt(schema, text, to);
  if (!before) return null;
  const isKey = before.role === "key" || /^\s*["']?\s*:(\s|$)/.test(text.slice(to, to + 8));
  if (isKey) {
    const parent = before.role === "key" ? before.schemas : schema.at(before.path.slice(0, -1), before.kindOf);
    const held = schema.keys(parent).get(word);
    return held?.about ? { title: word, about: held.about, definition: null } : null;
  }
  const definition = definitionOf(schema, before, word, names);
  if (definition) return { title: `${definition.what} ${definition.name}${definition.kind ? ` (${definition.kind})` : ""}`, about: "", definition };
  const meaning = schema.values(before.schemas).get(word);
  return meaning ? { title: word, about: meaning, definition: null } : null;
}

