// The sound of the room: two tones for an immediate incident nobody has acknowledged, each 10 s, stronger once after a minute;
// one soft tick for a new priority incident and, once a minute, for an overdue one. Nothing else ever sounds.
// Browsers allow no sound before a click or a key: until then the header says so in words. One window of a desk sounds.
import { byId, setData, setText } from "./dom.mjs";
import { choice, now } from "./settings.mjs";

const AGAIN_MS = 10_000;
const STRONGER_MS = 60_000;
const OVERDUE_MS = 60_000;
const MUTE_MS = 120_000;

export class Sound {
  #context = null;
  #wanted = choice.get("sound") === "on";
  #mutedUntil = 0;
  #leads = false;
  #last = 0;
  #lastOverdue = 0;
  #known = null;

  constructor(store) {
    this.store = store;
    this.button = byId("sound");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.#switch());
    // A choice of an earlier page counts from the first click or key in this one.
    for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => this.#wanted && this.#wake(), { once: true });
    navigator.locks?.request("control-sound", () => new Promise(() => (this.#leads = true)));
    setInterval(() => this.#watch(), 1000);
    this.#show();
  }

  // From here on, what comes is news.
  begin() {
    this.#known = new Set(this.store.items.keys());
  }

  heard(ids) {
    if (!this.#known) return;
    let tick = false;
    for (const id of ids) {
      const item = this.store.get(id);
      if (!item || this.#known.has(id)) continue;
      this.#known.add(id);
      if (this.store.highs.has(id)) tick = true;
    }
    if (tick) this.#play([660], 0.05, 0.06);
    if (this.store.alarms.size) this.#watch();
  }

  get #on() {
    return this.#wanted && this.#context?.state === "running";
  }

  async #wake() {
    this.#context ??= new AudioContext();
    if (this.#context.state !== "running") await this.#context.resume();
    this.#show();
  }

  async #switch() {
    if (!this.#on) {
      this.#wanted = true;
      choice.set("sound", "on");
      await this.#wake();
      this.#play([880, 660], 0.12, 0.16);
    } else {
      this.#mutedUntil = now() < this.#mutedUntil ? 0 : now() + MUTE_MS;
    }
    this.#show();
  }

  #watch() {
    this.#show();
    const at = now();
    const { alarms } = this.store;
    setData(this.button, "needed", alarms.size > 0);
    if (alarms.size === 0) this.#last = 0;
    else if (at - this.#last >= AGAIN_MS) {
      this.#last = at;
      const oldest = Math.min(...[...alarms.values()].map((item) => Date.parse(item.opened_at)));
      this.#play([880, 660, 880, 660], at - oldest > STRONGER_MS ? 0.5 : 0.2, 0.18);
    } else if (at - this.#lastOverdue >= OVERDUE_MS && this.#isOverdue(at)) {
      this.#lastOverdue = at;
      this.#play([660], 0.08, 0.08);
    }
  }

  #isOverdue(at) {
    for (const item of this.store.highs.values()) if (Date.parse(item.due_at) < at) return true;
    return false;
  }

  #play(tones, loudness, length) {
    if (!this.#on || !this.#leads || now() < this.#mutedUntil) return;
    const start = this.#context.currentTime;
    tones.forEach((hertz, index) => this.#tone(hertz, loudness, start + index * length, length));
  }

  #tone(hertz, loudness, start, length) {
    const [tone, gain] = [this.#context.createOscillator(), this.#context.createGain()];
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loudness, start + 0.01);
    gain.gain.setValueAtTime(loudness, start + length - 0.02);
    gain.gain.linearRampToValueAtTime(0, start + length);
    tone.connect(gain).connect(this.#context.destination);
    tone.start(start);
    tone.stop(start + length);
  }

  #show() {
    const left = Math.ceil((this.#mutedUntil - now()) / 1000);
    const muted = this.#on && left > 0;
    setData(this.button, "state", muted ? "muted" : this.#on ? "on" : "off");
    setText(this.button, muted ? `Muted ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : this.#on ? "Sound on" : "Sound off");
    this.button.title = this.#on ? "Mute for two minutes" : "Turn the sound on and hear it once";
  }
}
