// The page of a draft or a version: an editor, what is found in its text, what holds for its callers, who would notice.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";
import { ask, make, say } from "./lib/dom.js";
import { Editor } from "./table/editor.js";
import { Files } from "./table/files.js";
import { Judge } from "./table/judge.js";
import { Keeping } from "./table/keeping.js";
import { namesOf } from "./table/names.js";
import { Schema } from "./table/schema.js";

const work = JSON.parse(document.getElementById("work").textContent);
const words = work.words;
const fill = (text, holes) => text.replace(/\{(\w+)\}/g, (_, name) => holes[name] ?? "");
const query = `of=${encodeURIComponent(work.of)}&table=${encodeURIComponent(work.table)}`;

const [held, schema] = await Promise.all([ask(`/table/files?${query}`), ask("/table/schema")]).catch((error) => {
  say(error.message, true);
  throw error;
});
const base = new Map(Object.entries(held.base));
const paths = new Set(Object.keys(held.files));
let faults = [];

const texts = () => new Map(ordered().map((path) => [path, editor.text(path)]));
const names = () => namesOf(texts());
const editor = new Editor(document.getElementById("editor"), work, new Schema(schema), names, { changed, go, next });
const files = new Files(words, (path) => open(path));
for (const [path, text] of Object.entries(held.files)) editor.states.set(path, editor.state(path, text));

// The order in which a folder is read: the files of a folder by name, then its folders.
function ordered() {
  const key = (path) => path.split("/").map((part, index, all) => (index === all.length - 1 ? "0" : "1") + part);
  return [...paths].sort((a, b) => {
    const [one, other] = [key(a), key(b)];
    for (let i = 0; i < Math.max(one.length, other.length); i += 1) if (one[i] !== other[i]) return (one[i] ?? "") < (other[i] ?? "") ? -1 : 1;
    return 0;
  });
}

const keeping = work.editable
  ? new Keeping(work.draft, held.revision, Object.entries(held.files), (path) => (paths.has(path) ? editor.text(path) : null), { state, merged, conflict, take, restored: () => say(words.restored) })
  : null;

const judge = new Judge({
  ask: () => ({ of: work.of, table: work.table, files: keeping ? keeping.changes() : {} }),
  part,
  busy: () => {
    for (const meter of document.querySelectorAll(".meter")) meter.textContent = words.busy;
    for (const one of document.querySelectorAll(".part")) one.setAttribute("aria-busy", "true");
  },
  failed: (error) => {
    for (const meter of document.querySelectorAll(".meter")) meter.textContent = "";
    for (const one of document.querySelectorAll(".part")) one.removeAttribute("aria-busy");
    say(fill(words.judging_failed, { why: error.message }), true);
  },
});

function changed(path) {
  keeping?.changed(path);
  judge.soon();
}

function drawFiles() {
  files.draw(ordered(), editor.path, (path) => base.size > 0 && base.get(path) !== editor.text(path));
}

function open(path, focus = false) {
  editor.show(path);
  drawFiles();
  history.replaceState(null, "", `#${encodeURIComponent(path)}`);
  if (focus) editor.view.focus();
}

function part(got) {
  const place = document.querySelector(`.part[data-part="${got.part}"]`);
  const meter = document.querySelector(`.meter[data-part="${got.part}"]`);
  Idiomorph.morph(place, got.html, { morphStyle: "innerHTML", callbacks: { beforeNodeMorphed: keep } });
  place.removeAttribute("aria-busy");
  meter.textContent = got.slow ? "" : `${got.took} ms`;
  if (got.said !== undefined) hear(got);
  if (got.part !== "findings" || got.slow) return;
  faults = got.faults;
  editor.mark(faults);
  files.found(faults);
  drawFiles();
}

// What somebody opened stays open.
function keep(old, fresh) {
  if (old.nodeName === "DETAILS" && old.open) fresh.setAttribute("open", "");
  return true;
}

// For who listens: how many findings and the first of them, whether the guarantees hold; only when that changed.
function hear({ part: name, said }) {
  const region = document.getElementById(`heard-${name}`);
  if (region.textContent !== said) region.textContent = said;
}

function state(name, why = "") {
  const place = document.getElementById("saved");
  if (name === "failed") say(fill(words.save_failed, { why }), true);
  place.textContent = { saved: words.saved, saving: words.saving, unsaved: words.unsaved, failed: words.unsaved }[name];
  place.dataset.state = name;
  if (name === "saved") {
    for (const input of document.querySelectorAll('form[data-life] input[name="revision"]')) input.value = keeping.revision;
    if (work.proposed && keeping.revision !== held.revision) {
      work.proposed = false;
      say(words.opened);
      onward();
    }
  }
}

// What can be done now, as the server says it; not while somebody is filling it in.
async function onward() {
  const fields = [...document.querySelectorAll(".onward textarea, .onward input:not([type=hidden])")];
  if (fields.some((one) => one.value !== one.defaultValue || one === document.activeElement)) return;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of [".onward", "#opens"]) {
    const [old, now] = [document.querySelector(place), fresh.querySelector(place)];
    if (old && now) old.replaceChildren(...now.childNodes);
    else old?.remove();
  }
  window.htmx?.process(document.querySelector(".onward"));
}

const stands = () => document.querySelector('[data-live^="table.draft"]')?.textContent.replace(/\s+/g, " ");
let stood = stands();
document.addEventListener("live:part", () => {
  if (stands() === stood) return;
  stood = stands();
  onward();
});

function take(path, text) {
  if (text === null) {
    paths.delete(path);
    if (editor.path === path) open(ordered()[0]);
    editor.drop(path);
  } else if (editor.states.has(path)) {
    paths.add(path);
    editor.replace(path, text);
  } else {
    paths.add(path);
    editor.states.set(path, editor.state(path, text));
  }
  drawFiles();
  judge.soon();
}

function merged(by) {
  say(fill(words.merged, { by }));
}

function conflict(by, both) {
  const place = document.getElementById("conflict");
  const settle = (mine) => {
    place.hidden = true;
    place.replaceChildren();
    keeping.settle(mine);
    editor.view.focus();
  };
  place.replaceChildren(
    make("p", {}, fill(words.conflict, { by, path: both.map(([path]) => path).join(", ") })),
    make("div", { class: "row" }, make("button", { type: "button", onclick: () => settle(true) }, words.keep_mine), make("button", { type: "button", class: "second", onclick: () => settle(false) }, words.take_theirs)),
  );
  place.hidden = false;
  open(both[0][0]);
}

// To where a name is defined.
function go(definition, word) {
  if (!definition) return say(fill(words.definition_none, { name: word }), true);
  open(definition.path);
  editor.select(definition.from, definition.to);
  say(fill(words.defined_in, { what: `${definition.what} ${definition.name}`, place: definition.path }));
}

// To the finding after (or before) the place of the cursor, over all files.
function next(step) {
  if (!faults.length) {
    say(words.no_findings);
    return true;
  }
  const order = ordered();
  const line = editor.view.state.doc.lineAt(editor.view.state.selection.main.anchor);
  const here = [order.indexOf(editor.path), line.number, editor.view.state.selection.main.anchor - line.from + 1];
  const rows = faults.map((one) => ({ one, key: [order.indexOf(one.path), ...one.from] })).sort((a, b) => compare(a.key, b.key));
  const found = step > 0 ? rows.find((row) => compare(row.key, here) > 0) : rows.findLast((row) => compare(row.key, here) < 0);
  const { one } = found ?? rows.at(step > 0 ? 0 : -1);
  show(one.path, one.from, one.to);
  say(`${one.code} ${one.message}`);
  return true;
}

function compare(a, b) {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

function show(path, from, to = from) {
  if (!paths.has(path)) return;
  open(path);
  editor.goTo(path, from, to);
  drawFiles();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.go");
  if (!button) return;
  const { path, line, column, endLine, endColumn } = button.dataset;
  show(path, [Number(line), Number(column ?? 1)], endLine ? [Number(endLine), Number(endColumn)] : undefined);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "F8" && !event.defaultPrevented) {
    event.preventDefault();
    next(event.shiftKey ? -1 : 1);
  }
});

// Before something is done with the draft, what was typed is kept.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target.closest("form[data-life]");
    if (!form || !keeping || form.dataset.kept || !keeping.unsaved) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await keeping.now()) {
      form.dataset.kept = "1";
      form.requestSubmit(event.submitter ?? undefined);
    }
  },
  true,
);

window.addEventListener("beforeunload", (event) => {
  if (keeping?.unsaved) event.preventDefault();
});
document.addEventListener("visibilitychange", () => document.hidden && keeping?.unsaved && keeping.now());

async function addFile(event) {
  event.preventDefault();
  const form = event.target;
  const path = form.elements.path.value.trim();
  const wrong = document.getElementById("add-file-wrong");
  wrong.textContent = "";
  if (paths.has(path)) {
    wrong.textContent = fill(words.exists, { path });
    return;
  }
  try {
    await keeping.create(path);
  } catch (error) {
    wrong.textContent = error.message;
    return;
  }
  paths.add(path);
  editor.states.set(path, editor.state(path, ""));
  form.closest("dialog").close();
  form.reset();
  open(path, true);
  judge.soon();
}

function removeFile(event) {
  event.preventDefault();
  event.target.closest("dialog").close();
  const path = editor.path;
  if (paths.size < 2) return;
  paths.delete(path);
  open(ordered()[0], true);
  keeping.changed(path);
  judge.soon();
}

if (work.editable) {
  document.getElementById("add-file-form").addEventListener("submit", addFile);
  document.getElementById("remove-file-form").addEventListener("submit", removeFile);
  document.querySelector('[data-dialog="remove-file"]').addEventListener("click", () => {
    document.getElementById("remove-file-sure").textContent = fill(words.remove_sure, { path: editor.path });
  });
}

const asked = decodeURIComponent(location.hash.slice(1).split(":")[0]);
const wanted = Number(location.hash.split(":")[1] ?? 0);
open(paths.has(asked) ? asked : (ordered().find((path) => path.endsWith("table.yaml")) ?? ordered()[0]));
if (wanted) editor.goTo(editor.path, [wanted, 1], [wanted, 1], false);
document.body.dataset.ready = "editor";
keeping?.restore();
judge.now();
(window.requestIdleCallback ?? setTimeout)(names); // so that the first completion need not read all files
