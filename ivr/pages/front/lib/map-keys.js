// The map by the keyboard: arrows walk along lines from the chosen box, or move the canvas while nothing is chosen.

const STEP = 80; // pixels
const MOVES = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] };

export function walk(map, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || !map.cy || event.target !== map.element) return;
  const done = act(map, event.key);
  if (done) event.preventDefault();
}

function act(map, key) {
  const box = map.chosen && map.at(map.chosen);
  if (key === "+" || key === "=") return map.zoom(1.25), true;
  if (key === "-") return map.zoom(0.8), true;
  if (key === "Home") return map.begin(), true;
  if (key === "End") return map.fit(), true;
  if (key === "Escape") return box ? (map.choose(""), true) : false;
  if (key === "Enter" || key === " ") return box ? (map.choose(map.chosen, true), true) : (step(map, first(map)), true);
  if (!(key in MOVES)) return false;
  if (!box) {
    const [x, y] = MOVES[key];
    map.cy.panBy({ x, y });
    return true;
  }
  step(map, next(box, key));
  return true;
}

function step(map, box) {
  if (!box || box.empty()) return;
  map.choose(map.nameOf(box.id()));
  map.reveal(map.chosen);
}

const first = (map) => map.at(map.graph.items[map.graph.data.chain[0]]?.name ?? "");

// Right: the way on; left: the way back; up and down: the nearest box above or below in the same column.
function next(box, key) {
  if (key === "ArrowRight") return highest(box.outgoers("edge:visible").targets());
  if (key === "ArrowLeft") return highest(box.incomers("edge:visible").sources());
  const { x, y } = box.position();
  const down = key === "ArrowDown";
  const column = box.cy().nodes().not(".frame").filter((one) => Math.abs(one.position("x") - x) < 60 && (down ? one.position("y") > y : one.position("y") < y));
  return column.min((one) => Math.abs(one.position("y") - y)).ele;
}

const highest = (boxes) => (boxes.empty() ? null : boxes.min((one) => one.position("y")).ele);
