// The way of the call: the list of the nodes that were passed, and the map, which is drawn when somebody looks at it.
import { make } from "../lib/dom.js";
import { mount } from "../lib/map.js";

const at = (id) => document.getElementById(id);
const part = at("map-part");
let map = null;
let drawn = false;
let way = []; // the nodes passed so far
let last = Infinity;

// What the first `shown` lines passed; Infinity for all.
export function follow(shown) {
  last = shown;
  const passed = at("passed");
  const seen = [];
  for (const item of passed?.children ?? []) {
    item.hidden = Number(item.dataset.line) >= shown;
    item.removeAttribute("aria-current");
    if (!item.hidden) seen.push(item);
  }
  const here = seen.at(-1);
  here?.setAttribute("aria-current", "step");
  if (here) passed.scrollTop = here.offsetTop - passed.offsetTop - passed.clientHeight + here.offsetHeight + 8;
  way = seen.map((item) => item.dataset.node);
  if (drawn) map.follow(way);
}

async function draw() {
  if (map || !part.open) return;
  map = mount(at("phone-map"), { src: part.dataset.src, language: part.dataset.spoken });
  map.onSelect((name) => {
    const item = [...(at("passed")?.children ?? [])].findLast((one) => one.dataset.node === name);
    if (item) at("passed").scrollTop = item.offsetTop - at("passed").offsetTop;
  });
  try {
    await map.ready;
    at("phone-map").querySelector(".busy")?.remove();
    drawn = true;
    follow(last);
  } catch (fault) {
    at("phone-map").replaceWith(make("p", { class: "wrong", role: "alert" }, fault.message));
  }
}

part.addEventListener("toggle", draw);
part.addEventListener("click", (event) => {
  const zoom = event.target.closest("[data-zoom]");
  if (zoom) map?.zoom(Number(zoom.dataset.zoom));
  if (event.target.closest("[data-fit]")) map?.fit();
});
if (matchMedia("(min-width: 84rem)").matches) part.open = true;
