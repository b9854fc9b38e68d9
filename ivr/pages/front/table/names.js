// The names that a table defines, and where: read from the texts as they stand in the page, also while they are broken.
import { yamlLanguage } from "@codemirror/lang-yaml";

const SECTIONS = { nodes: "node", teams: "team", calendars: "calendar", prompts: "prompt", flows: "flow", variables: "variable", facts: "fact", numbers: "number", guarantees: "guarantee" };
const kept = new Map(); // path → { text, names, at }
const LARGE = 100_000; // characters beyond which a text is not read anew at every keystroke
const STALE = 2000; // milliseconds for which its names are good enough

// Every definition in all files: { what, name, path, from, to, scope, kind, values }. `scope` is the flow that it is
// defined in, "" for the table; what is "node", "team", … and "language", "parameter".
export function namesOf(texts) {
  const out = [];
  for (const path of kept.keys()) if (!texts.has(path)) kept.delete(path);
  for (const [path, text] of texts) {
    let held = kept.get(path);
    const recent = held && text.length > LARGE && Date.now() - held.at < STALE;
    if (!held || (held.text !== text && !recent)) {
      held = { text, names: read(path, text), at: Date.now() };
      kept.set(path, held);
    }
    out.push(...held.names);
  }
  return out;
}

function read(path, text) {
  const out = [];
  const tree = yamlLanguage.parser.parse(text);
  for (const pair of pairs(tree.topNode, text)) {
    const what = SECTIONS[pair.key];
    if (what) for (const one of pairs(pair.value, text)) define(out, path, what, one, text, "");
    if (pair.key === "table") {
      const held = pairs(pair.value, text).find((one) => one.key === "languages");
      for (const one of pairs(held?.value, text)) define(out, path, "language", one, text, "");
    }
  }
  return out;
}

function define(out, path, what, one, text, scope) {
  const held = { what, name: one.key, path, from: one.from, to: one.to, scope, kind: "", values: [] };
  out.push(held);
  if (what === "node") held.kind = scalar(pairs(one.value, text).find((inner) => inner.key === "kind")?.value, text);
  if (what === "variable" || what === "fact") held.values = items(one.value, text);
  if (what === "team") held.kind = scalar(pairs(one.value, text).find((inner) => inner.key === "via")?.value, text);
  if (what !== "flow") return;
  for (const inner of pairs(one.value, text)) {
    if (inner.key === "nodes") for (const node of pairs(inner.value, text)) define(out, path, "node", node, text, one.key);
    if (inner.key === "with") for (const given of pairs(inner.value, text)) define(out, path, "parameter", given, text, one.key);
  }
}

// The pairs of the first mapping in a part of the tree.
function pairs(node, text) {
  const mapping = first(node, ["BlockMapping", "FlowMapping"]);
  const out = [];
  for (let pair = mapping?.firstChild; pair; pair = pair.nextSibling) {
    if (pair.name !== "Pair") continue;
    const key = pair.getChild("Key");
    if (!key) continue;
    let value = key.nextSibling;
    while (value && (value.name === ":" || value.name === "Comment")) value = value.nextSibling;
    out.push({ key: bare(text.slice(key.from, key.to)), from: key.from, to: key.to, value });
  }
  return out;
}

function first(node, names) {
  if (!node) return null;
  if (names.includes(node.name)) return node;
  if (!["Stream", "Document", "Tagged", "Anchored"].includes(node.name)) return null;
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const found = first(child, names);
    if (found) return found;
  }
  return null;
}

function scalar(node, text) {
  return node && /Literal/.test(node.name) ? bare(text.slice(node.from, node.to)) : "";
}

function items(node, text) {
  const out = [];
  if (!node || !/Sequence/.test(node.name)) return out;
  for (let item = node.firstChild; item; item = item.nextSibling) {
    const held = item.name === "Item" ? item.lastChild : item;
    if (held && /Literal/.test(held.name)) out.push(bare(text.slice(held.from, held.to)));
  }
  return out;
}

export function bare(text) {
  const found = /^(["'])(.*)\1$/s.exec(text.trim());
  return found ? found[2] : text.trim();
}
