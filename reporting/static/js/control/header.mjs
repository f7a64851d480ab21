// The header: how fresh the data is, the clock of the organisation's zone, what waits, the theme. And what is said aloud.
import { byId, setData, setText } from "./dom.mjs";
import { isLoud } from "./order.mjs";
import { severityWord, titleOf, whereOf } from "./row.mjs";
import { choice, now } from "./settings.mjs";
import { hour, renew } from "./times.mjs";

const POLITE_MS = 30_000;
const AGES_MS = 10_000;

const STATES = {
  live: () => "Live",
  stale: (seconds) => `Data ${seconds} s old`,
  reconnecting: (seconds) => `Reconnecting, data ${seconds} s old`,
  offline: (seconds) => `Offline, data ${seconds} s old`,
  "signed-out": () => "Signed out",
};

export function showState(name, seconds) {
  const element = byId("link-state");
  setData(element, "state", name);
  setText(element, STATES[name](seconds));
  const notice = byId("notice");
  notice.hidden = name !== "signed-out" && name !== "offline";
  if (name === "signed-out") setText(notice.firstElementChild, "You are signed out. What you typed is still here. ");
  if (name === "offline") setText(notice.firstElementChild, "This desk is offline. The queue shows what was known last. ");
  notice.lastElementChild.hidden = name !== "signed-out";
}

export function runClocks() {
  const clock = byId("clock");
  setInterval(() => setText(clock, hour(now())), 1000);
  setText(clock, hour(now()));
  setInterval(() => renewClocks(), 1000);
  setInterval(() => renew(document.body), AGES_MS);
}

const renewClocks = () => byId("incident-pane") && renew(byId("incident-pane"));

export function switchTheme() {
  const button = byId("theme");
  const root = document.documentElement;
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
    choice.set("theme", root.dataset.theme);
    dispatchEvent(new CustomEvent("control:theme", { detail: root.dataset.theme }));
  });
}

// Counts what a person must act on now; the figure is in the header and in the title of the window.
export class Waiting {
  #title = document.title;

  constructor(store, open) {
    this.store = store;
    this.button = byId("waiting");
    this.button.addEventListener("click", () => this.first && open(this.first.id));
  }

  // The one that has waited longest.
  get first() {
    const waiting = [...this.store.alarms.values()];
    return waiting.sort((one, other) => Date.parse(one.opened_at) - Date.parse(other.opened_at))[0];
  }

  retitle(title) {
    this.#title = title;
    this.count();
  }

  count() {
    const figure = this.store.alarms.size;
    this.button.hidden = figure === 0;
    setText(this.button.lastElementChild, `${figure} not acknowledged`);
    const title = figure ? `(${figure}) ${this.#title}` : this.#title;
    if (document.title !== title) document.title = title;
  }
}

// `alert` only for a new immediate incident; everything else is one polite sentence each half minute.
export class Speaker {
  #arrived = 0;
  #known = null;

  constructor(store) {
    this.store = store;
    setInterval(() => this.#politely(), POLITE_MS);
  }

  heard(ids) {
    if (!this.#known) return;
    for (const id of ids) {
      const item = this.store.get(id);
      if (!item || this.#known.has(id)) continue;
      this.#known.add(id);
      if (item.triaged && isLoud(item)) byId("urgent").textContent = `${severityWord(item)}: ${titleOf(item)}, ${whereOf(item)}`;
      else this.#arrived += 1;
    }
  }

  // From here on, what comes is news.
  begin() {
    this.#known = new Set(this.store.items.keys());
  }

  say(text) {
    byId("polite").textContent = text;
  }

  #politely() {
    if (this.#arrived) this.say(`${this.#arrived} new in the queue.`);
    this.#arrived = 0;
  }
}
