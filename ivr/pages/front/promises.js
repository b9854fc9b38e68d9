// The board of promises: keys and buttons that do something with a case, focus that survives what changes by itself.
import { base, say, token, typing } from "./lib/dom.js";
import { picking } from "./promises/picking.js";
import { line } from "./promises/line.js";

const KEYS = "ivr-promises-keys";
const byKey = { t: "take", c: "call", n: "note", r: "reached", x: "no_answer", v: "voicemail", e: "close" };
const outcomes = ["reached", "no_answer", "voicemail", "busy"];
const last = { id: "", number: "" };
let held = null; // the row that has the focus, and its place, should it go
let after = null; // what waits for a telephone to be chosen

export async function post(path, fields = {}) {
  const headers = { Accept: "application/json", "X-CSRF-Token": token() };
  const answer = await fetch(base() + path, { method: "POST", headers, body: new URLSearchParams(fields) });
  const told = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw Object.assign(new Error(told.fault || answer.statusText), { status: answer.status });
  return told;
}

const rows = () => [...document.querySelectorAll("#board .case")];
const rowOf = (element) => element?.closest?.(".case, .bar[data-case]");
const current = () => rowOf(document.activeElement) ?? document.querySelector(".one.case") ?? rows()[held?.index ?? 0];

function focusRow(row) {
  row?.querySelector("a.open")?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.indexOf(rowOf(document.activeElement));
  focusRow(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + by))]);
}

// --- doing something

async function act(row, what, fields = {}) {
  const { case: id, number } = row.dataset;
  if (what === "take" && row.classList.contains("mine")) what = "let-go";
  if (what === "note" && !fields.text) return writeNote(row);
  if (what === "call" && !document.getElementById("telephone-now").dataset.telephone) return choose(() => act(row, what));
  const path = outcomes.includes(what) ? "outcome" : what;
  const given = outcomes.includes(what) ? { outcome: what } : fields;
  try {
    const done = await post(`/promises/${encodeURIComponent(id)}/${path}`, given);
    tell(done, id, number);
    if (done.attempt) follow(id, done.attempt);
    if (what === "stop") document.getElementById("call").replaceChildren();
    return done;
  } catch (fault) {
    if (fault.status === 428) return choose(() => act(row, what, fields)); // the shift it was kept for is over
    say(fault.message, true);
  }
}

function tell(done, id, number) {
  const bar = document.getElementById("last");
  bar.hidden = false;
  bar.querySelector("span").textContent = done.said;
  bar.querySelector("[data-undo]").hidden = !done.undo;
  Object.assign(last, { id, number });
}

function follow(id, attempt) {
  const query = new URLSearchParams({ attempt });
  window.htmx.ajax("GET", `${base()}/promises/${encodeURIComponent(id)}/call?${query}`, { target: "#call", swap: "innerHTML" });
}

function undo() {
  const bar = document.getElementById("last");
  const id = last.id || bar.dataset.case;
  if (id && !bar.querySelector("[data-undo]").hidden) act({ dataset: { case: id }, classList: bar.classList }, "undo");
}

// --- dialogs

function writeNote(row) {
  const dialog = document.getElementById("note");
  const title = document.getElementById("note-title");
  title.textContent = title.dataset.title.replace("{}", row.dataset.number);
  dialog.querySelector("textarea").value = "";
  dialog.of = row;
  dialog.showModal();
}

function choose(then) {
  after = then;
  document.getElementById("telephone").showModal();
}

async function submitted(form) {
  const fields = Object.fromEntries(new FormData(form));
  const dialog = form.closest("dialog");
  if (form.dataset.form === "note") {
    if (await act(dialog.of, "note", fields)) dialog.close();
    return;
  }
  const wrong = form.querySelector("[data-wrong]");
  wrong.textContent = "";
  try {
    const done = await post("/promises/telephone", fields);
    const shown = document.getElementById("telephone-now");
    shown.textContent = shown.dataset.telephone = done.telephone;
    const then = after;
    after = null;
    dialog.close();
    if (then) then();
    else say(done.said);
  } catch (fault) {
    wrong.textContent = fault.message;
  }
}

// --- keys, clicks, and what changes by itself

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return document.getElementById("keys").showModal();
  if (localStorage.getItem(KEYS) === "off") return;
  const row = current();
  if (event.key === "j" || event.key === "ArrowDown") step(1);
  else if (event.key === "k" || event.key === "ArrowUp") step(-1);
  else if (event.key === "u") undo();
  else if (event.key === "/") document.getElementById("q")?.focus();
  else if (event.key === "a") document.querySelector("#new [name=number]")?.focus();
  else if (event.key === "m") row?.querySelector("[data-pick]")?.click();
  else if (byKey[event.key] && row) act(row, byKey[event.key]);
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", pressed);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) {
    const row = rowOf(button);
    if (row) act(row, button.dataset.do, button.dataset.found ? { found: button.dataset.found } : {});
  } else if (event.target.closest("[data-undo]")) undo();
  else if (event.target.closest("[data-away]")) document.getElementById("call").replaceChildren();
});
document.addEventListener("submit", (event) => {
  if (!event.target.dataset.form) return;
  event.preventDefault();
  submitted(event.target);
});
document.getElementById("telephone")?.addEventListener("close", () => (after = null));
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("#board .case");
  held = row ? { id: row.id, index: rows().indexOf(row) } : document.activeElement === document.body ? held : null;
});
document.addEventListener("live:part", () => {
  if (!held || document.activeElement !== document.body) return;
  const all = rows();
  focusRow(document.getElementById(held.id) ?? all[Math.min(held.index, all.length - 1)]);
});
// The board that is shown now is another one: look at that.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "held" || event.detail.target?.id === "held") document.dispatchEvent(new Event("live:restart"));
});

const use = document.getElementById("keys-use");
if (use) {
  use.checked = localStorage.getItem(KEYS) !== "off";
  use.addEventListener("change", () => localStorage.setItem(KEYS, use.checked ? "on" : "off"));
}
picking(post);
line(post);
