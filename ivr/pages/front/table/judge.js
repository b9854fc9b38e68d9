// Asks the server what it thinks of the texts as they stand now. A newer edit ends the asking for an older one.
import { base, token } from "../lib/dom.js";

const PAUSE = 150; // milliseconds without typing after which an edit is judged

export class Judge {
  // `ask()`: what is judged, {of, table, files}; `part(held)`: a part that came; `busy()`, `failed(error)`.
  constructor({ ask, part, busy, failed }) {
    this.on = { ask, part, busy, failed };
    this.tab = Math.random().toString(36).slice(2, 12);
    this.edit = 0;
    this.timer = 0;
    this.flight = null;
    this.typed = 0;
  }

  soon() {
    this.cancel();
    this.typed = performance.now();
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  cancel() {
    clearTimeout(this.timer);
    this.flight?.abort();
    this.flight = null;
  }

  async now() {
    this.cancel();
    const flight = (this.flight = new AbortController());
    const edit = (this.edit += 1);
    const asked = performance.now();
    const typed = this.typed || asked;
    this.on.busy();
    try {
      const answer = await fetch(`${base()}/table/judge`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": token() },
        body: JSON.stringify({ ...this.on.ask(), tab: this.tab, edit }),
        signal: flight.signal,
      });
      if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).fault || answer.statusText);
      for await (const held of lines(answer.body)) {
        if (flight.signal.aborted) return;
        this.on.part(held);
        measured(held.part, typed, asked);
      }
    } catch (error) {
      if (!flight.signal.aborted) this.on.failed(error);
    }
  }
}

// How long it took until a part was shown, for who measures: since the last keystroke, and since it was asked for.
function measured(part, typed, asked) {
  requestAnimationFrame(() => {
    const end = performance.now();
    for (const [name, start] of [[`typed-${part}`, typed], [`asked-${part}`, asked]]) {
      performance.clearMeasures(name);
      performance.measure(name, { start, end });
    }
  });
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { done, value } = await reader.read();
    held += value ?? "";
    const parts = held.split("\n");
    held = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
    if (done) return;
  }
}
