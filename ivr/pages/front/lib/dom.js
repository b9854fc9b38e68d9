// Small things that several pages need: elements made without HTML text, words said aloud, requests with the token.

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export const base = () => document.body.dataset.base;

// Words for the live region: what a sighted person sees happen.
export function say(text, fault = false) {
  const region = document.getElementById(fault ? "fault" : "said");
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = text));
  clearTimeout(region.timer);
  region.timer = setTimeout(() => (region.textContent = ""), fault ? 12000 : 6000);
}

export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRF-Token"] || "";
}

// JSON of our own routes; a fault that the server tells is thrown as an Error with its words and `status`.
export async function ask(path, { method = "GET", body, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = token();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const sent = { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) };
  const answer = await fetch(base() + path, sent).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Error(document.getElementById("lost").dataset.lost); // the browser's own words are nobody's language
  });
  const held = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
  if (!answer.ok) throw Object.assign(new Error(held.fault || answer.statusText), { status: answer.status, held });
  return held;
}

// Whether a key stroke is meant for what is typed into.
export function typing(event) {
  const target = event.target;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.nodeName);
}
