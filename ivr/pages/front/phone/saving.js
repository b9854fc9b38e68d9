// A call as a scenario: asked for, copied; and a link that is copied.
import { ask, make, say } from "../lib/dom.js";

const at = (id) => document.getElementById(id);

// `query` gives the call that is on the page, `told` what is said once it was copied.
export function start(query, told) {
  at("save-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const held = await ask("/phone/save", { method: "POST", body: { query: query(), name: event.target.elements.name.value } });
      const page = new DOMParser().parseFromString(held.html, "text/html");
      at("saved").replaceChildren(...[...page.body.childNodes].map((node) => document.adoptNode(node)));
      at("copy").addEventListener("click", () => copy(at("yaml").textContent, told));
    } catch (fault) {
      at("saved").replaceChildren(make("p", { class: "wrong" }, fault.message));
    }
  });
  at("save").addEventListener("close", () => at("saved").replaceChildren());
}

export async function copy(text, told) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", { class: "hidden-text" });
    field.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say(told);
}
