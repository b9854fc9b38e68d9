// The list of files: which one is shown, which differ from the version that the draft was begun from, where errors are.
import { make } from "../lib/dom.js";

export class Files {
  constructor(words, choose) {
    this.words = words;
    this.list = document.getElementById("files");
    this.choice = document.getElementById("file-choice");
    this.choose = choose;
    this.choice.addEventListener("change", () => choose(this.choice.value));
    this.errors = new Map();
    this.warnings = new Map();
  }

  found(faults) {
    this.errors = counts(faults, "error");
    this.warnings = counts(faults, "warning");
  }

  about(path, changed) {
    const errors = this.errors.get(path);
    const out = [];
    if (errors) out.push(errors === 1 ? this.words.error_in : this.words.errors_in.replace("{n}", errors));
    if (changed) out.push(this.words.changed_file);
    return out.join(", ");
  }

  // `differs(path)`: whether it differs from the base.
  draw(paths, current, differs) {
    const rows = paths.map((path) => {
      const about = this.about(path, differs(path));
      const button = make("button", { type: "button", "aria-current": path === current ? "true" : null, "data-file": path }, make("span", { class: "name" }, path));
      if (about) button.append(make("span", { class: this.errors.get(path) ? "mark wrong" : "mark" }, about));
      button.addEventListener("click", () => this.choose(path));
      return make("li", {}, button);
    });
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.file : "";
    this.list.replaceChildren(...rows);
    if (focused) [...this.list.querySelectorAll("button")].find((one) => one.dataset.file === focused)?.focus();
    this.choice.replaceChildren(...paths.map((path) => make("option", { value: path, selected: path === current }, about2(path, this.about(path, differs(path))))));
    this.choice.value = current;
  }
}

const about2 = (path, about) => (about ? `${path} (${about})` : path);

function counts(faults, severity) {
  const out = new Map();
  for (const fault of faults) if (fault.severity === severity) out.set(fault.path, (out.get(fault.path) ?? 0) + 1);
  return out;
}
