// The telephone: keys, words and outcomes go to the server, which plays the call anew; what is new is shown, spoken and
// followed on the map. The call is wholly held by `query`.
import { ask, say, typing } from "./lib/dom.js";
import { Voices } from "./lib/voices.js";
import { copy, start as startSaving } from "./phone/saving.js";
import { follow } from "./phone/way.js";

const at = (id) => document.getElementById(id);
const handset = at("handset");
const words = at("phone-words").dataset;
const voices = new Voices(at("voices"));
let query = at("call").dataset.query;
let digits = "";
let shown = 0; // lines that have been shown
let pending = null; // lines that are still to be shown: {lines, timer}
let queue = Promise.resolve();

const inputs = (text) => new URLSearchParams(text).getAll("do");
const question = () => at("question")?.dataset ?? {};
const over = () => at("call").dataset.over === "1";
const begun = () => at("lines") !== null;

function withInputs(text, list) {
  const held = new URLSearchParams(text);
  held.delete("do");
  held.set("call", "1");
  for (const word of list) held.append("do", word);
  return held.toString();
}

// --- asking the server, one thing after another
function play(text, { fresh = false } = {}) {
  queue = queue.then(async () => {
    try {
      const held = await ask("/phone/play", { method: "POST", body: { query: text } });
      show(held, fresh);
    } catch (fault) {
      say(fault.message, true);
    }
  });
  return queue;
}

function next(word) {
  if (!begun() || over()) return;
  if (mayNotInterrupt()) return say(words.notYet);
  queue.then(() => {
    if (over()) return;
    flush();
    play(withInputs(query, [...inputs(query), word]));
  });
}

// --- showing what came
function show(held, fresh) {
  flush();
  const page = new DOMParser().parseFromString(held.html, "text/html");
  const call = page.getElementById("call");
  const way = page.getElementById("way-fresh");
  at("way-here").replaceChildren(...way.childNodes);
  way.remove();
  const focused = document.activeElement;
  const inQuestion = at("question")?.contains(focused) ?? false;
  query = held.query;
  digits = "";
  const here = at("lines");
  const list = call.querySelector("#lines");
  if (!here || fresh) {
    const lines = [...list.children];
    list.replaceChildren();
    at("call").replaceWith(document.adoptNode(call));
    shown = 0;
    reveal(lines.map((line) => document.adoptNode(line)));
  } else {
    const lines = [...list.children].map((line) => document.adoptNode(line));
    let same = 0;
    while (same < here.children.length && same < lines.length && here.children[same].isEqualNode(lines[same])) same++;
    while (here.children.length > same) here.lastChild.remove();
    for (const one of [...here.childNodes]) if (one.nodeType !== 1) one.remove();
    shown = same;
    at("call").dataset.query = held.query;
    at("call").dataset.over = call.dataset.over;
    swap("about", call);
    at("asks").textContent = call.querySelector("#asks").textContent;
    swap("question", call);
    swap("call-title", call);
    at("known-words")?.remove();
    const said = call.querySelector("#known-words");
    if (said) at("call").append(document.adoptNode(said));
    reveal(lines.slice(same));
  }
  at("keys").hidden = over();
  at("after").hidden = false;
  if (inQuestion || over()) (at("question").querySelector("button") ?? at("question")).focus({ preventScroll: true });
  else if (fresh) at("log").focus({ preventScroll: true });
  fit();
  history.replaceState(null, "", `?${query}`);
}

function swap(id, page) {
  const fresh = page.querySelector(`#${id}`);
  if (fresh && at(id)) at(id).replaceWith(document.adoptNode(fresh));
}

// The key pad as the question wants it: one key goes at once, several are gathered.
function fit() {
  const held = question();
  const several = held.kind === "listen" && held.digits !== "1";
  at("typed").hidden = !several;
  at("digits").textContent = digits;
  const listens = held.kind === "listen";
  for (const key of at("pad").children) key.disabled = !(listens || (held.kind === "leave" && at("question").querySelector(`[data-pad="${CSS.escape(key.dataset.word)}"]`)));
  for (const element of at("speech").elements) element.disabled = !(listens && held.speech);
  for (const button of at("keys").querySelectorAll('[data-word="silence"]')) button.disabled = !(listens || held.kind === "record");
}

// --- the lines, at once or as they are spoken
function paced() {
  return at("paced").checked || voices.on;
}

function reveal(lines) {
  const list = at("lines");
  if (!paced()) {
    list.append(...lines);
    shown += lines.length;
    follow(pending ? shown : Infinity);
    return bottom();
  }
  at("question").hidden = at("asks").hidden = true;
  pending = { lines, timer: 0 };
  step();
}

function step() {
  if (!pending) return;
  const line = pending.lines.shift();
  if (!line) return rest();
  at("lines").append(line);
  shown++;
  follow(pending ? shown : Infinity);
  bottom();
  const seconds = pending.lines.length ? Number(pending.lines[0].dataset.second) - Number(line.dataset.second) : 0;
  const mine = pending;
  const on = () => {
    if (pending === mine) step();
  };
  if (voices.on && (line.dataset.who === "voice" || line.dataset.who === "whisper") && line.dataset.locale) {
    voices.speak(line.querySelector(".text").textContent, line.dataset.locale).then((spoken) => (spoken ? on() : (mine.timer = setTimeout(on, 600))));
  } else {
    const speaking = line.dataset.who === "voice" && !pending.lines.length ? line.textContent.length / 14 : seconds;
    mine.timer = setTimeout(on, at("paced").checked ? 1000 * Math.max(0.3, speaking) : 500);
  }
}

function rest() {
  pending = null;
  at("question").hidden = at("asks").hidden = false;
}

function flush() {
  if (!pending) return;
  clearTimeout(pending.timer);
  voices.stop();
  at("lines").append(...pending.lines);
  shown += pending.lines.length;
  rest();
  follow(pending ? shown : Infinity);
  bottom();
}

// While words are spoken that the caller cannot interrupt, a key is lost, as on the line.
function mayNotInterrupt() {
  return pending !== null && at("lines").lastElementChild?.dataset.open !== "1" && pending.lines.some((line) => line.dataset.who === "voice");
}

function bottom() {
  const log = at("log");
  log.scrollTop = log.scrollHeight;
}

// --- what is pressed
handset.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-word]");
  if (!button || button.disabled) return;
  if (button.closest("#pad")) press(button.dataset.word);
  else next(button.dataset.word);
});

function press(key) {
  const held = question();
  if (held.kind === "leave") return at("question").querySelector(`[data-pad="${CSS.escape(key)}"]`) && next("leave");
  if (held.kind !== "listen") return;
  if (held.digits === "1") return next(key);
  if (key === held.finish) return digits ? send() : next(key);
  digits += key;
  at("digits").textContent = digits;
  if (held.digits !== "0" && digits.length >= Number(held.digits)) send();
}

function send() {
  if (digits) next(digits);
}

handset.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "typed") return send();
  if (event.target.id !== "speech") return;
  const field = event.target.elements.words;
  const said = field.value.trim();
  if (!said) return;
  field.value = "";
  if (question().speech) next(`:${said}`);
  else say(words.keysOnly);
});

at("wipe").addEventListener("click", () => {
  digits = "";
  at("digits").textContent = "";
});

function undo() {
  const done = inputs(query);
  if (!done.length) return say(words.nothing);
  flush();
  play(withInputs(query, done.slice(0, -1))).then(() => say(words.undone));
}

at("undo").addEventListener("click", undo);
at("again").addEventListener("click", () => play(withInputs(query, []), { fresh: true }));
at("same").addEventListener("click", () => play(withInputs(given(), inputs(query)), { fresh: true }));
at("link").addEventListener("click", () => copy(location.href, words.linked));

handset.addEventListener("keydown", (event) => {
  if (typing(event) && event.target.type !== "checkbox") return;
  if (event.ctrlKey || event.metaKey || event.altKey || !begun()) return;
  if (event.key === "Backspace" && digits) {
    event.preventDefault();
    digits = digits.slice(0, -1);
    at("digits").textContent = digits;
    return;
  }
  if (/^[0-9*#]$/.test(event.key)) {
    event.preventDefault();
    return press(event.key);
  }
  const button = handset.querySelector(`button[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
  if (button && button.offsetParent) {
    event.preventDefault();
    button.click();
  }
});

// --- who calls
const setting = at("setting");
const given = () => {
  const held = new URLSearchParams(new FormData(setting));
  for (const [name, value] of [...held]) if (!value) held.delete(name);
  return held.toString();
};

setting.addEventListener("click", (event) => {
  const pick = event.target.closest("[data-pick]");
  if (!pick) return;
  at("at").value = pick.dataset.pick;
});

setting.addEventListener("submit", (event) => {
  if (!at("dial")) return;
  event.preventDefault();
  if (matchMedia("(max-width: 60rem)").matches) at("given").open = false;
  play(withInputs(given(), []), { fresh: true }).then(() => at("call").scrollIntoView({ block: "nearest" }));
});

// Another table has other numbers, languages and facts: the page is made anew, with the same call.
for (const [id, name] of [["source", "of"], ["table", "table"]]) {
  at(id)?.addEventListener("change", () => {
    const held = new URLSearchParams(query);
    if (id === "table") held.delete("of");
    held.set(name, at(id).value);
    location.search = held.toString();
  });
}

// --- hearing
at("aloud").addEventListener("change", () => voices.turn(at("aloud").checked));

startSaving(() => query, words.copied);

if (begun()) {
  if (matchMedia("(max-width: 60rem)").matches) at("given").open = false;
  shown = at("lines").children.length;
  fit();
  bottom();
  follow(pending ? shown : Infinity);
}
