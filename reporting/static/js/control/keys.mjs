// The keys of the console. Single letters act only while the queue or the incident has the focus, and can be switched off.
import { byId } from "./dom.mjs";
import { choice } from "./settings.mjs";

const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";
const FORMS = { n: "note", p: "priority", w: "waiting", s: "shelve", c: "close", f: "correct", o: "reopen", l: "check", x: "split", e: "escalate", g: "assign", b: "give-back", q: "question", i: "message" };
const PRIORITIES = { 1: true, 2: true, 3: true, 4: true };
const QUICK = { a: "acknowledge", t: "take" };

export class Keys {
  // `desk`: what the keys act on: queue, pane, actions, filter, open(id).
  constructor(desk) {
    this.desk = desk;
    this.help = byId("help");
    this.letters = byId("letters");
    this.letters.checked = choice.get("letters") !== "off";
    this.letters.addEventListener("change", () => choice.set("letters", this.letters.checked ? "on" : "off"));
    byId("help-open").hidden = false;
    byId("help-open").addEventListener("click", () => this.help.showModal());
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #pressed(event) {
    if (event.defaultPrevented || event.isComposing || this.help.open) return;
    const done = event.key === "Escape" ? this.#escape(event) : this.#act(event);
    if (done) event.preventDefault();
  }

  #escape(event) {
    const { filter, actions, queue } = this.desk;
    if (filter && event.target === filter.input) {
      filter.clear();
      queue.grid.focus();
      return true;
    }
    return actions?.leaveForm() ?? false;
  }

  #act(event) {
    if (event.ctrlKey || event.metaKey) return event.key === "Enter" && this.#sendForm(event.target);
    if (event.altKey || event.target.matches(TYPING) || event.target.closest("form.doing")) return false;
    const place = this.#place(event.target);
    if (!place) return false;
    return (place === "queue" && this.#steer(event)) || this.#letter(event);
  }

  #sendForm(target) {
    const form = target.closest("form.doing");
    form?.requestSubmit();
    return Boolean(form);
  }

  #place(target) {
    if (target.closest("#queue-pane")) return "queue";
    return target.closest("#incident-pane") ? "incident" : "";
  }

  // Movement keys of the grid itself, also for those who switched the letters off.
  #steer({ key, target }) {
    const { queue } = this.desk;
    if (target !== queue.grid) return false;
    const page = Math.max(1, Math.floor(queue.grid.clientHeight / 72) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    if (key in steps) queue.move(steps[key]);
    else if (key === "Home") queue.moveTo(0);
    else if (key === "End") queue.moveTo(-1);
    else if (key === "Enter" && queue.cursor) this.desk.open(queue.cursor);
    else return false;
    return true;
  }

  #letter({ key, target }) {
    if (!this.letters.checked) return false;
    const { queue, actions, filter, pane } = this.desk;
    const letter = key.toLowerCase();
    if (letter === "z" && actions) return actions.undo();
    if (letter === "r" && actions?.toast.giveReason()) return true;
    if (key === "?") return this.help.showModal() ?? true;
    if (key === "/" && filter) return filter.input.focus() ?? true;
    if ((letter === "j" || letter === "k") && queue) return this.#walk(letter === "j" ? 1 : -1, target);
    const id = this.#place(target) === "queue" ? queue.cursor : pane?.id;
    if (!id || !actions) return false;
    if (key in PRIORITIES) return actions.quick("priority", id, { priority: Number(key) }) && true;
    const different = letter === "d" || (letter === "n" && target.closest(".suggestion"));
    if (letter === "m" || different) return this.#suggested(different ? "different" : "merge", id, target);
    if (letter === "v") return this.desk.pictures?.toggleAll() ?? false;
    if (letter in QUICK) return actions.quick(QUICK[letter], id) && true;
    if (letter in FORMS) return this.#form(FORMS[letter], id);
    return false;
  }

  // In the queue J and K move the cursor; in the incident they open the next one.
  #walk(step, target) {
    const { queue, open } = this.desk;
    queue.move(step);
    if (this.#place(target) === "incident" && queue.cursor) open(queue.cursor, { focus: true });
    return true;
  }

  // A suggestion is decided where it is seen: in the pane. From the queue the incident is opened first.
  #suggested(name, id, target) {
    const { pane, actions, open } = this.desk;
    if (!pane) return false;
    if (pane.id !== id) return open(id) && true;
    return actions.suggested[name](target);
  }

  #form(name, id) {
    const { pane, actions, open } = this.desk;
    if (!pane) return false;
    if (pane.id === id) actions.openForm(name);
    else open(id).then(() => actions.openForm(name));
    return true;
  }
}
