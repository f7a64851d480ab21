// A number that is not in the queue may be closed, or merged into another: the server knows every number of the room.
import { get } from "./api.mjs";
import { h, said } from "./dom.mjs";
import { words } from "./settings.mjs";

const NUMBER = /^(#\s*[0-9a-z-]{6,10}|[0-9a-z]{3}-[0-9a-z]{4})$/i;
const PAUSE_MS = 250;

export class Finder {
  #soon = 0;
  #asking = null;

  // `say(strong, text)` writes the sentence of an empty queue; `open(id)` opens an incident.
  constructor({ say, open }) {
    this.say = say;
    this.open = open;
  }

  // Looks for what was typed, where it is a number and the queue does not show it.
  look(typed, shown) {
    clearTimeout(this.#soon);
    this.#asking?.abort();
    if (shown > 0 || !NUMBER.test(typed.trim())) return;
    this.#soon = setTimeout(() => this.#find(typed.trim()), PAUSE_MS);
  }

  async #find(number) {
    this.#asking = new AbortController();
    const asked = `/incidents?limit=1&q=${encodeURIComponent(number)}`;
    const { items = [] } = await get(asked, this.#asking.signal).catch(() => ({}));
    if (items.length > 0) this.#tell(items[0]);
  }

  #tell(item) {
    const merged = item.merged_into;
    const state = merged ? "Merged into " : `${words.status[item.status] ?? item.status}. `;
    const parts = h("span", {}, state, merged ? this.#link(merged) : "", merged ? ". " : "", this.#link(item, "Open it"));
    this.say(item.number, h("span", {}, said(item.summary), ". ", parts));
  }

  #link({ id, number }, word = number) {
    const link = h("a", { href: `/control/?incident=${id}` }, word);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.open(id);
    });
    return link;
  }
}
