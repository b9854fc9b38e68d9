// The charts of the figures: each is drawn from the cells of its table, so that both show the same numbers.
import { make } from "./lib/dom.js";
import { draw } from "./lib/chart.js";

const figures = [...document.querySelectorAll("[data-chart]")];
let drawn = [];

// Rows in the order of time, without what is no number in any series.
function read(figure) {
  const table = document.getElementById(figure.dataset.of);
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows].filter((row) => !row.classList.contains("figures-total"));
  const value = (cell) => (cell?.dataset.v === undefined ? null : Number(cell.dataset.v));
  const series = heads.flatMap((head, at) =>
    head.dataset.series ? [{ name: head.dataset.series, label: head.textContent, values: rows.map((row) => value(row.cells[at])) }] : [],
  );
  return {
    names: rows.map((row) => row.cells[0].dataset.short || row.cells[0].textContent),
    at: rows.map((row) => value(row.cells[0])),
    series,
  };
}

// In print colours are those of paper, whatever the screen had.
function show(paper = false) {
  for (const one of drawn) one.destroy();
  drawn = figures.flatMap((figure) => {
    const { chart: kind, title, shareTitle, says, ref, refName } = figure.dataset;
    const caption = figure.querySelector("figcaption");
    figure.querySelectorAll(".figures-plot, .figures-legend, .figures-name").forEach((old) => old.remove());
    const parts = kind === "kept" ? ["share", "stack"] : [kind];
    return parts.map((part) => {
      const held = read(figure);
      const own = kind !== "kept" ? held.series : held.series.filter((one) => (one.name === "share_kept") === (part === "share"));
      const place = make("div", { class: "figures-plot" });
      const name = part === "share" && shareTitle ? shareTitle : title;
      const heading = figure.parentElement.querySelector("h2").textContent;
      if (name !== heading) figure.insertBefore(make("p", { class: "figures-name" }, name), caption);
      figure.insertBefore(place, caption);
      const label = part === parts[0] ? `${name}. ${says}` : name;
      return draw(place, part, { ...held, series: own, label, ref: ref === undefined ? null : Number(ref), refName, paper });
    });
  });
}

show();
let asked = 0;
const again = () => {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(() => show());
};
let wide = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === wide) return; // a telephone's bars come and go
  wide = window.innerWidth;
  again();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
window.addEventListener("beforeprint", () => show(true));
window.addEventListener("afterprint", again);

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
