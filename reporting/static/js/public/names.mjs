// Places by words: suggestions from our own server while somebody types. Without a network the words alone are sent.

const TYPING_PAUSE_MS = 250;
const MOST = 5;

export class Names {
  #named = null;

  /** `onChoose(place)` runs when a suggestion is taken: {label, lat, lon}. */
  constructor(form, onChoose) {
    this.form = form;
    this.words = form.querySelector("#place");
    this.onChoose = onChoose;
    this.#listen();
  }

  /** The suggestion that was taken, as long as its words stand. */
  get chosen() {
    return this.#named && this.#named.label === this.words.value ? this.#named : null;
  }

  forget() {
    this.#named = null;
    this.#list([]);
  }

  #listen() {
    let pause;
    let request;
    this.words.addEventListener("input", () => {
      clearTimeout(pause);
      request?.abort();
      request = new AbortController();
      const { signal } = request;
      pause = setTimeout(() => this.#search(this.words.value.trim(), signal), TYPING_PAUSE_MS);
    });
    // Whoever types while this file is on its way is answered too.
    if (document.activeElement === this.words) this.words.dispatchEvent(new Event("input"));
  }

  async #search(query, signal) {
    if (query.length < 2) return this.#list([]);
    const address = `${this.form.dataset.places}?q=${encodeURIComponent(query)}`;
    try {
      const response = await fetch(address, { signal, credentials: "omit" });
      const found = response.ok ? await response.json() : { places: [] };
      this.#list(found.places.slice(0, MOST), found.attribution);
    } catch {
      // Suggestions are a convenience.
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
      this.#named = place;
      this.words.value = place.label;
      this.#list([]);
      this.onChoose(place);
      this.form.querySelector("#where [data-next]").focus();
    });
    row.append(button);
    return row;
  }
}
