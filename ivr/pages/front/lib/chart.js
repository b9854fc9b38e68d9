// One chart: stacked columns, shares, means with their certainty, a curve, or counts. Told apart by colour, by pattern or
// dash, and by name; the colours are Okabe and Ito's, which the colour-blind tell apart.
import uPlot from "uplot";
import { make } from "./dom.js";

const COLOURS = ["#0072b2", "#56b4e9", "#e69f00", "#d55e00", "#999999", "#f0e442", "#009e73"];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
const PAPER = { "--ink": "#16202b", "--soft": "#4c5866", "--line": "#c6ced7", "--paper": "#fff", "--accent": "#0b5394" };
const HEIGHT = 240;
const language = document.documentElement.lang || "nl";
const whole = new Intl.NumberFormat(language);
const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });

function look(paper) {
  const style = getComputedStyle(document.documentElement);
  return (name) => (paper ? PAPER[name] : style.getPropertyValue(name).trim());
}

// A fill that is told apart without its colour: solid, strokes either way, dots, a grid, lines.
function pattern(at, colour, ink) {
  const size = 8;
  const tile = make("canvas", { width: size, height: size });
  const pen = tile.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = 1.25;
  const line = (...points) => {
    pen.beginPath();
    points.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  };
  const draw = [
    () => {},
    () => line([0, 8], [8, 0]),
    () => pen.fillRect(3, 3, 2, 2),
    () => (line([0, 0], [8, 8]), line([0, 8], [8, 0])),
    () => line([0, 4], [8, 4]),
    () => line([4, 0], [4, 8]),
    () => (line([0, 4], [8, 4]), line([4, 0], [4, 8])),
  ];
  draw[at % draw.length]();
  return { tile, fill: pen.createPattern(tile, "repeat") };
}

function swatch(kind, at, colour, ink) {
  const held = make("canvas", { width: 22, height: 14, "aria-hidden": "true" });
  const pen = held.getContext("2d");
  if (kind === "stack") {
    pen.fillStyle = pattern(at, colour, ink).fill;
    pen.fillRect(0, 0, 22, 14);
    pen.strokeStyle = ink;
    pen.strokeRect(0.5, 0.5, 21, 13);
  } else {
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    pen.setLineDash(DASHES[at % DASHES.length]);
    pen.beginPath();
    pen.moveTo(0, 7);
    pen.lineTo(22, 7);
    pen.stroke();
  }
  return held;
}

function legend(place, kind, series, colours, ink) {
  const items = series.map((one, at) => make("li", {}, swatch(kind, at, colours[at], ink), ` ${one.label}`));
  place.after(make("ul", { class: "figures-legend" }, ...items));
}

// A line across at the norm, or at the first mark, with its name.
function marking(across, at, name, css) {
  return (plot) => {
    if (at === null || at === undefined) return;
    const pen = plot.ctx;
    const { left, top, width, height } = plot.bbox;
    const ratio = devicePixelRatio;
    pen.save();
    pen.strokeStyle = pen.fillStyle = css("--soft");
    pen.lineWidth = ratio;
    pen.setLineDash([4 * ratio, 4 * ratio]);
    pen.font = `${12 * ratio}px sans-serif`;
    pen.beginPath();
    const place = plot.valToPos(at, across ? "y" : "x", true);
    if (across) {
      pen.moveTo(left, place);
      pen.lineTo(left + width, place);
      pen.textAlign = "right";
      pen.fillText(name, left + width, place - 4 * ratio);
    } else {
      pen.moveTo(place, top);
      pen.lineTo(place, top + height);
      pen.fillText(name, place + 4 * ratio, top + 12 * ratio);
    }
    pen.stroke();
    pen.restore();
  };
}

// How sure each mean is, as a bar with ends.
function certainty(low, high, colour) {
  return (plot) => {
    const pen = plot.ctx;
    const ratio = devicePixelRatio;
    pen.save();
    pen.strokeStyle = colour;
    pen.lineWidth = 2 * ratio;
    low.forEach((value, at) => {
      if (value === null || high[at] === null) return;
      const x = plot.valToPos(at, "x", true);
      const [top, bottom] = [high[at], value].map((one) => plot.valToPos(one, "y", true));
      const end = 5 * ratio;
      pen.beginPath();
      pen.moveTo(x, top);
      pen.lineTo(x, bottom);
      for (const y of [top, bottom]) {
        pen.moveTo(x - end, y);
        pen.lineTo(x + end, y);
      }
      pen.stroke();
    });
    pen.restore();
  };
}

const SCALES = { share: [0, 1], curve: [0, 1], mean: [1, 10] };
const WRITE = { share: (one) => percent.format(one), curve: (one) => percent.format(one), mean: (one) => decimal.format(one) };

export function draw(place, kind, { names, at, series, label, ref, refName, paper }) {
  const css = look(paper);
  const curve = kind === "curve";
  const xs = curve ? at : names.map((_, n) => n);
  const mean = kind === "mean";
  const shown = mean ? series.slice(0, 1) : series;
  const ink = css("--ink");
  const colours = kind === "stack" ? COLOURS : [css("--accent"), ink, css("--soft")];
  let data = [xs, ...shown.map((one) => one.values)];
  let lines = shown.map((one, n) => ({
    label: one.label, stroke: colours[n], width: 2, dash: DASHES[n % DASHES.length], spanGaps: false,
    points: { show: xs.length < 30 && !curve, size: mean ? 9 : 7, fill: colours[n] },
  }));
  if (mean) lines[0].paths = () => null;
  if (curve) lines[0].fill = `${colours[0]}33`;
  if (kind === "stack") {
    // Each column ends where those before it end: drawn from the last, which is the tallest.
    const sums = xs.map(() => 0);
    const stacked = shown.map((one) => one.values.map((value, n) => (sums[n] += value ?? 0)));
    data = [xs, ...stacked.toReversed()];
    const bars = uPlot.paths.bars({ size: [0.7, 48] });
    lines = shown.map((one, n) => ({ label: one.label, stroke: ink, width: 0.75, fill: () => pattern(n, colours[n], ink).fill, paths: bars, points: { show: false } })).toReversed();
  }
  const write = WRITE[kind] || ((one) => whole.format(one));
  const most = Math.max(1, ...data.slice(1).flat().filter((one) => one !== null));
  const scale = SCALES[kind] || [0, most * 1.05];
  const axis = { stroke: css("--soft"), font: "12px system-ui, sans-serif", ticks: { stroke: css("--line"), size: 4 } };
  const hooks = [marking(!curve, ref, refName, css)];
  if (mean) hooks.push(certainty(series[1].values, series[2].values, colours[0]));
  const plot = new uPlot(
    {
      width: Math.max(220, place.clientWidth), height: HEIGHT,
      legend: { show: false }, cursor: { show: false }, select: { show: false },
      padding: [12, 12, 0, 0],
      scales: {
        x: { time: false, range: curve ? [0, at.at(-1)] : [-0.6, xs.length - 0.4] },
        y: { range: scale },
      },
      axes: [
        curve
          ? { ...axis, grid: { show: false }, size: 28, values: (_, marks) => marks.map((one) => `${whole.format(one)} s`) }
          : {
              ...axis, grid: { show: false }, size: 28,
              splits: () => xs.filter((n) => n % Math.ceil((xs.length * 44) / Math.max(200, place.clientWidth)) === 0),
              values: (_, marks) => marks.map((n) => names[n] ?? ""),
            },
        {
          ...axis, size: 46, grid: { stroke: css("--line"), width: 1 }, space: 32,
          values: (_, marks) => marks.map((one) => (kind === "count" || kind === "stack") && one % 1 ? "" : write(one)),
        },
      ],
      series: [{}, ...lines],
      hooks: { draw: hooks },
    },
    data,
    place,
  );
  plot.ctx.canvas.setAttribute("role", "img");
  plot.ctx.canvas.setAttribute("aria-label", label);
  if (shown.length > 1) legend(place, kind, shown, colours, ink);
  return plot;
}
