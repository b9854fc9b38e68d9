// The text of a draft is kept by itself. Two who edit at once lose nothing: what only one of them changed is taken over, and
// where both did, the one here chooses, and the editor's undo brings the other text back.
import { ask } from "../lib/dom.js";

const PAUSE = 800; // milliseconds without typing after which text is kept
const AGAIN = 5000;

export class Keeping {
  // `draft`: its id; `text(path)`: the text now, null for a file that is taken away; `told`: {state, merged, conflict, take}.
  constructor(draft, revision, files, text, told) {
    this.draft = draft;
    this.revision = revision;
    this.kept = new Map(files); // path → text as the server has it
    this.text = text;
    this.told = told;
    this.dirty = new Set();
    this.timer = 0;
    this.busy = null;
    this.conflict = null;
  }

  changed(path) {
    this.dirty.add(path);
    this.told.state("unsaved");
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), pause);
  }

  // What differs from what the server has: path → text, null for a file that is taken away.
  changes() {
    const out = {};
    for (const path of this.dirty) {
      const now = this.text(path);
      if (now !== (this.kept.get(path) ?? null)) out[path] = now;
    }
    return out;
  }

  // Keep everything; resolves when it is kept, or cannot be now.
  async now() {
    clearTimeout(this.timer);
    while (this.busy) await this.busy;
    if (this.conflict) return false;
    const files = this.changes();
    if (!Object.keys(files).length) {
      this.dirty.clear();
      this.told.state("saved");
      return true;
    }
    this.busy = this.send(files);
    try {
      return await this.busy;
    } finally {
      this.busy = null;
    }
  }

  async send(files) {
    this.told.state("saving");
    try {
      const held = await ask(`/table/drafts/${this.draft}/save`, { method: "POST", body: { revision: this.revision, files } });
      this.done(files, held.revision);
      return true;
    } catch (error) {
      if (error.status === 409 && error.held?.files) return this.meet(error.held);
      this.told.state("failed", error.message);
      if (error.status === 401 || error.status === 403) this.store();
      if (!error.status || error.status >= 500) this.later(AGAIN);
      return false;
    }
  }

  // Whoever was signed out finds their text again when they come back to this tab.
  store() {
    const files = this.changes();
    const kept = Object.fromEntries(Object.keys(files).map((path) => [path, this.kept.get(path) ?? null]));
    sessionStorage.setItem(`draft-${this.draft}`, JSON.stringify({ revision: this.revision, files, kept }));
  }

  // What was left behind so: put back as edits, and kept as any other; who changed the same meanwhile is met as ever.
  restore() {
    const key = `draft-${this.draft}`;
    const left = JSON.parse(sessionStorage.getItem(key) ?? "null");
    sessionStorage.removeItem(key);
    if (!left) return;
    this.revision = left.revision;
    for (const [path, text] of Object.entries(left.kept)) {
      if (text === null) this.kept.delete(path);
      else this.kept.set(path, text);
    }
    for (const [path, text] of Object.entries(left.files)) {
      this.told.take(path, text);
      this.dirty.add(path);
    }
    this.told.restored();
    this.now();
  }

  // A new file, empty. Throws an Error with the server's words when it cannot be.
  async create(path) {
    if (!(await this.now())) throw new Error("");
    try {
      const held = await ask(`/table/drafts/${this.draft}/save`, { method: "POST", body: { revision: this.revision, files: { [path]: "" } } });
      this.kept.set(path, "");
      this.revision = held.revision;
      this.told.state("saved");
    } catch (error) {
      if (error.status === 409 && error.held?.files) this.meet(error.held);
      throw error;
    }
  }

  done(files, revision) {
    this.revision = revision;
    for (const [path, text] of Object.entries(files)) {
      if (text === null) this.kept.delete(path);
      else this.kept.set(path, text);
      if (this.text(path) === text) this.dirty.delete(path);
    }
    if (this.dirty.size) this.changed([...this.dirty][0]);
    else this.told.state("saved");
  }

  // Somebody was quicker: take over what only they changed; where both did, ask.
  meet(theirs) {
    const files = new Map(Object.entries(theirs.files));
    const mine = this.changes();
    const both = [];
    const taken = [];
    for (const path of new Set([...files.keys(), ...this.kept.keys()])) {
      const fresh = files.get(path) ?? null;
      if (fresh === (this.kept.get(path) ?? null)) continue;
      if (!(path in mine)) taken.push([path, fresh]);
      else if (mine[path] !== fresh) both.push([path, fresh]);
    }
    this.kept = files;
    this.revision = theirs.revision;
    for (const [path, fresh] of taken) this.told.take(path, fresh);
    if (taken.length && !both.length) this.told.merged(theirs.by);
    if (both.length) {
      this.conflict = both;
      this.told.conflict(theirs.by, both);
      this.told.state("unsaved");
      return false;
    }
    this.later(0);
    return false;
  }

  // Which text is kept where both changed a file: theirs goes in the place of mine, or first, so that undo brings it back.
  settle(mine) {
    const both = this.conflict ?? [];
    this.conflict = null;
    for (const [path, fresh] of both) {
      const own = this.text(path);
      this.told.take(path, fresh);
      if (mine) this.told.take(path, own);
      this.dirty.add(path);
    }
    return this.now();
  }

  get unsaved() {
    return Object.keys(this.changes()).length > 0;
  }
}
