// The map of a table on a canvas, for every page that shows one.
//
//   import { mount } from "./lib/map.js";
//   const map = mount(element, { src, language });
//
// `element` is what the macro map_canvas of templates/map/macros.html makes; `src` a route of the map's data under the desk
// ("/map/data", "/map/data?version=…", "/map/data?draft=…"); `language` the table's language for its words ("nl"). The page's
// style sheet imports css/map-canvas.css. Names are those of nodes in the table (`reach-civil/ring`), and `team:kcc`.
//
//   map.ready              a promise: it is drawn (rejected with an Error whose message can be shown)
//   map.load(src)          another table in its place; answers a promise as `ready`
//   map.follow(names)      the way of a call so far: its boxes and lines stand out, the last one is where the call is
//   map.select(name, centre = true)   choose a box ("" for none); does not call onSelect
//   map.onSelect(fn)       fn(name) when somebody chooses a box on the canvas ("" when they choose nothing);
//                          fn(name, true) when they open it: Enter, or a double click
//   map.fade(bright)       {items, lines} by index, or a list of names: all else fades; null: nothing does
//   map.sight(...items)    bring boxes into sight, by index: the first of several lists that can be read when all of it is
//                          seen; of none, the middle of the last one
//   map.weigh(counts)      callers of each line, by index of the data's lines: their width; null ends it
//   map.heat(seconds)      name → seconds or null: colour and number; null ends it
//   map.unfold(visits)     the visits that are shown in full: a list of names, or "all"
//   map.everyLine(on)      whether lines to boxes that everything leads to are drawn
//   read(src), warm(src)   the data itself, asked for once a page; the worker (data-worker), begun before `mount`
//   map.fit(), map.zoom(factor), map.graph (a Graph of lib/graph.js), map.destroy()
import cytoscape from "cytoscape";
import { ask } from "./dom.js";
import { Graph, outward } from "./graph.js";
import { layTree, MOST } from "./layout.js";
import { Look, textOfBox } from "./map-look.js";
import { walk } from "./map-keys.js";
import { mark } from "./map-marks.js";

const CLOSEST = 2, FARTHEST = 0.02, READABLE = 0.9;
const LEGIBLE = 0.55; // below it map-look draws no words
const IN_SIGHT = 0.7; // widths or heights of the canvas from its middle
const AT_ONCE = 60; // boxes that are put there while the browser is idle
const SHORT = 12; // characters at a line that no key leads along
const SIZE = { width: 184, height: 46 };

const reading = new Map();

// The data of a route, asked for once a page.
export function read(src) {
  if (!reading.has(src)) reading.set(src, ask(src).catch((error) => (reading.delete(src), Promise.reject(error))));
  return reading.get(src);
}

const workers = new Map();

// The worker of a script; begin it early, its script is loaded meanwhile.
export function warm(src) {
  if (!workers.has(src)) workers.set(src, new Worker(src));
  return workers.get(src);
}

export function mount(element, { src, language = "" }) {
  return new TableMap(element, src, language);
}

class TableMap {
  constructor(element, src, language) {
    this.element = element;
    this.language = language;
    this.listeners = [];
    this.every = false;
    this.chosen = "";
    this.way = [];
    this.cy = null;
    this.jobs = 0;
    this.places = new Map();
    this.worker = warm(element.dataset.worker);
    workers.delete(element.dataset.worker);
    this.waiting = new Map();
    this.worker.onmessage = ({ data }) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    };
    this.look = new Look(element, () => this.cy?.style(this.look.sheet()));
    if (element.tabIndex < 0) element.tabIndex = 0;
    element.addEventListener("keydown", (event) => walk(this, event));
    this.ready = this.load(src, false);
  }

  async load(src, anew = true) {
    if (anew) reading.delete(src);
    const mine = (this.loading = {});
    this.element.setAttribute("aria-busy", "true");
    try {
      const data = await read(src);
      if (this.loading !== mine) return;
      const open = this.graph?.open;
      this.graph = new Graph(data, this.language);
      this.places.clear();
      for (const visit of open ?? []) if (this.graph.members.has(visit)) this.graph.open.add(visit);
      this.bright = this.counts = this.seconds = null;
      await this.draw(true);
    } finally {
      if (this.loading === mine) this.element.removeAttribute("aria-busy");
    }
  }

  // Draw what is shown now. `fresh`: from the beginning; else what was in the middle stays there.
  async draw(fresh = false) {
    const mine = (this.drawing = {});
    const shown = this.graph.shown();
    const laying = this.layout(shown);
    if (!this.cy) this.start();
    const many = shown.boxes.length > MOST;
    const nodes = this.nodes(shown, many); // made while the worker finds out where they stand
    const { at, tree } = await laying;
    if (this.drawing !== mine) return;
    if (tree) {
      const kept = new Set(tree);
      for (const line of shown.lines) if (line.target[0] !== "t" && line.source[0] !== "e" && !kept.has(line.id)) line.far = true;
    }
    for (const node of nodes) if (at[node.data.id]) [node.position.x, node.position.y] = at[node.data.id];
    this.shown = shown;
    this.where = at;
    this.extent = around(Object.values(at));
    this.fan = fan(shown.lines);
    this.byLine = new Map(shown.lines.map((line) => [line.id, line]));
    const view = { zoom: this.cy.zoom(), pan: { ...this.cy.pan() } };
    this.cy.elements().remove();
    this.cy.resize();
    if (this.boxId(this.chosen)) this.centre(this.chosen);
    else if (fresh) this.begin();
    else this.cy.viewport(view);
    const later = many ? this.first(nodes) : (this.put(nodes), []);
    this.mark();
    await new Promise((done) => {
      this.cy.one("render", () => requestAnimationFrame(done));
      this.cy.forceRender();
    });
    this.element.dataset.drawn = String(shown.boxes.length);
    this.element.toggleAttribute("data-whole", !later.length);
    this.rest(later, mine);
  }

  // Put boxes on the canvas, and the near lines between boxes that are there.
  put(nodes) {
    this.cy.batch(() => {
      const fresh = new Set(this.cy.add(nodes).map((node) => node.id()));
      const ends = (line) => (fresh.has(line.source) || fresh.has(line.target)) && this.there(line);
      this.cy.add(this.shown.lines.filter((line) => !line.far && ends(line)).map((line) => this.edge(line)));
    });
  }

  there(line) {
    return this.cy.hasElementWithId(line.source) && this.cy.hasElementWithId(line.target);
  }

  // Of many boxes first those in sight; answers the others, nearest first.
  first(nodes) {
    const { x1, y1, x2, y2 } = this.cy.extent();
    const x = (x1 + x2) / 2, y = (y1 + y2) / 2;
    const away = ({ position }) => Math.max(Math.abs(position.x - x) / (x2 - x1), Math.abs(position.y - y) / (y2 - y1));
    const held = nodes.map((node) => [away(node), node]).sort((a, b) => a[0] - b[0]);
    const seen = held.findIndex(([far]) => far > IN_SIGHT);
    this.put(held.slice(0, seen < 0 ? held.length : seen).map(([, node]) => node));
    return seen < 0 ? [] : held.slice(seen).map(([, node]) => node);
  }

  // The others while the browser has nothing else to do.
  rest(nodes, mine) {
    if (!nodes.length || this.drawing !== mine || this.cy.destroyed()) return;
    idle(() => {
      if (this.drawing !== mine || this.cy.destroyed()) return;
      this.put(nodes.slice(0, AT_ONCE));
      const left = nodes.slice(AT_ONCE);
      if (left.length) return this.rest(left, mine);
      this.mark();
      this.element.toggleAttribute("data-whole", true);
    });
  }

  start() {
    if (!document.getElementById("__________cytoscape_stylesheet")) {
      // the library adds its one rule as a <style>, which our policy forbids; it stands in css/map-canvas.css
      const mark = document.createElement("meta");
      mark.id = "__________cytoscape_stylesheet";
      document.head.append(mark);
    }
    const drawn = document.createElement("div");
    drawn.className = "map-drawn";
    drawn.setAttribute("aria-hidden", "true");
    this.element.prepend(drawn);
    this.cy = cytoscape({
      container: drawn,
      style: this.look.sheet(),
      minZoom: FARTHEST,
      maxZoom: CLOSEST,
      autoungrabify: true,
      boxSelectionEnabled: false,
      hideEdgesOnViewport: false,
      pixelRatio: Math.min(2, window.devicePixelRatio || 1),
    });
    this.cy.on("tap", (event) => {
      const box = event.target === this.cy ? "" : event.target.isNode?.() ? event.target : event.target.target();
      this.choose(box ? this.nameOf(box.id()) : "");
    });
    this.cy.on("dbltap", "node", (event) => this.choose(this.nameOf(event.target.id()), true));
    new ResizeObserver(() => this.cy.resize()).observe(this.element);
  }

  // Positions of boxes; those of what was seen before are remembered.
  layout(shown) {
    const key = [...this.graph.open].sort().join("|");
    if (!this.places.has(key)) {
      if (this.places.size > 20) this.places.clear();
      this.places.set(key, this.lay(shown));
    }
    return this.places.get(key);
  }

  lay(shown) {
    const first = shown.place[this.graph.data.chain[0]];
    const kinds = { e: "entry", t: "team" };
    const boxes = shown.boxes.map(({ id, parent }) => ({ id, parent: parent && `f:${parent}`, ...SIZE, kind: kinds[id[0]] ?? "node", first: id === first }));
    const lines = shown.lines.filter((line) => !line.far).map((line) => [line.source, line.target]);
    if (boxes.length > MOST) return layTree(boxes, lines);
    const frames = shown.frames.map((visit) => ({ id: `f:${visit}`, parent: framed(shown.frames, visit) }));
    const id = ++this.jobs;
    this.worker.postMessage({ id, boxes, lines, frames });
    return new Promise((done) => this.waiting.set(id, done));
  }

  nodes(shown, many) {
    const out = [];
    if (!many) for (const visit of shown.frames) out.push({ group: "nodes", classes: "frame", data: { id: `f:${visit}`, label: visit, parent: framed(shown.frames, visit) || undefined } });
    for (const box of shown.boxes) {
      const family = box.visit ? "visit" : this.graph.items[box.items[0]].family;
      const parent = !many && box.parent ? `f:${box.parent}` : undefined;
      out.push({ group: "nodes", pannable: true, classes: family, position: { x: 0, y: 0 }, data: { id: box.id, parent, label: textOfBox(this.graph, box), badge: "" } });
    }
    return out;
  }

  edge(line) {
    const kinds = line.lines.map((one) => this.graph.lines[one].kind);
    const kind = kinds.includes("team") ? "team-line" : kinds.every((one) => one === "task") ? "task-line" : kinds.includes("entry") ? "entry-line" : "";
    const data = { id: line.id, source: line.source, target: line.target, label: this.labelOf(line), width: 1, turn: `${turnOf(line.source)}px` };
    return { group: "edges", classes: [kind, line.far ? "far" : "", `at-${this.endOf(line)}`].join(" "), data };
  }

  // Where the words of a line stand, so that those of its neighbours do not stand there too.
  endOf(line) {
    if ((this.fan.get(`>${line.target}`) ?? 0) < 2) return "target";
    return (this.fan.get(`${line.source}>`) ?? 0) < 2 ? "source" : "middle";
  }

  // Far lines are made when they are asked for first, and hidden when nobody asks any more.
  show(ids) {
    const wanted = ids.filter((id) => this.byLine.has(id) && this.there(this.byLine.get(id)));
    this.cy.add(wanted.filter((id) => this.cy.getElementById(id).empty()).map((id) => this.edge(this.byLine.get(id))));
    for (const id of wanted) this.cy.getElementById(id).addClass("shown");
  }

  // The keys that lead along a line; of what happens by itself, in few words.
  labelOf(line) {
    const keys = line.lines.filter((at) => this.graph.lines[at].kind !== "number").map((at) => this.graph.lines[at].key).filter(Boolean);
    if (keys.length) return keys.slice(0, 4).join(", ") + (keys.length > 4 ? " …" : "");
    const label = this.graph.lines[line.lines[0]].labels[this.graph.language];
    return label.length > SHORT ? `${label.slice(0, SHORT - 1).trimEnd()}…` : label;
  }

  // What stands out, set anew on what is shown.
  mark() {
    if (this.shown) this.cy.batch(() => mark(this));
  }

  boxId(name) {
    const at = this.shown && this.graph.byName.get(name);
    return at === undefined ? "" : this.shown.place[at];
  }

  at(name) {
    const id = this.boxId(name);
    const held = id && this.cy?.getElementById(id);
    return held && held.nonempty() ? held : null;
  }

  // The name of what a box stands for: of a folded visit the item that was chosen in it, else its first.
  nameOf(id) {
    if (id.startsWith("f:")) return this.graph.items[this.graph.members.get(id.slice(2))[0]].name;
    const box = this.shown.boxes.find((one) => one.id === id);
    return box ? this.graph.items[box.items[0]].name : "";
  }

  choose(name, opened = false) {
    this.select(name, false);
    for (const listener of this.listeners) listener(name, opened);
  }

  select(name, centre = true) {
    this.chosen = name;
    if (!this.shown) return; // `draw` looks at what is chosen
    this.mark();
    if (name && centre) this.centre(name);
  }

  onSelect(listener) {
    this.listeners.push(listener);
  }

  follow(names) {
    this.way = names;
    if (!this.shown) return;
    this.mark();
    if (names.length) this.reveal(names.at(-1));
  }

  fade(bright) {
    this.bright = Array.isArray(bright) ? { items: bright.map((name) => this.graph.byName.get(name)).filter((at) => at !== undefined) } : bright;
    this.mark();
  }

  weigh(counts) {
    this.counts = counts;
    this.mark();
  }

  heat(seconds) {
    this.seconds = seconds;
    if (!seconds) this.cy?.nodes().data("badge", "");
    this.mark();
  }

  everyLine(on) {
    this.every = on;
    this.mark();
  }

  async unfold(visits) {
    const open = visits === "all" ? this.graph.members.keys() : visits.flatMap((visit) => [...outward(visit)]);
    this.graph.open = new Set(open);
    await this.draw();
  }

  // Bring a box into sight if it is not, at a size that can be read.
  reveal(name) {
    const point = this.where?.[this.boxId(name)];
    if (!point) return;
    const { x1, y1, x2, y2 } = this.cy.extent();
    const [x, y] = point;
    const margin = 60 / this.cy.zoom();
    if (this.cy.zoom() < READABLE * 0.6 || x < x1 + margin || x > x2 - margin || y < y1 + margin || y > y2 - margin) this.centre(name);
  }

  centre(name) {
    const point = this.where?.[this.boxId(name)];
    if (point) this.view(Math.max(this.cy.zoom(), READABLE), ...point);
  }

  // All of a small table; of a large one its beginning, at a size that can be read.
  begin() {
    if (this.fit() >= READABLE * 0.5) return;
    const first = this.where[this.shown.place[this.graph.data.chain[0]]];
    if (first) this.view(READABLE, this.extent.x1 + this.cy.width() / READABLE / 2, first[1]);
  }

  // All of it, and how large that is. (The library's own way measures every word.)
  fit(extent = this.extent, least = 0) {
    const { x1, y1, x2, y2 } = extent;
    const zoom = Math.min(1, (this.cy.width() - 48) / (x2 - x1), (this.cy.height() - 48) / (y2 - y1));
    this.view(Math.max(zoom, least), (x1 + x2) / 2, (y1 + y2) / 2);
    return zoom;
  }

  sight(...lists) {
    if (!this.shown) return;
    for (const items of lists) {
      const points = items.map((at) => this.where[this.shown.place[at]]).filter(Boolean);
      if (points.length && this.fit(around(points), LEGIBLE) >= LEGIBLE) return;
    }
  }

  // A point of the map in the middle.
  view(zoom, x, y) {
    this.cy.viewport({ zoom, pan: { x: this.cy.width() / 2 - x * zoom, y: this.cy.height() / 2 - y * zoom } });
  }

  zoom(factor) {
    this.cy.zoom({ level: this.cy.zoom() * factor, renderedPosition: { x: this.cy.width() / 2, y: this.cy.height() / 2 } });
  }

  destroy() {
    this.worker.terminate();
    this.look.end();
    this.cy?.destroy();
  }
}

const framed = (frames, visit) => {
  const around = [...outward(visit)].slice(1).find((one) => frames.includes(one));
  return around ? `f:${around}` : "";
};

const idle = (work) => ("requestIdleCallback" in window ? requestIdleCallback(work, { timeout: 200 }) : setTimeout(work, 30));

// How many near lines leave and come to each box: "id>" and ">id".
function fan(lines) {
  const out = new Map();
  for (const line of lines) {
    if (line.far) continue;
    for (const end of [`>${line.target}`, `${line.source}>`]) out.set(end, (out.get(end) ?? 0) + 1);
  }
  return out;
}

const around = (points) => ({
  x1: Math.min(...points.map(([x]) => x)) - SIZE.width / 2 - 20,
  y1: Math.min(...points.map(([, y]) => y)) - SIZE.height,
  x2: Math.max(...points.map(([x]) => x)) + SIZE.width / 2 + 20,
  y2: Math.max(...points.map(([, y]) => y)) + SIZE.height,
});

// How far before its end a line turns: lines from one box turn together, those from others apart, so that they can be told apart.
const turnOf = (id) => -66 - 6 * ([...id].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 7);
