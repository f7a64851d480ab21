// Who will get it: asks the server which room is in charge there, and whether somebody watches it now. Sending never waits for it;
// until it is known, and where it cannot be, the page's own general words stand.

const PATIENCE_MS = 4000;

export class Room {
  #request;

  constructor(form) {
    this.form = form;
    this.line = form.querySelector("#goes-to");
    this.general = this.line.textContent;
    this.watch = form.querySelector("#watch");
  }

  /** Asks for this much of the report: {category, location, venue, about_staff}. */
  async ask(report) {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    const timer = setTimeout(() => request.abort(), PATIENCE_MS);
    try {
      const headers = { "Content-Type": "application/json" };
      const asked = { method: "POST", headers, body: JSON.stringify(report), credentials: "omit", signal: request.signal };
      const response = await fetch(this.form.dataset.room, asked);
      if (response.ok) this.#say(await response.json());
    } catch {
      if (this.#request === request) this.#say({ room: "", watched: "unknown", phone: "" });
    } finally {
      clearTimeout(timer);
    }
  }

  #say({ room, watched, phone }) {
    this.line.textContent = room ? this.line.dataset.named.replace("#", room) : this.general;
    if (room) for (const name of document.querySelectorAll("[data-room-name]")) name.textContent = room;
    const state = watched.replace(/_(.)/g, (_whole, letter) => letter.toUpperCase());
    const short = this.form.querySelector("#watched");
    short.textContent = short.dataset[state] ?? "";
    const sentence = this.watch.dataset[state];
    for (const place of [this.watch, ...document.querySelectorAll("[data-watch-note]")]) {
      place.replaceChildren(...(sentence ? [this.#note(sentence, phone)] : []));
    }
  }

  #note(sentence, phone) {
    const note = document.createElement("p");
    note.className = "note";
    const said = document.createElement("span");
    said.append(sentence);
    if (phone) {
      const call = Object.assign(document.createElement("a"), { href: `tel:${phone.replaceAll(" ", "")}`, dir: "ltr" });
      call.textContent = phone;
      said.append(` ${this.watch.dataset.call} `, call);
    }
    note.append(said);
    return note;
  }
}
