// The table as a tree, for the keyboard and for whoever does not see the map: arrows walk along the lines, Enter opens.
import { make } from "./dom.js";

const ORDER = { exit: 0, entry: 0, number: 0, team: 1, task: 2, operator: 3 };
const NUMBERS = 1; // the second group

export class Outline {
  // on: { choose(name, opened) }; words: those of the page.
  constructor(root, graph, words, on) {
    Object.assign(this, { root, graph, words, on });
    this.chosen = "";
    this.bright = null;
    this.badges = null;
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("click", (event) => this.click(event));
    this.fill();
  }

  fill() {
    const { data } = this.graph;
    const first = data.chain[0];
    this.root.replaceChildren(
      this.group(this.words.entry, () => [this.node(first, { level: 2 })]),
      this.group(this.words.numbers, () => this.of("entry")),
      this.group(this.words.teams, () => this.of("team")),
    );
    this.root.removeAttribute("aria-busy");
    this.expand(this.root.firstElementChild);
    this.root.firstElementChild.tabIndex = 0;
  }

  of(kind) {
    return this.graph.items.flatMap((item, at) => (item.kind === kind ? [this.node(at, { level: 2 })] : []));
  }

  group(title, children) {
    const held = make("li", { role: "treeitem", "aria-expanded": "false", "aria-level": 1, tabindex: -1, class: "map-group" }, make("span", { class: "map-row" }, make("strong", {}, title)));
    held.children_ = children;
    return held;
  }

  // One place of the tree: an item, and the line that leads to it from the one above.
  node(at, { level, line = -1, above = [] }) {
    const { graph } = this;
    const item = graph.items[at];
    const again = above.includes(at);
    const row = make("span", { class: "map-row" });
    if (line >= 0) row.append(...this.lineWords(line));
    row.append(make("span", { class: `map-name ${item.family}` }, graph.title(at)), make("span", { class: "soft small map-kind" }, graph.kind(at)));
    const badge = make("span", { class: "num small map-badge" });
    row.append(badge, make("span", { class: "hidden-text map-shut" }));
    if (again) row.append(make("span", { class: "soft small" }, `(${this.words.again})`));
    const leads = again ? [] : this.ways(at);
    const held = make("li", { role: "treeitem", "aria-level": level, tabindex: -1, "aria-expanded": leads.length ? "false" : null, "aria-selected": String(item.name === this.chosen) }, row);
    held.at_ = at;
    held.line_ = line;
    held.children_ = leads.length ? () => leads.map((way) => this.node(way.to, { level: level + 1, line: way.line, above: [...above, at] })) : null;
    this.dress(held);
    return held;
  }

  lineWords(line) {
    const { key, kind, labels } = this.graph.lines[line];
    const out = [];
    if (key && kind !== "number") out.push(make("kbd", {}, key));
    const label = labels[this.graph.language];
    if (label && kind !== "entry") out.push(make("span", { class: "map-label" }, `${label} `));
    return out;
  }

  // Where an item leads: its lines; for numbers, what the node of the numbers does with them; for teams, who comes to them.
  ways(at) {
    const { graph } = this;
    const item = graph.items[at];
    if (item.kind === "team") return graph.into[at].map((line) => ({ line: -1, to: graph.lines[line].source }));
    if (item.kind === "entry") {
      const number = graph.data.chain.at(-1);
      return (graph.out[number] ?? []).filter((line) => graph.lines[line].key === item.letter).map((line) => ({ line, to: graph.lines[line].target }));
    }
    return [...graph.out[at]].sort((a, b) => ORDER[graph.lines[a].kind] - ORDER[graph.lines[b].kind] || a - b).map((line) => ({ line, to: graph.lines[line].target }));
  }

  expand(held) {
    if (!held.children_ || held.getAttribute("aria-expanded") !== "false") return false;
    held.setAttribute("aria-expanded", "true");
    if (!held.list_) held.append((held.list_ = make("ul", { role: "group" }, ...held.children_())));
    held.list_.hidden = false;
    return true;
  }

  collapse(held) {
    if (held.getAttribute("aria-expanded") !== "true") return false;
    held.setAttribute("aria-expanded", "false");
    held.list_.hidden = true;
    return true;
  }

  visible() {
    return [...this.root.querySelectorAll('[role="treeitem"]')].filter((held) => !held.parentElement.closest("[hidden]"));
  }

  focus(held) {
    if (!held) return;
    for (const one of this.root.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    held.tabIndex = 0;
    held.focus();
    held.firstElementChild.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const held = event.target.closest('[role="treeitem"]');
    if (!held || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = this.visible();
    const place = all.indexOf(held);
    const above = held.parentElement.closest('[role="treeitem"]');
    const acts = {
      ArrowDown: () => this.focus(all[place + 1]),
      ArrowUp: () => this.focus(all[place - 1]),
      Home: () => this.focus(all[0]),
      End: () => this.focus(all.at(-1)),
      ArrowRight: () => this.expand(held) || this.focus(held.list_?.firstElementChild),
      ArrowLeft: () => this.collapse(held) || this.focus(above),
      Enter: () => (held.at_ === undefined ? this.toggle(held) : this.on.choose(this.graph.items[held.at_].name, true)),
      " ": () => (held.at_ === undefined ? this.toggle(held) : this.on.choose(this.graph.items[held.at_].name, false)),
    };
    if (!(event.key in acts)) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  toggle(held) {
    return this.expand(held) || this.collapse(held);
  }

  click(event) {
    const row = event.target.closest(".map-row");
    const held = row?.parentElement;
    if (!held) return;
    this.focus(held);
    if (held.at_ === undefined || event.offsetX < 20) return this.toggle(held);
    this.expand(held);
    this.on.choose(this.graph.items[held.at_].name, false);
  }

  select(name) {
    this.chosen = name;
    for (const held of this.root.querySelectorAll('[role="treeitem"]')) {
      if (held.at_ !== undefined) held.setAttribute("aria-selected", String(this.graph.items[held.at_].name === name));
    }
  }

  // Open the list on a box of numbers (by index), and two levels of its way on as far as it stays.
  open(at) {
    const group = this.root.children[NUMBERS];
    this.expand(group);
    const held = [...group.list_.children].find((one) => one.at_ === at);
    if (!held) return;
    this.expand(held);
    for (const next of held.list_?.children ?? []) if (!next.classList.contains("map-out")) this.expand(next);
    for (const one of this.root.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    held.tabIndex = 0; // who comes to the list by keys begins there
    const frame = this.root.parentElement; // scrolled alone: whoever filters stays where they are on the page
    frame.scrollTop += held.getBoundingClientRect().top - frame.getBoundingClientRect().top - 48;
  }

  // {items, lines} that stay; the rest is dimmed and says so. null: all.
  fade(bright) {
    this.bright = bright && { items: new Set(bright.items), lines: new Set(bright.lines) };
    this.dressAll();
  }

  // name → words at the right of a row.
  mark(badges) {
    this.badges = badges;
    this.dressAll();
  }

  dressAll() {
    for (const held of this.root.querySelectorAll('[role="treeitem"]')) this.dress(held);
  }

  dress(held) {
    if (held.at_ === undefined) return;
    const out = this.bright && (!this.bright.items.has(held.at_) || (held.line_ >= 0 && !this.bright.lines.has(held.line_)));
    held.classList.toggle("map-out", Boolean(out));
    held.querySelector(":scope > .map-row > .map-shut").textContent = out ? `, ${this.words.shut}` : "";
    held.querySelector(":scope > .map-row > .map-badge").textContent = this.badges?.(held.at_, held.line_) ?? "";
  }
}
