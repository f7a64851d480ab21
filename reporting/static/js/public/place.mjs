// Where it is: the phone's own place, words, or a pin on a map that was asked for. Nothing here ever holds up sending.

import { counted } from "./counted.mjs";

const USABLE_M = 50;
const PERFECT_M = 8;
const LOCK_MS = 10_000;
const LISTEN_MS = 120_000;

const degrees = (value) => Math.round(value * 1e6) / 1e6;

export class Place {
  #watch = null;
  #stop;

  /** `on` has changed(), whenever more is known, and settled(), when the phone's place was taken and is good enough. */
  constructor(form, on) {
    this.form = form;
    this.on = on;
    this.words = form.querySelector("#place");
    this.fix = null;
    this.pin = null;
    this.mode = "";
    this.names = null;
    this.possible = Boolean(navigator.geolocation && isSecureContext);
    this.#listen();
    if (!this.possible) this.elsewhere(false);
  }

  /** Asks the phone for its place and keeps the best answer while the person goes on. */
  begin() {
    if (!this.possible || this.#watch !== null || this.fix) return;
    this.#say("searching");
    this.#stop = setTimeout(() => this.#end(this.fix ? "" : "failed"), LISTEN_MS);
    const options = { enableHighAccuracy: true, maximumAge: 0, timeout: LISTEN_MS };
    this.#watch = navigator.geolocation.watchPosition(({ coords }) => this.#better(coords), (error) => this.#worse(error), options);
  }

  get here() {
    return this.mode === "here" ? this.fix : null;
  }

  get looking() {
    return this.mode === "here" && !this.fix && this.#watch !== null;
  }

  /** Whether enough is known to send. */
  get known() {
    return Boolean(this.here || this.pin || this.words.value.trim() || this.form.querySelector("#venue").value.trim());
  }

  /** location and reporter_location of the report. The reporter's own point goes along only where nothing else says where it is. */
  parts() {
    const named = this.names?.chosen;
    const point = this.pin ?? (named && { lat: named.lat, lon: named.lon, source: "address" });
    if (this.here && !(point && this.fix.accuracy_m > USABLE_M)) return { location: { ...this.fix, source: "gps" } };
    if (point) return { location: point };
    return this.fix ? { reporter_location: this.fix } : {};
  }

  /** The end of watching: the report is on its way. */
  forget() {
    this.#end("");
    this.fix = this.pin = null;
    this.mode = "";
    this.names?.forget();
  }

  /** Opens words, code and map. */
  elsewhere(chosen = true) {
    if (chosen) this.mode = "elsewhere";
    this.form.querySelector("#elsewhere").classList.add("open");
    this.form.querySelector("#elsewhere-open").setAttribute("aria-expanded", "true");
    this.form.querySelector("#map-part").hidden = false;
    this.#offerNames();
  }

  // Suggestions are a convenience: where they do not come, the words alone are sent.
  async #offerNames() {
    try {
      const { Names } = await import("./names.mjs");
      this.names ??= new Names(this.form, (place) => this.#named(place));
    } catch {
      this.names = null;
    }
  }

  place(pin) {
    this.pin = pin;
    this.mode = "elsewhere";
    this.on.changed();
  }

  #named(found) {
    this.pin = null;
    this.form.dispatchEvent(new CustomEvent("place:named", { detail: found }));
    this.on.changed();
  }

  // Whoever was told to move away walks on: a later fix counts only while it lies within the doubt of the one before it.
  #better(coords) {
    const accuracy = Math.max(1, Math.round(coords.accuracy));
    const next = { lat: degrees(coords.latitude), lon: degrees(coords.longitude), accuracy_m: accuracy };
    if (this.fix && (accuracy >= this.fix.accuracy_m || metres(this.fix, next) > this.fix.accuracy_m)) return;
    this.fix = next;
    this.#say(accuracy <= USABLE_M ? "found" : "rough");
    if (accuracy <= PERFECT_M) this.#end("found");
    this.on.changed();
  }

  #worse({ code }) {
    if (this.fix || code === 3) return;
    if (code === 1) {
      this.#end("refused");
      this.form.querySelector("#here").hidden = true;
    } else {
      // Not now; a phone that comes out of a tunnel may still find it.
      this.#say("failed");
    }
    this.elsewhere(code === 1);
    this.on.changed();
  }

  #end(state) {
    clearTimeout(this.#stop);
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
    this.#say(state || (this.fix ? "found" : ""));
  }

  #say(state) {
    for (const line of this.form.querySelectorAll("[data-state]")) {
      line.hidden = line.dataset.state !== state;
      const said = line.querySelector("[data-metres]");
      if (said && this.fix) said.textContent = counted(said.dataset.metres, this.fix.accuracy_m);
    }
  }

  #listen() {
    const find = (selector) => this.form.querySelector(selector);
    find("#locate").hidden = !this.possible;
    find("#here").addEventListener("click", () => this.#take());
    find("#elsewhere-open").addEventListener("click", () => {
      this.elsewhere();
      this.words.focus();
    });
    find("#map-open").addEventListener("click", () => this.#openMap(find("#map-part")));
  }

  #take() {
    this.mode = "here";
    this.pin = null;
    this.begin();
    setTimeout(() => this.mode === "here" && this.fix && this.#end(""), LOCK_MS);
    this.on.changed();
    if (this.fix && this.fix.accuracy_m > USABLE_M && !this.words.value.trim()) {
      this.elsewhere(false);
      this.words.focus();
    } else {
      this.on.settled();
    }
  }

  async #openMap(part) {
    part.querySelector("#map-open").setAttribute("aria-expanded", "true");
    part.querySelector("#map-box").hidden = false;
    const { PinMap } = await import(part.dataset.module);
    await PinMap.open(this.form, part, this.pin ?? this.names?.chosen ?? this.fix, (pin) => this.place(pin));
  }
}

const METRES_PER_DEGREE = 111_320;

function metres(from, to) {
  const east = Math.cos((from.lat * Math.PI) / 180);
  return Math.hypot(to.lat - from.lat, (to.lon - from.lon) * east) * METRES_PER_DEGREE;
}
