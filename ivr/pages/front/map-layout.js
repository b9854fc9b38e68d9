// The worker that lays out a map of not too many boxes with dagre, which weighs all lines; the page stays free meanwhile.
import dagre from "@dagrejs/dagre";
import { BETWEEN, columns } from "./lib/layout.js";

// Besides what lib/layout.js says: `frames` are opened visits [{id, parent}], and boxes have a `parent` among them.
function lay({ boxes, lines, frames }) {
  const graph = new dagre.graphlib.Graph({ compound: frames.length > 0 });
  graph.setGraph({ rankdir: "LR", ranker: "tight-tree", edgesep: 8, ...BETWEEN });
  graph.setDefaultEdgeLabel(() => ({}));
  const inner = boxes.filter((box) => box.kind === "node");
  for (const { id, width, height } of inner) graph.setNode(id, { width, height });
  for (const { id } of frames) graph.setNode(id, {});
  for (const { id, parent } of [...frames, ...inner]) if (parent) graph.setParent(id, parent);
  const known = new Set(inner.map((box) => box.id));
  for (const [source, target] of lines) if (known.has(source) && known.has(target)) graph.setEdge(source, target);
  dagre.layout(graph);
  const at = Object.fromEntries(inner.map(({ id }) => [id, [graph.node(id).x, graph.node(id).y]]));
  columns(boxes, lines, at);
  return { at, tree: null };
}

self.onmessage = ({ data }) => self.postMessage({ id: data.id, ...lay(data) });
