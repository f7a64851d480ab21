// What of the queue is shown: one of four views and a few typed words. Counts stand beside the views at all times.
import { byId, setText } from "./dom.mjs";
import { severityWord, sourcesOf, titleOf, whereOf, whoOf } from "./row.mjs";
import { settings, words } from "./settings.mjs";

const isMine = (item) => item.assignee?.id === settings.actor.id;

const VIEWS = {
  all: () => true,
  new: (item) => item.status === "new",
  free: (item) => !whoOf(item),
  mine: isMine,
};

const EMPTY = {
  all: ["Nothing is open.", "New reports appear here by themselves."],
  new: ["Everything is acknowledged.", "New incidents appear here by themselves."],
  free: ["Every incident has somebody on it.", ""],
  mine: ["You have nothing open.", "Take an incident with T."],
};

function textOf(item) {
  const parts = [item.number, titleOf(item), whereOf(item), whoOf(item), severityWord(item), sourcesOf(item)];
  parts.push(words.category[item.category], words.status[item.status], item.organisation?.name);
  return parts.join(" ").toLowerCase();
}

export class Filter {
  view = "all";
  typed = [];
  #members = { all: new Set(), new: new Set(), free: new Set(), mine: new Set() };

  constructor(store, changed) {
    this.store = store;
    this.changed = changed;
    this.input = byId("filter");
    this.buttons = [...byId("views").querySelectorAll("button")];
    this.input.hidden = byId("views").hidden = false;
    this.input.addEventListener("input", () => this.#type());
    for (const button of this.buttons) button.addEventListener("click", () => this.show(button.dataset.view));
  }

  passes = (item) => {
    if (!VIEWS[this.view](item)) return false;
    if (this.typed.length === 0) return true;
    const text = textOf(item);
    return this.typed.every((word) => text.includes(word));
  };

  show(view) {
    this.view = view;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    this.changed();
  }

  clear() {
    this.input.value = "";
    this.#type();
  }

  #type() {
    this.typed = this.input.value.toLowerCase().replace(/^\s*#\s*/, "").split(/\s+/).filter(Boolean);
    this.changed();
  }

  // The sentence for an empty list: a strong line and a quiet one.
  get emptiness() {
    return this.typed.length ? ["Nothing matches.", "Press Esc in the filter to see everything again."] : EMPTY[this.view];
  }

  // Only what changed is counted anew.
  count(ids) {
    for (const id of ids) {
      const item = this.store.get(id);
      for (const [view, belongs] of Object.entries(VIEWS)) {
        if (item && belongs(item)) this.#members[view].add(id);
        else this.#members[view].delete(id);
      }
    }
    for (const button of this.buttons) setText(button.querySelector("b"), String(this.#members[button.dataset.view].size));
  }
}
