// Who is on the line: their number into the form of a promise, or on to another team.
import { base, say } from "../lib/dom.js";

export function line(post) {
  const dialog = document.getElementById("pass");
  if (!dialog) return;

  function promise(row) {
    const form = document.getElementById("new");
    const { number, call, language, topic } = row.dataset;
    form.elements.number.value = number;
    form.elements.call.value = call;
    if (language) form.elements.language.value = language;
    if (form.elements.topic && topic) form.elements.topic.value = topic.split(" ")[0];
    (number ? form.querySelector("[name=team]") : form.elements.number).focus();
  }

  async function choose(row) {
    dialog.call = row.dataset.call;
    dialog.querySelector("[data-who]").textContent = row.querySelector("strong").textContent;
    dialog.querySelector("[data-wrong]").textContent = "";
    const table = dialog.querySelector("form").dataset.table;
    await window.htmx.ajax("GET", `${base()}/promises/line/teams?${new URLSearchParams({ table })}`, { target: "#pass-teams" });
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".on-line");
    if (row && event.target.closest("[data-promise]")) promise(row);
    else if (row && event.target.closest("[data-pass]")) choose(row);
  });
  dialog.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    try {
      const fields = { team: new FormData(form).get("team") ?? "", table: form.dataset.table };
      const done = await post(`/promises/line/${encodeURIComponent(dialog.call)}/pass`, fields);
      dialog.close();
      say(done.said);
    } catch (fault) {
      dialog.querySelector("[data-wrong]").textContent = fault.message;
    }
  });
}
