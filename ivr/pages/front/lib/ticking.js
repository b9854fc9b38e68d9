// Lengths of time run on in the page: [data-since] and [data-until] hold instants (epoch seconds) of the server's clock, so
// that what the server sends changes only when something happens.

let ahead = 0; // seconds by which the server's clock is ahead of this one

export const serverNow = () => Math.floor(Date.now() / 1000) + ahead;

export function span(seconds) {
  const left = Math.max(0, seconds);
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function tick(root = document) {
  const now = serverNow();
  for (const element of root.querySelectorAll("[data-since]")) write(element, span(now - Number(element.dataset.since)));
  for (const element of root.querySelectorAll("[data-until]")) write(element, span(Number(element.dataset.until) - now));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function start() {
  const told = Number(document.body.dataset.now);
  if (told) ahead = told - Math.floor(Date.now() / 1000);
  tick();
  setInterval(() => document.hidden || tick(), 1000);
  document.addEventListener("live:part", (event) => tick(event.target));
}
