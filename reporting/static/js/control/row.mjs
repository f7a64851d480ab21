// One row of the live queue: made once, filled again and again. Draws what the template _row.html draws.
import { h, said, setData, setText, shape, shown } from "./dom.mjs";
import { isLoud } from "./order.mjs";
import { words } from "./settings.mjs";
import { age, drawClock, exact } from "./times.mjs";

export const ROW_PX = 72;

export const titleOf = (item) => item.summary || words.category[item.category] || item.category;

export function whereOf(item) {
  const { label = "", lat, lon } = item.location ?? {};
  const venue = item.venue ?? "";
  if (label && venue && !label.includes(venue)) return `${label}, ${venue}`;
  if (label || venue) return label || venue;
  return lat == null ? "No place given" : `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

export function sourcesOf({ report_count: reports = 0, independent_sources: independent = 0 }) {
  if (reports <= 1) return "1 report";
  return `${reports} reports, ${independent} ${independent === 1 ? "source" : "sources"}`;
}

export const whoOf = (item) => item.assignee?.name ?? "";

export const severityOf = (item) => (item.triaged ? item.priority : 0);

export const severityWord = (item) => (item.triaged ? words.priority[item.priority] : words.untriaged);

const cell = (name, ...children) => h("span", { class: name, role: "gridcell" }, ...children);

export class Row {
  #item = null;

  constructor(slot) {
    this.chip = h("span", { class: "chip" });
    this.status = h("span", { class: "status" });
    this.who = h("span", { class: "who" }, said(""));
    this.exercise = h("span", { class: "tag" }, "Exercise");
    this.first = h("span", { class: "tag", hidden: true }, words.lookFirst);
    this.heard = h("span", { class: "tag" }, words.heard);
    this.clock = h("span", { class: "clock", hidden: true }, h("span"), h("span", { class: "clock-bar" }));
    this.what = cell("row-what", said(""));
    this.where = cell("row-where", said(""));
    this.sources = cell("row-sources");
    this.age = cell("row-age", h("time"));
    this.element = h(
      "div",
      { class: "row", role: "row", id: `row-${slot}`, hidden: true },
      cell("row-state", this.chip, this.status, this.who, this.first),
      cell("row-clock", this.clock),
      this.what, this.sources, this.where, this.age,
    );
    this.element.addEventListener("animationend", () => this.element.classList.remove("changed"));
  }

  get id() {
    return this.#item?.id;
  }

  // Most rows have no tag, and forty rows of empty ones are forty nodes too many.
  #tag(tag, stands) {
    if (stands) this.first.before(tag);
    else tag.remove();
  }

  get item() {
    return this.#item;
  }

  // Shows `item` at `index`; does nothing for what is already shown.
  show(item, index, { cursor, open }, at) {
    const { element } = this;
    const moved = this.id !== item.id;
    if (this.#item !== item) this.#fill(item, at);
    if (!moved && this.#item !== item) element.classList.add("changed");
    this.#item = item;
    element.hidden = false;
    element.style.top = `${index * ROW_PX}px`;
    element.setAttribute("aria-rowindex", index + 1);
    element.setAttribute("aria-selected", String(open));
    setData(element, "cursor", cursor);
    setData(element, "open", open);
  }

  hide() {
    this.#item = null;
    this.element.hidden = true;
  }

  #fill(item, at) {
    const { element } = this;
    setData(element, "id", item.id);
    setData(element, "status", item.status);
    setData(element, "loud", item.triaged && isLoud(item));
    setData(element, "gone", Boolean(item.gone));
    this.#mark(item);
    setText(this.status, item.gone ? "Left the queue" : (words.status[item.status] ?? item.status));
    setText(this.who.firstChild, whoOf(item));
    this.#tag(this.exercise, item.exercise);
    this.#tag(this.heard, item.heard_at);
    this.first.hidden = !item.look_first;
    setText(this.what.firstChild, shown(titleOf(item)));
    setText(this.sources, sourcesOf(item));
    setText(this.where.firstChild, shown(whereOf(item)));
    const time = this.age.firstChild;
    time.dateTime = item.opened_at;
    time.title = exact(item.opened_at);
    this.tick(at, item);
  }

  #mark(item) {
    const severity = severityOf(item);
    const quiet = item.status !== "new";
    if (this.chip.dataset.priority === String(severity) && this.chip.dataset.quiet === String(quiet)) return;
    setData(this.chip, "priority", severity);
    setData(this.chip, "quiet", quiet);
    this.chip.replaceChildren(shape(severity), severityWord(item));
  }

  // Moves the clock and the age of a row that is shown.
  tick(at, item = this.#item) {
    if (!item) return;
    setText(this.age.firstChild, age(item.opened_at, at));
    const runs = item.status === "new" && Boolean(item.due_at) && !item.gone;
    this.clock.hidden = !runs;
    if (runs) drawClock(this.clock, item.due_at, item.opened_at, at);
  }
}
