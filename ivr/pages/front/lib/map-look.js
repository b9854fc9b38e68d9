// How the map looks: the colours of the theme as a style sheet of Cytoscape, and the words in a box.

const FAMILIES = ["say", "ask", "decide", "connect", "promise", "end", "entry", "team", "visit"];
const SHAPES = { decide: "cut-rectangle", entry: "rectangle", team: "rectangle", visit: "round-rectangle", end: "round-rectangle" };
const MOST = 25; // characters of a line in a box

const clip = (text, most = MOST) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);

export function textOfBox(graph, box) {
  if (box.visit) return `${clip(box.visit)}\n${clip(`${graph.data.visits[box.visit]} (${box.items.length})`, 30)}`;
  const at = box.items[0];
  const item = graph.items[at];
  const second = item.kind === "entry" ? item.numbers.map((one) => one.phases[graph.language]).filter((one, place, all) => all.indexOf(one) === place).join(", ") : `${graph.kind(at)}${graph.words(at) ? ": " + graph.words(at) : ""}`;
  return `${clip(graph.title(at))}\n${clip(second, 28)}`;
}

export class Look {
  constructor(element, changed) {
    this.element = element;
    this.query = matchMedia("(prefers-color-scheme: dark)");
    this.changed = changed;
    this.query.addEventListener("change", changed);
  }

  end() {
    this.query.removeEventListener("change", this.changed);
  }

  sheet() {
    const held = getComputedStyle(this.element);
    const of = (name) => held.getPropertyValue(`--${name}`).trim();
    const font = { "font-family": of("font") || "sans-serif", "font-size": 11.5 };
    const hot = [1, 2, 3, 4, 5].map((n) => ({ selector: `node.hot-${n}`, style: { "background-color": of(`map-heat-${n}`), color: of(`map-heat-ink-${n}`) } }));
    const line = (name) => ({ "line-color": of(name), "target-arrow-color": of(name) });
    const none = { label: "", "source-label": "", "target-label": "" };
    return [
      {
        selector: "node",
        style: {
          ...font, width: 184, height: 46, shape: "round-rectangle", "background-color": of("paper"), "border-width": 1.5, color: of("ink"),
          label: "data(label)", "text-wrap": "wrap", "text-valign": "center", "text-halign": "center", "line-height": 1.25,
          "min-zoomed-font-size": 6, "overlay-opacity": 0,
        },
      },
      ...FAMILIES.map((name) => ({ selector: `node.${name}`, style: { shape: SHAPES[name] || "round-rectangle", "border-color": of(`map-${name}`), "background-color": of(`map-${name}-soft`) } })),
      { selector: "node.visit", style: { "border-style": "double", "border-width": 4 } },
      { selector: "node.team", style: { "border-width": 3 } },
      {
        selector: "node.frame",
        style: {
          "background-color": of("under"), "background-opacity": 0.6, "border-color": of("line-strong"), "border-style": "dashed",
          "border-width": 1, padding: 14, "text-valign": "top", color: of("soft"),
        },
      },
      {
        selector: "edge",
        style: {
          ...font, "font-size": 10, width: 1.25, ...line("line-strong"), "target-arrow-shape": "triangle", "arrow-scale": 0.8,
          "curve-style": "round-taxi", "taxi-direction": "rightward", "taxi-turn": "data(turn)", "taxi-radius": 6, color: of("ink"),
          "source-text-offset": 24, "target-text-offset": 34, "text-background-color": of("paper"), "text-background-opacity": 1,
          "text-background-padding": 1, "min-zoomed-font-size": 7, "overlay-opacity": 0,
        },
      },
      { selector: "edge.at-target", style: { "target-label": "data(label)" } },
      { selector: "edge.at-source", style: { "source-label": "data(label)" } },
      { selector: "edge.at-middle", style: { label: "data(label)" } },
      { selector: "edge.entry-line", style: none },
      { selector: "edge.team-line", style: { ...line("map-team"), ...none, opacity: 0.4 } },
      { selector: "edge.task-line", style: { "line-style": "dashed" } },
      { selector: "edge.far", style: { display: "none", "line-style": "dashed", "taxi-direction": "horizontal" } },
      { selector: "edge.shown", style: { display: "element", opacity: 1 } },
      { selector: "edge.weighed", style: { ...none, width: "data(width)", "arrow-scale": 0.7, opacity: 0.4 } },
      { selector: "edge.walked-by", style: { ...line("accent"), opacity: 1, "target-label": "data(count)" } },
      ...hot,
      { selector: "node.hot, node.hot-none", style: { label: (node) => `${node.data("label").split("\n")[0]}\n${node.data("badge")}` } },
      { selector: "node.hot-none", style: { "background-color": of("under"), "border-style": "dashed", color: of("soft") } },
      { selector: "edge.near", style: { ...line("accent"), width: 2.5, opacity: 1, "z-index": 9 } },
      { selector: "edge.near.weighed", style: { width: "data(width)" } },
      { selector: "node.near", style: { "border-width": 3 } },
      { selector: ".faded", style: { opacity: 0.13 } },
      { selector: "edge.walked", style: { ...line("accent"), width: 4, opacity: 1, "z-index": 10 } },
      { selector: "node.passed", style: { "border-color": of("accent"), "border-width": 4, opacity: 1 } },
      { selector: "node.here", style: { "background-color": of("accent"), color: of("accent-ink"), "border-color": of("accent") } },
      { selector: "node.chosen", style: { "border-color": of("focus"), "border-width": 5, opacity: 1, "z-index": 10 } },
    ];
  }
}
