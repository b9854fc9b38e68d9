// Where boxes stand: numbers in a column at the left, the way of callers from there on, teams in a column at the right.
//
// boxes: [{id, width, height, kind: "node" | "entry" | "team", first}], lines: [[source, target], …]. A layout answers
// {at: {id: [x, y]}, tree}: `tree` is null, or the lines that were looked at ("source>target") where that is only the first
// way to each box.

export const MOST = 400; // boxes up to which dagre weighs every line (in a worker); beyond, it would take seconds
export const BETWEEN = { nodesep: 14, ranksep: 116 };
const COLUMN = 120; // between the way of callers and the columns beside it

// A tree of the first ways, each box in the middle of those that it leads to.
export function layTree(boxes, lines) {
  const inner = boxes.filter((box) => box.kind === "node");
  const { children, roots, tree } = firstWays(inner, lines);
  const { width, height } = boxes[0];
  const at = {};
  let next = 0;
  for (const root of roots) {
    const todo = [[root, 0, false]];
    while (todo.length) {
      const [id, depth, done] = todo.pop();
      const own = children.get(id) ?? [];
      if (own.length && !done) {
        todo.push([id, depth, true], ...own.toReversed().map((child) => [child, depth + 1, false]));
        continue;
      }
      const y = own.length ? (at[own[0]][1] + at[own.at(-1)][1]) / 2 : (next += height + BETWEEN.nodesep);
      at[id] = [depth * (width + BETWEEN.ranksep), y];
    }
  }
  columns(boxes, lines, at);
  return { at, tree: tree.map(([source, target]) => `${source}>${target}`) };
}

// The first way to each box, breadth first from those that callers come to first.
function firstWays(boxes, lines) {
  const known = new Set(boxes.map((box) => box.id));
  const out = new Map();
  const led = new Set();
  for (const [source, target] of lines) {
    if (!known.has(source) || !known.has(target)) continue;
    (out.get(source) ?? out.set(source, []).get(source)).push(target);
    led.add(target);
  }
  const seen = new Set();
  const tree = [];
  const roots = [];
  const children = new Map();
  for (const { id: root } of [...boxes.filter((box) => box.first), ...boxes.filter((box) => !led.has(box.id)), ...boxes]) {
    if (seen.has(root)) continue;
    seen.add(root);
    roots.push(root);
    for (let todo = [root], place = 0; place < todo.length; place++) {
      for (const target of out.get(todo[place]) ?? []) {
        if (seen.has(target)) continue;
        seen.add(target);
        tree.push([todo[place], target]);
        (children.get(todo[place]) ?? children.set(todo[place], []).get(todo[place])).push(target);
        todo.push(target);
      }
    }
  }
  return { children, roots, tree };
}

// The numbers and the teams, each as near as it can be to the middle of the boxes that it is joined to.
export function columns(boxes, lines, at) {
  column(boxes.filter((box) => box.kind === "entry"), lines, at, -1);
  column(boxes.filter((box) => box.kind === "team"), lines, at, 1);
}

function column(boxes, lines, at, side) {
  if (!boxes.length) return;
  const joined = new Map(boxes.map((box) => [box.id, []]));
  for (const [source, target] of lines) {
    if (joined.has(target) && at[source]) joined.get(target).push(at[source][1]);
    if (joined.has(source) && at[target]) joined.get(source).push(at[target][1]);
  }
  const all = Object.values(at).map(([x]) => x);
  const edge = side < 0 ? Math.min(...all, 0) : Math.max(...all, 0);
  const x = edge + side * (boxes[0].width + COLUMN);
  const step = boxes[0].height + BETWEEN.nodesep;
  const held = boxes.map((box) => ({ id: box.id, y: middle(joined.get(box.id)) })).sort((a, b) => a.y - b.y);
  const same = held[0].y === held.at(-1).y;
  let last = same ? held[0].y - (step * held.length) / 2 : -Infinity;
  for (const box of held) {
    last = same ? last + step : Math.max(box.y, last + step);
    at[box.id] = [x, last];
  }
}

const middle = (values) => (values.length ? values.sort((a, b) => a - b)[values.length >> 1] : 0);
