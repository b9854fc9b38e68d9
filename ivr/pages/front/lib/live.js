// What changes on the server reaches [data-live] elements by one stream; a page that lost it comes back by itself.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

const AGAIN = 3000; // milliseconds until a stream that was refused is tried again

let source = null;
let timer = 0;
let lost = false;

const asked = () => [...new Set([...document.querySelectorAll("[data-live]")].map((element) => element.dataset.live))];

function bar(text, reload = false) {
  const held = document.getElementById("lost");
  held.querySelector("span").textContent = text;
  held.querySelector("a").hidden = !reload;
  held.hidden = !text;
}

function words() {
  return document.getElementById("lost").dataset;
}

function put({ topic, html }) {
  for (const element of document.querySelectorAll("[data-live]")) {
    if (element.dataset.live !== topic) continue;
    Idiomorph.morph(element, html, {
      morphStyle: "innerHTML",
      ignoreActiveValue: true,
      callbacks: { beforeNodeMorphed: keep },
    });
    window.htmx?.process(element);
    mine(element);
    element.dispatchEvent(new CustomEvent("live:part", { bubbles: true, detail: { topic } }));
  }
}

// What somebody opened, ticked or began to type is theirs: a fresh rendering does not take it away.
function keep(old, fresh) {
  if (old.nodeName === "DETAILS" && old.open) fresh.setAttribute("open", "");
  if (old.nodeName === "INPUT" && old.type === "checkbox" && old.checked) fresh.setAttribute("checked", "");
  if (old.dataset?.selected !== undefined) fresh.dataset.selected = old.dataset.selected;
  if (old.getAttribute?.("tabindex") && fresh.setAttribute) fresh.setAttribute("tabindex", old.getAttribute("tabindex"));
  return !old.dataset || old.dataset.keep === undefined;
}

// What is the visitor's own is marked here: what is pushed is the same for all.
export function mine(root) {
  const me = document.body.dataset.me;
  for (const element of root.querySelectorAll("[data-by]")) element.classList.toggle("mine", element.dataset.by === me);
}

function hello({ build }) {
  const other = build && build !== document.body.dataset.build;
  if (other) bar(words().new, true);
  else if (lost) {
    bar("");
    document.getElementById("said").textContent = words().back;
  }
  lost = false;
}

async function refused() {
  close();
  lost = true;
  bar(words().lost);
  try {
    const answer = await fetch(`${document.body.dataset.base}/still`, { headers: { Accept: "application/json" } });
    if (answer.status === 401) return bar(words().out, true);
  } catch {
    // it is not there yet
  }
  timer = setTimeout(open, AGAIN);
}

function open() {
  close();
  const topics = asked();
  if (!topics.length || document.hidden) return;
  const query = topics.map((topic) => `t=${encodeURIComponent(topic)}`).join("&");
  source = new EventSource(`${document.body.dataset.base}/live?${query}`);
  source.addEventListener("part", (event) => put(JSON.parse(event.data)));
  source.addEventListener("hello", (event) => hello(JSON.parse(event.data)));
  source.onerror = () => {
    if (source?.readyState === EventSource.CLOSED) return refused();
    lost = true;
    bar(words().lost);
  };
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

// Call it again when a page changed what it looks at.
export function restart() {
  open();
}

export function start() {
  mine(document);
  open();
  // A browser opens six connections to a host: a page that nobody sees gives its one back.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  document.addEventListener("live:restart", open); // a page looks at something else
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && open());
}
