// One editor for all files of a table: each file keeps its own state, with its undo history, while another one is shown.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentService, indentUnit } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { minimalSetup } from "codemirror";
import { base, make } from "../lib/dom.js";
import { look } from "./look.js";
import { bare } from "./names.js";
import { completions, definitionOf, explain, placeAt } from "./offers.js";
import { phrases } from "./phrases.js";
import { Lines } from "./places.js";

const WORD = /[\w$-]/;

// A new line stands as far in as the one before it; after a key without a value, one step further.
function indentation(context, at) {
  const line = context.lineAt(at, -1);
  const own = /^\s*/.exec(line.text)[0].length;
  return own + (/:\s*(#.*)?$/.test(line.text) && !/^\s*#/.test(line.text) ? 2 : 0);
}

export class Editor {
  // `work`: what the page was given; `names()`: the table's names; `changed(path)`: somebody typed; `go(definition)`.
  constructor(parent, work, schema, names, { changed, go, next }) {
    this.work = work;
    this.schema = schema;
    this.names = names;
    this.states = new Map();
    this.path = "";
    this.marked = new Set(); // files with findings
    this.on = { changed, go, next };
    this.nonce = document.querySelector('meta[name="csp-nonce"]')?.content;
    const first = EditorState.create({ extensions: this.styles() }); // its styles are let in by the nonce too
    this.view = new EditorView({ parent, state: first, dispatchTransactions: (list, view) => this.dispatch(list, view) });
  }

  dispatch(list, view) {
    view.update(list);
    if (!this.quiet && list.some((one) => one.docChanged)) this.on.changed(this.path);
  }

  styles() {
    return this.nonce ? [EditorView.cspNonce.of(this.nonce)] : [];
  }

  extensions(path, text) {
    const { work } = this;
    const ends = text.includes("\r\n") && !/(^|[^\r])\n/.test(text) ? "\r\n" : "\n"; // what a file had, it keeps
    return [
      ...this.styles(),
      EditorState.lineSeparator.of(ends),
      EditorState.readOnly.of(!work.editable),
      EditorState.phrases.of(phrases[work.language] ?? {}),
      EditorState.tabSize.of(2),
      indentUnit.of("  "),
      indentService.of(indentation),
      EditorView.contentAttributes.of({ "aria-label": work.words.editor.replace("{path}", path), "aria-describedby": "editor-help", "aria-readonly": String(!work.editable), tabindex: "0", spellcheck: "false" }),
      lineNumbers(),
      foldGutter(),
      lintGutter(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      bracketMatching(),
      search({ top: true }),
      yaml(),
      look,
      this.completion(),
      hoverTooltip((view, at, side) => this.hover(view, at, side)),
      EditorView.domEventHandlers({ mousedown: (event, view) => this.clicked(event, view) }),
      keymap.of([
        { key: "F8", run: () => this.on.next(1), shift: () => this.on.next(-1) },
        { key: "F12", run: (view) => this.definition(view, view.state.selection.main.head) },
        ...completionKeymap,
        ...searchKeymap,
        ...foldKeymap,
      ]),
      minimalSetup,
    ];
  }

  completion() {
    if (!this.work.editable) return [];
    return autocompletion({ override: [completions(this.schema, this.names, this.work.words)], icons: false, activateOnTyping: true });
  }

  state(path, text) {
    return EditorState.create({ doc: text, extensions: this.extensions(path, text) });
  }

  // The text of a file as it is now.
  text(path) {
    const state = path === this.path ? this.view.state : this.states.get(path);
    return state.sliceDoc();
  }

  put(path, text) {
    this.states.set(path, this.state(path, text));
    if (path === this.path) this.view.setState(this.states.get(path));
  }

  drop(path) {
    this.states.delete(path);
  }

  // Another text in the place of what stands there, as an edit that can be undone.
  replace(path, text) {
    const state = path === this.path ? this.view.state : this.states.get(path);
    const fresh = state.toText(text);
    let from = 0;
    const most = Math.min(state.doc.length, fresh.length);
    const [was, now] = [state.doc.toString(), fresh.toString()];
    while (from < most && was[from] === now[from]) from += 1;
    let end = 0;
    while (end < most - from && was[was.length - 1 - end] === now[now.length - 1 - end]) end += 1;
    const edit = { changes: { from, to: state.doc.length - end, insert: fresh.slice(from, fresh.length - end) }, userEvent: "input.replace" };
    this.quiet = true;
    if (path === this.path) this.view.dispatch(edit);
    else this.states.set(path, state.update(edit).state);
    this.quiet = false;
  }

  show(path) {
    if (path === this.path) return;
    if (this.states.has(this.path)) this.states.set(this.path, this.view.state);
    this.path = path;
    this.view.setState(this.states.get(path));
  }

  goTo(path, from, to = from, focus = true) {
    this.show(path);
    const lines = new Lines(this.view.state.doc.toString());
    const anchor = lines.offset(from);
    const head = Math.max(anchor, lines.offset(to));
    this.select(anchor, head, focus);
  }

  select(anchor, head, focus = true) {
    const most = this.view.state.doc.length;
    this.view.dispatch({ selection: { anchor: Math.min(anchor, most), head: Math.min(head, most) }, effects: EditorView.scrollIntoView(Math.min(anchor, most), { y: "center" }) });
    if (focus) this.view.focus();
  }

  // The findings of all files, as they were told for the texts as they stand now.
  mark(faults) {
    const byPath = new Map();
    for (const fault of faults) byPath.set(fault.path, [...(byPath.get(fault.path) ?? []), fault]);
    if (this.states.has(this.path)) this.states.set(this.path, this.view.state);
    for (const [path, state] of this.states) {
      if (!byPath.has(path) && !this.marked.has(path)) continue;
      const lines = new Lines(state.doc.toString());
      const held = (byPath.get(path) ?? []).map((fault) => this.diagnostic(fault, lines)).sort((a, b) => a.from - b.from);
      const update = setDiagnostics(state, held);
      if (path === this.path) this.view.dispatch(update);
      else this.states.set(path, state.update(update).state);
    }
    this.marked = new Set(byPath.keys());
  }

  diagnostic(fault, lines) {
    const from = lines.offset(fault.from);
    return { from, to: Math.max(from, lines.offset(fault.to)), severity: fault.severity, source: fault.code, message: `${fault.code} ${fault.message}`, renderMessage: () => this.rendered(fault) };
  }

  rendered(fault) {
    const link = make("a", { href: `${base()}/codes/${fault.code}`, target: "_blank", rel: "noopener" }, fault.code);
    const out = make("div", { lang: "en" }, link, ` ${fault.message}`);
    if (fault.help) out.append(make("span", { class: "hint" }, fault.help));
    return out;
  }

  wordAt(state, at) {
    const text = state.doc.toString();
    let from = at;
    let to = at;
    while (from > 0 && WORD.test(text[from - 1])) from -= 1;
    while (to < text.length && WORD.test(text[to])) to += 1;
    return { text, from, to, word: bare(text.slice(from, to)) };
  }

  hover(view, at) {
    const { text, from, to, word } = this.wordAt(view.state, at);
    if (!word) return null;
    const found = explain(this.schema, text, from, to, this.names());
    if (!found) return null;
    return { pos: from, end: to, above: true, create: () => ({ dom: this.explained(found) }) };
  }

  explained(found) {
    const out = make("div", { class: "explained" }, make("strong", {}, found.title));
    if (found.about) out.append(make("span", { class: "hint", lang: "en" }, found.about));
    if (found.definition) out.append(make("span", { class: "hint mono" }, `${found.definition.path} · F12`));
    return out;
  }

  clicked(event, view) {
    if (!(event.ctrlKey || event.metaKey) || event.button !== 0) return false;
    const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
    return at !== null && this.definition(view, at);
  }

  definition(view, at) {
    const { text, to, word } = this.wordAt(view.state, at);
    const found = word ? definitionOf(this.schema, placeAt(this.schema, text, to), word, this.names()) : null;
    if (word) this.on.go(found, word);
    return true;
  }
}
