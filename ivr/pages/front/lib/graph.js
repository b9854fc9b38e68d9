// A table as the server tells it (ivr/pages/map/data.py), with visits folded or opened: which boxes and lines are shown.

export const HUB = 8; // a box that more lines lead to is a hub: its lines are drawn when somebody asks for them

const bare = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

export class Graph {
  constructor(data, language) {
    this.data = data;
    this.items = data.items;
    this.lines = data.lines;
    this.language = Math.max(0, data.languages.indexOf(language));
    this.byName = new Map(this.items.map((item, at) => [item.name, at]));
    this.open = new Set(); // visits that are shown in full
    this.out = this.items.map(() => []);
    this.into = this.items.map(() => []);
    this.lines.forEach((line, at) => {
      this.out[line.source].push(at);
      this.into[line.target].push(at);
    });
    this.members = new Map(); // visit → items in it, those of inner visits too
    this.items.forEach((item, at) => {
      for (const visit of outward(item.visit)) (this.members.get(visit) ?? this.members.set(visit, []).get(visit)).push(at);
    });
  }

  title(at) {
    const item = this.items[at];
    return item.titles[this.language] || item.name;
  }

  words(at) {
    return this.items[at].words[this.language] || "";
  }

  kind(at) {
    return this.items[at].kinds[this.language];
  }

  // The box that stands for an item: itself, or the outermost visit around it that is folded.
  box(at) {
    let held = "";
    for (const visit of outward(this.items[at].visit)) if (!this.open.has(visit)) held = visit;
    return held ? `v:${held}` : this.items[at].id;
  }

  // Everything that is shown: boxes {id, items, visit}, lines {id, source, target, lines, far}, frames of opened visits.
  shown() {
    const boxes = new Map();
    const place = this.items.map((item, at) => {
      const id = this.box(at);
      const box = boxes.get(id) ?? boxes.set(id, { id, items: [], visit: id.startsWith("v:") ? id.slice(2) : "" }).get(id);
      box.items.push(at);
      return id;
    });
    const lines = new Map();
    this.lines.forEach((line, at) => {
      const source = place[line.source], target = place[line.target];
      if (source === target) return;
      const id = `${source}>${target}`;
      const held = lines.get(id) ?? lines.set(id, { id, source, target, lines: [], far: true }).get(id);
      held.lines.push(at);
      if (line.kind !== "operator" && line.kind !== "task") held.far = false;
    });
    this.part(lines, place);
    for (const box of boxes.values()) box.parent = this.frame(box);
    const frames = [...this.open].filter((visit) => this.members.has(visit) && outward(parentOf(visit)).every((one) => this.open.has(one)));
    return { boxes: [...boxes.values()], lines: [...lines.values()], frames, place };
  }

  // Which lines are far: those to hubs, and those that the node of the numbers has for every number. Of a box that only far
  // lines lead to, the one that callers come by first stays: so every box hangs together with the rest.
  part(lines, place) {
    const led = new Map(), leads = new Map();
    const inner = [...lines.values()].filter((line) => line.target[0] !== "t" && this.lines[line.lines[0]].kind !== "entry");
    for (const line of inner) {
      if (!line.far) led.set(line.target, (led.get(line.target) || 0) + 1);
      (leads.get(line.source) ?? leads.set(line.source, []).get(line.source)).push(line);
    }
    const numbers = place[this.data.chain.at(-1)];
    const many = (leads.get(numbers) ?? []).length > HUB;
    for (const line of inner) if (led.get(line.target) > HUB || (many && line.source === numbers)) line.far = true;
    const near = new Set(inner.filter((line) => !line.far).map((line) => line.target));
    const seen = new Set([place[this.data.chain[0]]]);
    for (const todo of [[...seen], place]) {
      for (let next = 0; next < todo.length; next++) {
        const source = todo[next];
        if (todo === place && seen.has(source)) continue;
        seen.add(source);
        for (const line of leads.get(source) ?? []) {
          if (line.far && !near.has(line.target) && !seen.has(line.target)) (line.far = false), near.add(line.target);
          if (!line.far && !seen.has(line.target) && todo !== place) seen.add(line.target), todo.push(line.target);
        }
      }
    }
  }

  // The opened visit that a box stands in, '' for none.
  frame(box) {
    const visit = box.visit ? parentOf(box.visit) : this.items[box.items[0]].visit;
    return visit && this.open.has(visit) ? visit : "";
  }

  // The box of a number, by its name; -1 for none.
  numbered(name) {
    return this.items.findIndex((item) => item.numbers.some((one) => one.name === name));
  }

  // The shortest way of bright lines from where a box of numbers leads to a team, both with it; without a team, its beginning.
  wayOf(entry, bright) {
    const kept = new Set(bright.lines);
    const numbers = this.data.chain.at(-1), { letter } = this.items[entry];
    const first = (this.out[numbers] ?? []).filter((line) => kept.has(line) && this.lines[line].key === letter).map((line) => this.lines[line].target);
    const came = new Map(first.map((at) => [at, -1]));
    for (const at of came.keys()) {
      if (this.items[at].kind === "team") {
        const way = [];
        for (let held = at; held >= 0; held = came.get(held)) way.unshift(held);
        return way;
      }
      for (const line of this.out[at]) {
        const { target, kind } = this.lines[line];
        if (kept.has(line) && kind !== "operator" && kind !== "task" && !came.has(target)) came.set(target, at);
      }
    }
    return first;
  }

  // Items whose name, words, numbers or place hold all that is asked for, the nearest name first.
  search(text, most = 200) {
    const wanted = bare(text).split(/\s+/).filter(Boolean);
    if (!wanted.length) return [];
    this.texts ??= this.items.map((item, at) => ({ at, name: bare(item.name), text: bare(textOf(item)) }));
    const digits = text.replace(/\D/g, "");
    const found = this.texts.filter((held) => wanted.every((word) => held.text.includes(word)) || (digits.length > 3 && held.text.includes(digits)));
    const rank = (held) => (held.name === wanted[0] ? 0 : held.name.startsWith(wanted[0]) ? 1 : held.name.includes(wanted[0]) ? 2 : 3);
    return found.sort((a, b) => rank(a) - rank(b)).slice(0, most).map((held) => held.at);
  }
}

function textOf(item) {
  const numbers = item.numbers.flatMap((one) => [one.name, one.name.replace(/\D/g, ""), one.formerly, ...one.phases]);
  return [item.name, ...item.titles, ...item.words, ...item.kinds, item.at, ...numbers].join("\n");
}

// A visit and those around it, innermost first.
export function* outward(visit) {
  for (let held = visit; held; held = parentOf(held)) yield held;
}

export const parentOf = (visit) => visit.slice(0, Math.max(0, visit.lastIndexOf("/")));
