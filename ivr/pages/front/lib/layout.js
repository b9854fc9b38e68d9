// Where boxes stand: numbers in a column at the left, the way of callers from there on (dagre), teams at the right. Runs in a
// worker.
import dagre from "@dagrejs/dagre";

const MOST = 400; // boxes up to which dagre weighs every line; beyond, only the first way to each box, or it takes seconds
const BETWEEN = { nodesep: 14, ranksep: 116, edgesep: 8 };
const COLUMN = 120; // between the last column and the teams

// boxes: [{id, width, height, parent, kind, first}], lines: [[source, target], …] that count. Answers {at, tree}: {id: [x, y]},
// and whether only the first way to each box was weighed, then as a set of "source>target".
export function lay({ boxes, lines, frames }) {
  const graph = new dagre.graphlib.Graph({ compound: frames.length > 0 && boxes.length <= MOST });
  graph.setGraph({ rankdir: "LR", ranker: boxes.length > MOST ? "network-simplex" : "tight-tree", ...BETWEEN });
  graph.setDefaultEdgeLabel(() => ({}));
  const inner = boxes.filter((box) => box.kind === "node");
  for (const { id, width, height } of inner) graph.setNode(id, { width, height });
  if (graph.isCompound()) {
    for (const { id, parent } of frames) graph.setNode(id, {}), parent && graph.setParent(id, parent);
    for (const box of inner) if (box.parent) graph.setParent(box.id, box.parent);
  }
  const known = new Set(inner.map((box) => box.id));
  const counted = lines.filter(([source, target]) => known.has(source) && known.has(target));
  const tree = inner.length > MOST ? firstWays(inner, counted) : null;
  for (const [source, target] of tree ?? counted) graph.setEdge(source, target);
  dagre.layout(graph, { disableOptimalOrderHeuristic: inner.length > MOST });
  const at = Object.fromEntries(inner.map(({ id }) => [id, [graph.node(id).x, graph.node(id).y]]));
  column(boxes.filter((box) => box.kind === "entry"), lines, at, -1);
  column(boxes.filter((box) => box.kind === "team"), lines, at, 1);
  return { at, tree: tree && tree.map(([source, target]) => `${source}>${target}`) };
}

// A tree: the first way to each box, from those that come first.
function firstWays(boxes, lines) {
  const out = new Map();
  for (const [source, target] of lines) (out.get(source) ?? out.set(source, []).get(source)).push(target);
  const led = new Set(lines.map(([, target]) => target));
  const seen = new Set();
  const tree = [];
  for (const root of [...boxes.filter((box) => box.first), ...boxes.filter((box) => !led.has(box.id)), ...boxes].map((box) => box.id)) {
    if (seen.has(root)) continue;
    seen.add(root);
    for (const todo = [root]; todo.length; ) {
      const source = todo.shift();
      for (const target of out.get(source) ?? []) {
        if (seen.has(target)) continue;
        seen.add(target);
        tree.push([source, target]);
        todo.push(target);
      }
    }
  }
  return tree;
}

// A column beside the rest, left (-1) or right (1): each box as near as it can be to the middle of those that it is joined to.
function column(boxes, lines, at, side) {
  if (!boxes.length) return;
  const joined = new Map(boxes.map((box) => [box.id, []]));
  for (const [source, target] of lines) {
    if (joined.has(target) && at[source]) joined.get(target).push(at[source][1]);
    if (joined.has(source) && at[target]) joined.get(source).push(at[target][1]);
  }
  const all = Object.values(at);
  const edge = side < 0 ? Math.min(...all.map(([x]) => x)) : Math.max(...all.map(([x]) => x));
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
