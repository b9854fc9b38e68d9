// What every page has: htmx, the live stream, announcements, the menu, dialogs.
import htmx from "htmx.org/dist/htmx.esm.js";
import { say } from "./lib/dom.js";
import { start } from "./lib/live.js";
import { start as startClock } from "./lib/ticking.js";

window.htmx = htmx;

document.addEventListener("said", (event) => say(event.detail.value ?? event.detail));
document.addEventListener("fault", (event) => say(event.detail.value ?? event.detail, true));
document.addEventListener("htmx:sendError", () => say(document.getElementById("lost").dataset.lost, true));

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) {
    const open = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", open);
    return;
  }
  const opener = event.target.closest("[data-dialog]");
  if (opener) return document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  for (const held of document.querySelectorAll("header details[open]")) if (!held.contains(event.target)) held.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const held of document.querySelectorAll("header details[open]")) {
    held.open = false;
    held.querySelector("summary").focus();
  }
  for (const toggle of document.querySelectorAll('[data-toggle][aria-expanded="true"]')) toggle.setAttribute("aria-expanded", false);
});

startClock();
start();
