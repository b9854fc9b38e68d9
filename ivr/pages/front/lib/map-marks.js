// What stands out on the map: chosen, passed, faded, weighed, hot. All of it is set anew on the boxes and lines that are shown.

const CLASSES = "faded chosen near passed walked here shown hot weighed walked-by hot-1 hot-2 hot-3 hot-4 hot-5 hot-none";
const STEPS = [15, 30, 60, 120]; // seconds up to which a step of the scale reaches

export function mark(map) {
  map.cy.elements().removeClass(CLASSES);
  if (map.every) map.show(map.shown.lines.map((line) => line.id));
  if (map.bright) fade(map);
  if (map.counts) weigh(map);
  if (map.seconds) heat(map);
  if (map.way.length) follow(map);
  const box = map.chosen && map.at(map.chosen);
  if (!box) return;
  box.addClass("chosen");
  const own = linesOf(map, box.id());
  map.show(own);
  for (const id of own) map.cy.getElementById(id).addClass("near").connectedNodes().not(box).addClass("near");
}

function fade({ cy, shown, bright }) {
  const boxes = new Set(bright.items.map((at) => shown.place[at]));
  const kept = bright.lines && new Set(bright.lines);
  cy.nodes().not(".frame").forEach((node) => void (boxes.has(node.id()) || node.addClass("faded")));
  for (const line of shown.lines) {
    const taken = kept ? line.lines.some((at) => kept.has(at)) : boxes.has(line.source) && boxes.has(line.target);
    if (!taken) cy.getElementById(line.id).addClass("faded");
  }
}

function weigh(map) {
  const sums = map.shown.lines.map((line) => [line.id, line.lines.reduce((sum, at) => sum + (map.counts[at] || 0), 0)]);
  const most = Math.max(1, ...sums.map(([, sum]) => sum));
  map.show(sums.filter(([, sum]) => sum).map(([id]) => id));
  for (const [id, sum] of sums) {
    const count = sum ? sum.toLocaleString(document.documentElement.lang) : "";
    const edge = map.cy.getElementById(id).addClass("weighed").data({ width: sum ? 1 + 11 * Math.sqrt(sum / most) : 0.6, count });
    if (sum) edge.addClass("walked-by");
  }
}

function heat({ cy, shown, graph, seconds }) {
  for (const box of shown.boxes) {
    const known = box.items.map((at) => seconds[graph.items[at].name]).filter((one) => one !== undefined);
    if (!known.length) continue;
    const far = known.filter((one) => one !== null);
    const worst = far.length ? Math.max(...far) : null;
    const node = cy.getElementById(box.id);
    node.addClass(worst === null ? "hot-none" : `hot hot-${step(worst)}`);
    node.data("badge", worst === null ? "–" : `${Math.round(worst)} s`);
  }
}

const step = (seconds) => STEPS.findIndex((most) => seconds <= most) + 1 || STEPS.length + 1;

function follow(map) {
  const boxes = map.way.map((name) => map.boxId(name)).filter(Boolean);
  boxes.forEach((id, place) => {
    map.cy.getElementById(id).addClass("passed");
    const before = boxes[place - 1];
    if (!before || before === id) return;
    map.show([`${before}>${id}`]);
    map.cy.getElementById(`${before}>${id}`).addClass("walked");
  });
  if (boxes.length) map.cy.getElementById(boxes.at(-1)).addClass("here");
}

// The lines of a box; of a group of numbers also where they go after the entry.
function linesOf({ graph, shown, chosen }, id) {
  const numbers = shown.place[graph.data.chain.at(-1)];
  const { letter } = graph.items[graph.byName.get(chosen)];
  const theirs = (line) => letter && line.source === numbers && line.lines.some((at) => graph.lines[at].key === letter);
  return shown.lines.filter((line) => line.source === id || line.target === id || theirs(line)).map((line) => line.id);
}
