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
  }

  soon() {
    this.cancel();
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
    performance.mark(`judge-${edit}`);
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
        performance.measure(`judged-${held.part}`, `judge-${edit}`);
      }
    } catch (error) {
      if (!flight.signal.aborted) this.on.failed(error);
    } finally {
      performance.clearMarks(`judge-${edit}`);
    }
  }
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
