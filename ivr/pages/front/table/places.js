// Places as the server tells them (lines and columns from 1, columns in characters) and as JavaScript counts (offsets in
// UTF-16 units): a character beyond U+FFFF is two units, and YAML ends lines at NEL, LS and PS too.

const ENDS = /\r\n|[\n\r\u0085\u2028\u2029]/g;

export class Lines {
  constructor(text) {
    this.text = text;
    this.starts = [0];
    ENDS.lastIndex = 0;
    for (let found = ENDS.exec(text); found; found = ENDS.exec(text)) this.starts.push(found.index + found[0].length);
  }

  // The offset of [line, column].
  offset([line, column]) {
    const at = this.starts[Math.min(line, this.starts.length) - 1] ?? 0;
    const end = this.starts[line] ?? this.text.length + 1;
    let offset = at;
    for (let left = column - 1; left > 0 && offset < end - 1 && offset < this.text.length; left -= 1) offset += this.text.codePointAt(offset) > 0xffff ? 2 : 1;
    return offset;
  }
}
