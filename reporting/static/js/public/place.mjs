// Where it is: the phone's own place on request, or words with suggestions from our own server. No map, no third party.

const GOOD_ENOUGH_M = 20;
const USABLE_M = 50;
const SETTLE_MS = 4000;
const GIVE_UP_MS = 12000;
const TYPING_PAUSE_MS = 250;

const degrees = (value) => Math.round(value * 1e6) / 1e6;

export class Place {
  /** `onFix(good)` runs when a position was found; a good one needs no words. */
  constructor(form, onFix) {
    this.form = form;
    this.onFix = onFix;
    this.words = form.querySelector("#place");
    this.fix = null;
    this.named = null;
    this.#offerPosition();
    this.#offerNames();
  }

  get elsewhere() {
    return this.form.querySelector("#elsewhere").checked;
  }

  get here() {
    return this.fix && !this.elsewhere;
  }

  get known() {
    return Boolean(this.here || this.words.value.trim() || this.form.querySelector("#venue").value.trim());
  }

  /** location and reporter_location of the report. A rough position gives way to a named place. */
  parts() {
    const named = this.named && this.named.label === this.words.value ? this.named : null;
    const address = named && { lat: named.lat, lon: named.lon, source: "address" };
    if (this.here && !(address && this.fix.accuracy_m > USABLE_M)) {
      return { location: { ...this.fix, source: "gps" } };
    }
    return { ...(address && { location: address }), ...(this.fix && { reporter_location: this.fix }) };
  }

  forget() {
    this.fix = this.named = null;
    this.#say("");
    this.form.querySelector("#elsewhere-choice").hidden = true;
    this.#list([]);
  }

  #say(state) {
    for (const line of this.form.querySelectorAll("[data-state]")) {
      line.hidden = line.dataset.state !== state;
      const metres = line.querySelector("[data-metres]");
      if (metres && this.fix) metres.textContent = this.fix.accuracy_m;
    }
  }

  #offerPosition() {
    if (!navigator.geolocation || !isSecureContext) return;
    this.form.querySelector("#locate").hidden = false;
    this.form.querySelector("#locate-start").addEventListener("click", () => this.#locate());
  }

  // Watches rather than asks once: the first position of a phone is often its worst.
  #locate() {
    this.fix = null;
    this.#say("searching");
    const started = Date.now();
    const finish = (state) => {
      navigator.geolocation.clearWatch(watch);
      clearTimeout(settle);
      clearTimeout(giveUp);
      this.#finish(state);
    };
    const usable = () => this.fix && this.fix.accuracy_m <= USABLE_M;
    const settle = setTimeout(() => usable() && finish(), SETTLE_MS);
    const giveUp = setTimeout(() => finish("failed"), GIVE_UP_MS);
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        if (!this.fix || coords.accuracy < this.fix.accuracy_m) {
          const accuracy = Math.max(1, Math.round(coords.accuracy));
          this.fix = { lat: degrees(coords.latitude), lon: degrees(coords.longitude), accuracy_m: accuracy };
        }
        if (this.fix.accuracy_m <= GOOD_ENOUGH_M || (usable() && Date.now() - started > SETTLE_MS)) finish();
      },
      (error) => (error.code === 1 || !this.fix) && finish(error.code === 1 ? "refused" : "failed"),
      { enableHighAccuracy: true, maximumAge: 0, timeout: GIVE_UP_MS },
    );
  }

  #finish(state) {
    if (!this.fix) return this.#say(state);
    const good = this.fix.accuracy_m <= USABLE_M;
    this.#say(good ? "found" : "rough");
    this.form.querySelector("#elsewhere-choice").hidden = false;
    this.onFix(good);
  }

  #offerNames() {
    let pause;
    let request;
    this.words.addEventListener("input", () => {
      clearTimeout(pause);
      request?.abort();
      request = new AbortController();
      const { signal } = request;
      pause = setTimeout(() => this.#search(this.words.value.trim(), signal), TYPING_PAUSE_MS);
    });
  }

  async #search(query, signal) {
    if (query.length < 2) return this.#list([]);
    const address = `${this.form.dataset.places}?q=${encodeURIComponent(query)}`;
    try {
      const response = await fetch(address, { signal, credentials: "omit" });
      const found = response.ok ? await response.json() : { places: [] };
      this.#list(found.places.slice(0, 5), found.attribution);
    } catch {
      // Suggestions are a convenience: without a network the words alone are sent.
      if (!signal.aborted) this.#list([]);
    }
  }

  #list(places, attribution = "") {
    const box = this.form.querySelector("#places");
    const say = box.querySelector("[data-choose]");
    box.hidden = !places.length;
    say.textContent = places.length ? say.dataset.choose : "";
    box.querySelector(".source").textContent = attribution;
    box.querySelector("ul").replaceChildren(...places.map((place) => this.#suggestion(place)));
  }

  #suggestion(place) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = place.label;
    button.addEventListener("click", () => {
      this.named = place;
      this.words.value = place.label;
      this.#list([]);
      this.form.querySelector("#where [data-next]").focus();
    });
    row.append(button);
    return row;
  }
}
