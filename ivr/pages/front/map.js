// The page of the map: canvas, outline and details show the same table, and the filters dim all three.
import { ask, make, say, typing } from "./lib/dom.js";
import { Graph } from "./lib/graph.js";
import { mount, read, warm } from "./lib/map.js";
import { Outline } from "./lib/outline.js";

const $ = (id) => document.getElementById(id);
const page = $("map-page"), form = $("map-filters"), details = $("map-details"), told = $("map-told");
const words = JSON.parse($("map-words").textContent);
const query = JSON.parse(page.dataset.query);
const spoken = page.dataset.spoken;
const small = matchMedia("(max-width: 60rem)");
const filled = (text, holes) => text.replace(/\{(\w+)\}/g, (_, name) => holes[name]);
const path = (route, more = {}) => {
  const given = Object.entries({ ...query, ...more }).filter(([, value]) => value !== "" && value !== undefined);
  return `${route}?${new URLSearchParams(given)}`;
};

let map = null; // mounted when it is seen first
let graph = null;
let outline = null;
let cameFrom = null; // what had the focus before the details
let bright = null, layer = null;
let filters = {}; // those of `bright`

async function start() {
  if (!small.matches) warm($("map").dataset.worker);
  graph = new Graph(await read(page.dataset.src), spoken);
  outline = new Outline($("map-tree"), graph, words, { choose: (name, opened) => choose(name, opened || small.matches) });
  if (!small.matches) show();
  await filter();
  // Other pages link with ?node=…; what was chosen here since stands behind the #.
  const name = decodeURIComponent(location.hash.slice(1)) || new URLSearchParams(location.search).get("node");
  if (graph.byName.has(name)) choose(name, false, true);
  else if (name) told.textContent = filled(words.no_box, { name });
}

function show() {
  const canvas = $("map");
  if (map) return;
  map = mount(canvas, { src: page.dataset.src, language: spoken });
  map.onSelect((name, opened) => choose(name, opened, false, true));
  map.ready.then(() => {
    canvas.querySelector(".busy")?.remove();
    if (bright) map.fade(bright), sighted();
    layer?.(map);
    performance.mark("map:drawn");
  }, fault);
}

const fault = (error) => error.name !== "AbortError" && say(error.message, true);

// Somebody chose a box, wherever: all three show it. `opened`: they want to read about it now.
function choose(name, opened = false, centre = false, onCanvas = false) {
  outline.select(name);
  if (!onCanvas) map?.select(name, centre || !onCanvas);
  history.replaceState(null, "", name ? `#${encodeURIComponent(name)}` : location.pathname + location.search);
  if (opened) cameFrom = document.activeElement;
  tell(name, opened);
}

// The script of all pages comes after this one.
const whole = window.htmx ? null : new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
let telling = 0;
function tell(name, opened) {
  clearTimeout(telling);
  if (!name) return details.replaceChildren(make("p", { class: "empty" }, words.nothing_chosen));
  telling = setTimeout(async () => {
    await whole;
    await window.htmx.ajax("GET", document.body.dataset.base + path("/map/node", { name, spoken, ...filters }), { target: "#map-details", swap: "innerHTML show:none" });
    details.scrollTop = 0;
    if (opened) $("map-card-title")?.focus();
  }, opened ? 0 : 120);
}

details.addEventListener("click", (event) => {
  const go = event.target.closest("[data-go]");
  if (go) {
    choose(go.dataset.go, true, true);
    return;
  }
  const visit = event.target.closest("[data-visit]");
  if (visit && map) map.unfold([...new Set([...map.graph.open, visit.dataset.visit])]);
});
details.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !cameFrom?.isConnected) return;
  event.stopPropagation();
  cameFrom.focus();
});

// Filters: what callers of a number, in a language, at a moment can come to; the rest fades.
let asking = null;
async function filter() {
  const asked = Object.fromEntries(["number", "language", "at"].map((name) => [name, form.elements[name].value.trim()]));
  asking?.abort();
  asking = new AbortController();
  try {
    bright = Object.values(asked).some(Boolean) ? await ask(path("/map/bright", asked), { signal: asking.signal }) : null;
  } catch (error) {
    if (error.name === "AbortError") return;
    told.textContent = error.message;
    told.classList.add("wrong");
    return;
  }
  told.classList.remove("wrong");
  told.textContent = bright ? [bright.when, filled(words.faded, { n: bright.items.length, all: bright.of })].filter(Boolean).join(": ") : "";
  filters = asked;
  outline.fade(bright);
  map?.fade(bright);
  if (bright?.number) outline.open(graph.numbered(bright.number)), sighted();
  if (outline.chosen) tell(outline.chosen);
}

// Of a number the map shows all that stays, else its way to somebody: with its entry when that can be read too.
function sighted() {
  const entry = bright.number ? graph.numbered(bright.number) : -1;
  if (entry < 0) return;
  const way = graph.wayOf(entry, bright);
  map?.sight(bright.items, [entry, ...way], way);
}

form.addEventListener("submit", (event) => {
  if (form.elements.table && form.elements.table.value !== (query.table || form.elements.table.value)) return;
  event.preventDefault();
  filter();
});
form.addEventListener("reset", () => setTimeout(() => (filter(), layered(), unfolded(), map?.everyLine(false))));
form.addEventListener("change", ({ target }) => {
  if (target.name === "table") return form.submit();
  if (["number", "language", "at"].includes(target.name)) filter();
  if (target.name === "layer") layered();
  if (target.name === "visits") unfolded();
  if (target.name === "every") map?.everyLine(target.checked);
});

const unfolded = () => map?.unfold(form.elements.visits?.checked ? "all" : []).then(() => layer?.(map));

// Layers: traffic as the width of lines, or seconds to a person as colour and number.
async function layered() {
  const chosen = form.elements.layer.value;
  const legend = $("map-layer-legend");
  legend.hidden = !chosen;
  $("map-scale").hidden = chosen !== "heat";
  map?.weigh(null);
  map?.heat(null);
  outline.mark(null);
  layer = null;
  if (!chosen) return;
  legend.textContent = words.working;
  try {
    await (chosen === "heat" ? heat(legend) : traffic(Number(chosen.split("-")[1]), legend));
  } catch (error) {
    legend.textContent = error.message;
  }
}

async function heat(legend) {
  const { seconds } = await ask(path("/map/heat"));
  if (form.elements.layer.value !== "heat") return;
  layer = (held) => held.heat(seconds);
  if (map) layer(map);
  outline.mark((at) => {
    const value = seconds[graph.items[at].name];
    return value === undefined ? "" : value === null ? words.nobody : filled(words.seconds, { n: Math.round(value) });
  });
  legend.textContent = $("map-legend-heat").content.textContent;
}

async function traffic(days, legend) {
  const { calls, more, counts } = await ask(path("/map/traffic", { days }));
  if (form.elements.layer.value !== `traffic-${days}`) return;
  layer = (held) => held.weigh(counts);
  if (map) layer(map);
  outline.mark((at, line) => (line >= 0 && counts[line] ? counts[line].toLocaleString(document.documentElement.lang) : ""));
  const n = calls.toLocaleString(document.documentElement.lang);
  legend.textContent = calls ? `${$("map-legend-traffic").content.textContent} ${filled(more ? words.more_calls : words.calls, { n })}` : words.no_calls;
}

// Search: while something is typed, what is found stands in the place of the tree.
const search = $("map-search"), results = $("map-results"), found = $("map-found");
search.addEventListener("input", () => {
  const hits = search.value.trim() ? graph.search(search.value) : null;
  results.hidden = !hits;
  $("map-tree").hidden = $("map-tree-hint").hidden = Boolean(hits);
  results.replaceChildren(...(hits ?? []).map(hit));
  found.textContent = !hits ? "" : hits.length ? filled(words.found, { n: hits.length }) : words.none_found;
});

function hit(at) {
  const item = graph.items[at];
  const button = make("button", { type: "button", class: "quiet", onclick: () => choose(item.name, true, true) }, make("span", { class: `map-name ${item.family}` }, graph.title(at)), " ", make("span", { class: "soft small" }, [item.visit, graph.kind(at)].filter(Boolean).join(" · ")));
  return make("li", {}, button);
}

search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") results.querySelector("button")?.focus(), event.preventDefault();
  if (event.key === "Enter") results.querySelector("button")?.click(), event.preventDefault();
  if (event.key === "Escape" && search.value) (search.value = ""), search.dispatchEvent(new Event("input"));
});
results.addEventListener("keydown", (event) => {
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in steps)) return;
  const all = [...results.querySelectorAll("button")];
  const next = all.indexOf(document.activeElement) + steps[event.key];
  (next < 0 ? search : all[next])?.focus();
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !typing(event) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  }
});
$("map").addEventListener("click", ({ target }) => {
  const zoom = target.closest("[data-zoom]");
  if (zoom) map?.zoom(Number(zoom.dataset.zoom));
  if (target.closest("[data-fit]")) map?.fit();
});
$("map-show").addEventListener("click", ({ currentTarget }) => {
  const open = currentTarget.getAttribute("aria-expanded") !== "true";
  currentTarget.setAttribute("aria-expanded", open);
  [currentTarget.textContent, currentTarget.dataset.hide] = [currentTarget.dataset.hide, currentTarget.textContent];
  if (open) show();
});
small.addEventListener("change", () => small.matches || show());

start().catch(fault);
