// Where the cursor stands in YAML that may be half written: read from the text before it, one character after another.
//
// contextAt(text) → { path, role, word, from, siblings, marks } for the end of `text`:
//   path      keys from the top, "[]" for an item of a list; with role "value" the last one is the key of that value
//   role      "key", "value", or "none" (in a comment, or in a text of many lines)
//   word      what is written of it so far; `from` is where that begins; `quote` is its quote, "" for none
//   siblings  keys that stand before it in the same mapping
//   marks     for each part of the path, where its key begins

const KEY_END = /[\s,[\]{}]/;

export function contextAt(text) {
  const start = topLine(text);
  return new Scanner(text, start).run();
}

// The last line without indentation that begins a key: nothing before it matters.
function topLine(text) {
  let at = text.length;
  while (at > 0) {
    at = text.lastIndexOf("\n", at - 1);
    const head = text[at + 1];
    if (head !== undefined && !/[\s#\]}-]/.test(head)) return at + 1;
    if (at < 0) return 0;
  }
  return 0;
}

class Scanner {
  constructor(text, at) {
    this.text = text;
    this.at = at;
    this.frames = [{ kind: "map", indent: 0, keys: [], key: null, mark: at }];
    this.found = null;
  }

  get top() {
    return this.frames[this.frames.length - 1];
  }

  run() {
    const end = this.text.length;
    while (!this.found && (this.at < end || (this.at === end && this.lineBegins()))) this.line();
    return this.found ?? this.answer("key", "", this.text.length);
  }

  lineBegins() {
    return this.at === 0 || this.text[this.at - 1] === "\n";
  }

  answer(role, word, from, quote = "") {
    const path = [];
    const marks = [];
    const frames = this.frames;
    for (const [index, frame] of frames.entries()) {
      const last = index === frames.length - 1;
      if (frame.kind === "list") {
        path.push("[]");
        marks.push(frame.mark);
      } else if (frame.key !== null && (!last || role === "value")) {
        path.push(frame.key);
        marks.push(frame.mark);
      }
    }
    const top = this.top;
    this.found = { path, role, word, from, quote, siblings: top.kind === "map" ? top.keys.filter((key) => key !== top.key || role === "key") : [], marks };
    return this.found;
  }

  none() {
    return this.answer("none", "", this.text.length);
  }

  // One line of block style, from its beginning.
  line() {
    const { text } = this;
    let indent = 0;
    while (text[this.at + indent] === " ") indent += 1;
    const begin = this.at + indent;
    const end = this.lineEnd(begin);
    const head = text[begin];
    if (head === undefined) return this.fresh(indent, begin);
    if (head === "\n") return (this.at = begin + 1);
    if (head === "#") return this.comment(end);
    this.at = begin;
    return this.entry(indent);
  }

  lineEnd(from) {
    const at = this.text.indexOf("\n", from);
    return at < 0 ? this.text.length : at;
  }

  comment(end) {
    if (end >= this.text.length) return this.none();
    this.at = end + 1;
  }

  // A line on which nothing stands yet but its indentation.
  fresh(indent, begin) {
    this.at = begin;
    this.open(indent);
    const top = this.top;
    if (top.kind === "list") return this.answer("value", "", begin);
    return this.answer("key", "", begin);
  }

  // Leave what is indented further, and enter the mapping of this indentation.
  open(indent) {
    const frames = this.frames;
    while (frames.length > 1 && frames[frames.length - 1].indent > indent) frames.pop();
    const top = this.top;
    if (top.indent < indent && (top.kind === "list" || top.key !== null)) {
      frames.push({ kind: "map", indent, keys: [], key: null, mark: this.at });
    } else if (top.kind === "map") {
      top.key = null;
    }
  }

  // A key with its value, or an item of a list.
  entry(indent) {
    const { text } = this;
    if (text[this.at] === "-" && (text[this.at + 1] === " " || text[this.at + 1] === "\n" || text[this.at + 1] === undefined)) {
      return this.item(indent);
    }
    const frames = this.frames;
    if (text[this.at] === "{" || text[this.at] === "[") {
      while (frames.length > 1 && this.top.indent >= indent) frames.pop(); // the value of the key on a line before
      this.flow(indent);
      return this.found ? undefined : this.rest();
    }
    if (this.top.kind === "list" && this.top.indent === indent) frames.pop();
    this.open(indent);
    const from = this.at;
    const quote = text[from] === '"' || text[from] === "'" ? text[from] : "";
    const key = quote ? this.quoted(quote, "key") : this.plainKey();
    if (this.found || key === null) return;
    const top = this.top;
    if (text[this.at] !== ":") {
      if (this.at >= text.length && !quote) return this.answer("key", key, from);
      this.at = this.lineEnd(this.at) + 1; // a text that goes on
      if (this.at > text.length) this.none();
      return;
    }
    top.keys.push(key);
    top.key = key;
    top.mark = from;
    this.at += 1;
    this.value(indent);
  }

  item(indent) {
    const frames = this.frames;
    while (frames.length > 1 && (this.top.indent > indent || (this.top.indent === indent && this.top.kind === "map" && frames[frames.length - 2].kind === "list" && frames[frames.length - 2].indent === indent))) frames.pop();
    const top = this.top;
    if (!(top.kind === "list" && top.indent === indent)) {
      if (top.kind === "map" && top.indent === indent && top.key === null) return (this.at = this.lineEnd(this.at) + 1);
      frames.push({ kind: "list", indent, mark: this.at });
    }
    this.at += 1;
    let inner = indent + 1;
    while (this.text[this.at] === " ") {
      this.at += 1;
      inner += 1;
    }
    const rest = this.text.slice(this.at, this.lineEnd(this.at));
    if (/^("[^"]*"|'[^']*'|[^\s"'[\]{}#,][^#]*?):(\s|$)/.test(rest)) return this.entry(inner);
    this.value(indent);
  }

  plainKey() {
    const { text } = this;
    const from = this.at;
    while (this.at < text.length) {
      const sign = text[this.at];
      const next = text[this.at + 1];
      if (sign === "\n") break;
      if (sign === ":" && (next === undefined || next === " " || next === "\n" || next === "\t")) break;
      if (sign === "#" && /\s/.test(text[this.at - 1] ?? "")) break;
      this.at += 1;
    }
    return text.slice(from, this.at).trimEnd();
  }

  // What stands after the colon, or after the dash.
  value(indent) {
    const { text } = this;
    const colon = this.at;
    while (text[this.at] === " " || text[this.at] === "\t") this.at += 1;
    const head = text[this.at];
    if (head === undefined) {
      if (this.at === colon && text[this.at - 1] === ":") return this.none(); // a space must come first
      return this.answer("value", "", this.at);
    }
    if (head === "\n") return (this.at += 1);
    if (head === "#") return this.comment(this.lineEnd(this.at));
    if (head === "{" || head === "[") {
      this.flow(indent);
      return this.found ? undefined : this.rest();
    }
    if (head === "|" || head === ">") return this.scalar(indent);
    if (head === '"' || head === "'") {
      this.quoted(head, "value");
      return this.found ? undefined : this.rest();
    }
    this.plain();
  }

  // The rest of a line whose value is read.
  rest() {
    const end = this.lineEnd(this.at);
    if (end >= this.text.length) return this.none();
    this.at = end + 1;
  }

  plain() {
    const from = this.at;
    const end = this.lineEnd(from);
    const found = this.text.slice(from, end).search(/\s#/);
    if (end >= this.text.length) {
      return found < 0 ? this.answer("value", this.text.slice(from, end), from) : this.none();
    }
    this.at = end + 1;
  }

  // A text of many lines: all that is indented further than its key.
  scalar(indent) {
    this.at = this.lineEnd(this.at) + 1;
    while (this.at <= this.text.length) {
      if (this.at >= this.text.length) return this.none();
      let deep = 0;
      while (this.text[this.at + deep] === " ") deep += 1;
      const head = this.text[this.at + deep];
      if (head === undefined) return deep > indent ? this.none() : undefined;
      if (head !== "\n" && deep <= indent) return;
      const end = this.lineEnd(this.at);
      if (end >= this.text.length) return this.none();
      this.at = end + 1;
    }
  }

  quoted(quote, role) {
    const { text } = this;
    const from = this.at;
    this.at += 1;
    while (this.at < text.length) {
      const sign = text[this.at];
      if (quote === '"' && sign === "\\") {
        this.at += 2;
        continue;
      }
      if (sign === quote) {
        if (quote === "'" && text[this.at + 1] === "'") {
          this.at += 2;
          continue;
        }
        this.at += 1;
        return text.slice(from + 1, this.at - 1);
      }
      this.at += 1;
    }
    this.answer(role, text.slice(from + 1), from + 1, quote);
    return null;
  }

  // A mapping or list in braces, which may go over several lines.
  flow(indent) {
    const { text, frames } = this;
    const depth = frames.length;
    this.enter(text[this.at], indent);
    while (frames.length > depth) {
      const head = text[this.at];
      if (head === undefined) return this.flowEnd("");
      if (/\s/.test(head)) this.at += 1;
      else if (head === "#" && /\s/.test(text[this.at - 1])) {
        const end = this.lineEnd(this.at);
        if (end >= text.length) return this.none();
        this.at = end;
      } else if (head === "{" || head === "[") this.enter(head, indent);
      else if (head === "}" || head === "]") {
        frames.pop();
        this.at += 1;
      } else if (head === ",") {
        if (this.top.kind === "map") this.top.key = null;
        this.at += 1;
      } else if (!this.token(head)) return;
    }
  }

  enter(sign, indent) {
    const mark = this.at;
    if (sign === "{") this.frames.push({ kind: "map", indent: indent + 1000, keys: [], key: null, mark });
    else this.frames.push({ kind: "list", indent: indent + 1000, mark });
    this.at += 1;
  }

  flowEnd(word) {
    const top = this.top;
    const key = top.kind === "map" && top.key === null;
    this.answer(key ? "key" : "value", word, this.text.length - word.length);
  }

  // A key or a value in braces; whether there is more to read.
  token(head) {
    const { text } = this;
    const top = this.top;
    const isKey = top.kind === "map" && top.key === null;
    const from = this.at;
    let word;
    if (head === '"' || head === "'") {
      word = this.quoted(head, isKey ? "key" : "value");
      if (this.found) return false;
    } else {
      while (this.at < text.length && !/[,[\]{}\n]/.test(text[this.at])) {
        if (text[this.at] === ":" && (text[this.at + 1] === undefined || KEY_END.test(text[this.at + 1]))) break;
        if (text[this.at] === "#" && /\s/.test(text[this.at - 1])) break;
        this.at += 1;
      }
      word = text.slice(from, this.at);
      if (this.at >= text.length) {
        this.flowEnd(word);
        return false;
      }
      word = word.trimEnd();
      if (this.at === from && text[from] !== ":") this.at += 1; // nothing of it can be read: go on
    }
    let after = this.at;
    while (text[after] === " ") after += 1;
    if (isKey && text[after] === ":") {
      this.at = after + 1;
      top.keys.push(word);
      top.key = word;
      top.mark = from;
      if (this.at >= text.length) {
        this.none();
        return false;
      }
    } else if (text[this.at] === ":" && !isKey) this.at += 1;
    else if (isKey) {
      top.keys.push(word);
      if (text[this.at] === ":") this.at += 1;
    }
    return true;
  }
}
