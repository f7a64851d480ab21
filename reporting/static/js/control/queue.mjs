// The queue pane: a virtual grid over the store. About forty rows exist whatever the length of the queue, one frame draws
// all changes at once, and nothing moves under the cursor: the row a person is at keeps its place until they leave it.
import { byId, h } from "./dom.mjs";
import { compare, isLoud, keyOf, placeOf } from "./order.mjs";
import { Row, ROW_PX } from "./row.mjs";
import { now } from "./settings.mjs";

const SPARE_ROWS = 4;
const BUSY_MS = 4000;

export class Queue {
  keys = []; // ordered keys of what passes the filter
  cursor = null;
  opened = null;
  #placed = new Map(); // id -> key under which it stands in `keys`
  #ghost = null; // what left the queue while the cursor was on it
  #above = new Set(); // arrived above what is on screen and not seen yet
  #known = new Set();
  #rows = [];
  #frame = 0;
  #busyUntil = 0;

  // `passes(item)`: the filter; `open(id)`: what a click or Enter does.
  constructor(store, { passes, open }) {
    this.store = store;
    this.passes = passes;
    this.open = open;
    this.space = h("div", { class: "grid-space", role: "rowgroup" });
    this.grid = h("div", { class: "grid", id: "grid", role: "grid", tabindex: "0", "aria-label": "Open incidents" }, this.space);
    this.empty = h("p", { class: "word", hidden: true });
    this.pill = h("button", { class: "pill", type: "button", hidden: true });
    this.pill.addEventListener("click", () => this.grid.scrollTo({ top: 0 }));
    this.grid.addEventListener("scroll", () => this.#soon(), { passive: true });
    this.grid.addEventListener("pointermove", () => this.busy(), { passive: true });
    this.grid.addEventListener("focus", () => !this.cursor && this.select(this.keys[this.#first()]?.id ?? null));
    this.grid.addEventListener("click", (event) => this.#clicked(event));
    new ResizeObserver(() => this.#soon()).observe(this.grid);
    setInterval(() => this.#tick(), 1000);
  }

  // Takes the place of the plain list that the server drew.
  mount() {
    byId("rows-plain")?.remove();
    byId("queue-more")?.remove();
    byId("queue-body").append(this.pill, this.grid, this.empty);
  }

  // The sentence of an empty list.
  say(strong, text) {
    this.empty.replaceChildren(h("strong", {}, strong), text);
  }

  busy() {
    this.#busyUntil = performance.now() + BUSY_MS;
  }

  item(id) {
    return this.store.get(id) ?? (this.#ghost?.id === id ? this.#ghost : undefined);
  }

  indexOf(id) {
    const key = this.#placed.get(id);
    return key ? placeOf(this.keys, key) : -1;
  }

  // Changes of the store: each changed item is taken out of its old place and put into its new one.
  change(ids) {
    const anchor = this.#anchor(ids);
    const fresh = [];
    for (const id of ids) {
      if (this.#place(id)) fresh.push(id);
    }
    this.#keep(anchor);
    this.#count(fresh);
    this.#soon();
  }

  // The filter changed: everything is placed anew.
  refilter() {
    this.keys = [];
    this.#placed.clear();
    for (const item of this.store.items.values()) {
      this.#known.add(item.id);
      if (!this.passes(item)) continue;
      const key = keyOf(item);
      this.#placed.set(item.id, key);
      this.keys.push(key);
    }
    this.keys.sort(compare);
    if (this.#ghost && !this.#placed.has(this.#ghost.id)) this.#ghost = null;
    this.#above.clear();
    this.grid.scrollTop = 0;
    this.#soon();
  }

  move(step) {
    const index = this.indexOf(this.cursor);
    const target = index < 0 ? this.#first() : Math.min(this.keys.length - 1, Math.max(0, index + step));
    this.moveTo(target);
  }

  moveTo(index) {
    const key = this.keys.at(index);
    if (!key) return;
    this.busy();
    this.select(key.id);
    this.#reveal(this.indexOf(key.id));
  }

  // Puts the cursor on a row; the row it leaves goes to where it belongs now.
  select(id) {
    const left = this.cursor;
    if (left === id) return;
    this.cursor = id;
    if (this.#ghost && this.#ghost.id === left) {
      this.#ghost = null;
      this.#unplace(left);
    } else if (left && this.#placed.has(left)) {
      const anchor = this.#anchorAt(id);
      this.#place(left);
      this.#keep(anchor);
    }
    this.#soon();
  }

  show(id) {
    this.opened = id;
    if (id) this.select(id);
    this.#soon();
  }

  get shownRows() {
    return this.#rows.filter((row) => !row.element.hidden).length;
  }

  #first() {
    return Math.ceil(this.grid.scrollTop / ROW_PX);
  }

  // Returns true for an item that is new to this desk.
  #place(id) {
    const item = this.store.get(id);
    const old = this.#placed.get(id);
    if (!item && old && id === this.cursor) {
      this.#ghost = { ...(this.#lastSeen(id) ?? { id }), gone: true };
      return false;
    }
    if (item && old && id === this.cursor && this.passes(item)) return false; // it holds its place
    const key = item && this.passes(item) ? keyOf(item) : null;
    if (old && key && compare(old, key) === 0) return false;
    if (old) this.#unplace(id);
    if (!key) {
      if (!item) this.#known.delete(id);
      return false;
    }
    this.#placed.set(id, key);
    this.keys.splice(placeOf(this.keys, key), 0, key);
    const fresh = !this.#known.has(id);
    this.#known.add(id);
    return fresh;
  }

  #unplace(id) {
    const key = this.#placed.get(id);
    if (!key) return;
    this.keys.splice(placeOf(this.keys, key), 1);
    this.#placed.delete(id);
  }

  #lastSeen(id) {
    return this.#rows.find((row) => row.id === id)?.item;
  }

  // The row that must not move on screen: the cursor's when it is in view, else the first one in view that stays as it is.
  #anchor(changing) {
    const busy = performance.now() < this.#busyUntil || this.grid.contains(document.activeElement);
    if (this.grid.scrollTop < 4 && !busy) return null;
    const cursor = this.#anchorAt(this.cursor);
    if (cursor) return cursor;
    for (let index = this.#first(); index < this.keys.length; index += 1) {
      if (!changing.has(this.keys[index].id)) return this.#anchorAt(this.keys[index].id);
    }
    return null;
  }

  #anchorAt(id) {
    const index = this.indexOf(id);
    if (index < 0) return null;
    const offset = index * ROW_PX - this.grid.scrollTop;
    return offset < -ROW_PX || offset > this.grid.clientHeight ? null : { id, offset };
  }

  #keep(anchor) {
    this.#stretch();
    if (!anchor) return;
    const top = this.indexOf(anchor.id) * ROW_PX - anchor.offset;
    if (Math.abs(top - this.grid.scrollTop) >= 1) this.grid.scrollTop = top;
  }

  #count(fresh) {
    for (const id of fresh) {
      if (this.indexOf(id) < this.#first()) this.#above.add(id);
    }
  }

  #reveal(index) {
    const top = index * ROW_PX;
    const { scrollTop, clientHeight } = this.grid;
    if (top < scrollTop) this.grid.scrollTop = top;
    else if (top + ROW_PX > scrollTop + clientHeight) this.grid.scrollTop = top + ROW_PX - clientHeight;
  }

  #clicked(event) {
    const row = event.target.closest(".row");
    if (!row) return;
    this.select(row.dataset.id);
    this.open(row.dataset.id);
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #stretch() {
    this.space.style.height = `${this.keys.length * ROW_PX}px`;
  }

  #pool() {
    const wanted = Math.ceil(this.grid.clientHeight / ROW_PX) + 2 * SPARE_ROWS;
    while (this.#rows.length < wanted) {
      const row = new Row(this.#rows.length);
      this.#rows.push(row);
      this.space.append(row.element);
    }
  }

  #draw() {
    if (!this.grid.isConnected) return;
    this.#pool();
    this.#stretch();
    const at = now();
    const count = this.keys.length;
    const from = Math.max(0, Math.floor(this.grid.scrollTop / ROW_PX) - SPARE_ROWS);
    const shown = Math.min(count, from + this.#rows.length);
    let active = null;
    for (let slot = 0; slot < this.#rows.length; slot += 1) {
      const row = this.#rows[slot];
      const index = from + ((slot - (from % this.#rows.length) + this.#rows.length) % this.#rows.length);
      const item = index < shown ? this.item(this.keys[index].id) : undefined;
      if (!item) {
        row.hide();
        continue;
      }
      const cursor = item.id === this.cursor;
      row.show(item, index, { cursor, open: item.id === this.opened }, at);
      if (cursor) active = row.element.id;
    }
    this.grid.setAttribute("aria-rowcount", count);
    if (active) this.grid.setAttribute("aria-activedescendant", active);
    else this.grid.removeAttribute("aria-activedescendant");
    this.empty.hidden = count > 0;
    this.grid.hidden = count === 0;
    this.#drawPill();
  }

  #drawPill() {
    const first = this.#first();
    for (const id of this.#above) {
      const index = this.indexOf(id);
      if (index < 0 || index >= first) this.#above.delete(id);
    }
    const loud = [...this.#above].filter((id) => isLoud(this.store.get(id) ?? {}));
    this.pill.hidden = this.#above.size === 0;
    this.pill.dataset.loud = String(loud.length > 0);
    this.pill.textContent = loud.length ? `${loud.length} to act on now ↑` : `${this.#above.size} new ↑`;
  }

  #tick() {
    const at = now();
    for (const row of this.#rows) if (!row.element.hidden) row.tick(at);
  }
}
