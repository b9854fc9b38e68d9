// Promises that a lead picks, to be moved at once: counted, shown where they would land, moved.
import { base } from "../lib/dom.js";

const picks = (root = document) => [...root.querySelectorAll("#board [data-pick]")];

export function picking() {
  const bar = document.getElementById("picked");
  if (!bar) return;
  const every = bar.querySelector("[data-every]");
  let all = false; // all that the board shows, on whichever page

  function count() {
    const counts = document.getElementById("counts");
    const shown = picks();
    const chosen = shown.filter((one) => one.checked).length;
    const total = Number(counts?.dataset.total ?? 0);
    if (chosen < shown.length) all = false;
    bar.hidden = !chosen;
    bar.querySelector("span").textContent = bar.dataset.words.replace("{}", all ? total : chosen);
    every.hidden = all || chosen < shown.length || total <= shown.length;
    every.textContent = counts?.dataset.every ?? "";
    for (const one of document.querySelectorAll("#board [data-all]")) {
      const own = [...one.closest(".group").querySelectorAll("[data-pick]")];
      one.checked = own.every((pick) => pick.checked);
      one.indeterminate = !one.checked && own.some((pick) => pick.checked);
    }
  }

  document.addEventListener("change", (event) => {
    const group = event.target.closest("[data-all]") && event.target.closest(".group");
    if (group) for (const pick of group.querySelectorAll("[data-pick]")) pick.checked = event.target.checked;
    if (group || event.target.matches("[data-pick]")) count();
  });
  document.addEventListener("live:part", count);
  document.addEventListener("htmx:afterSettle", count);
  every.addEventListener("click", () => {
    all = true;
    count();
    bar.querySelector("[name=to]").focus();
  });
  bar.addEventListener("submit", async (event) => {
    event.preventDefault();
    const topic = document.getElementById("board").dataset.live;
    const values = { to: bar.elements.to.value };
    if (all) values.every = topic.slice(topic.indexOf("?") + 1);
    else values.id = picks().filter((one) => one.checked).map((one) => one.value);
    await window.htmx.ajax("POST", `${base()}/promises/move/preview`, { target: "#move-body", values });
    if (document.querySelector("#move-body form, #move-body [data-close]")) document.getElementById("move").showModal();
  });
  document.getElementById("move").addEventListener("close", () => {
    document.getElementById("move-body").replaceChildren();
    for (const one of picks()) one.checked = false;
    all = false;
    count();
  });
}
