// The browser's own speech: off until somebody turns it on; where there is no voice the page says so.
export class Voices {
  constructor(told) {
    this.told = told;
    this.on = false;
    this.lacking = new Set();
  }

  // Some browsers list their voices only after they were asked once.
  async list() {
    if (!("speechSynthesis" in window)) return [];
    const now = speechSynthesis.getVoices();
    if (now.length) return now;
    return new Promise((resolve) => {
      const done = () => resolve(speechSynthesis.getVoices());
      speechSynthesis.addEventListener("voiceschanged", done, { once: true });
      setTimeout(done, 1500);
    });
  }

  async turn(on) {
    this.lacking.clear();
    this.told.textContent = "";
    this.on = false;
    if (!on) return this.stop();
    const voices = await this.list();
    this.told.textContent = voices.length ? this.told.dataset.some : this.told.dataset.none;
    this.on = voices.length > 0;
  }

  // Speak a text; whether it could be spoken.
  async speak(text, locale) {
    const voices = await this.list();
    const code = locale.slice(0, 2).toLowerCase();
    const voice = voices.find((one) => one.lang.replace("_", "-") === locale) ?? voices.find((one) => one.lang.toLowerCase().startsWith(code));
    if (!voice) {
      if (!this.lacking.has(locale)) this.told.textContent = this.told.dataset.lacks.replace("{locale}", locale);
      this.lacking.add(locale);
      return false;
    }
    return new Promise((resolve) => {
      const speech = new SpeechSynthesisUtterance(text);
      speech.voice = voice;
      speech.lang = voice.lang;
      speech.onend = () => resolve(true);
      speech.onerror = () => resolve(false);
      setTimeout(() => resolve(true), 5000 + text.length * 200); // some voices forget to tell that they are done
      speechSynthesis.speak(speech);
    });
  }

  stop() {
    if ("speechSynthesis" in window) speechSynthesis.cancel();
  }
}
