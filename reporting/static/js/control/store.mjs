// The one store of open incidents. Whoever brings an item (stream, list, answer to an action) puts it here; what is not news
// changes nothing. Listeners hear of changes once for each animation frame.

const FORGET_MS = 120_000;

// The version counts decisions; between two of them the time of the last change tells which news is newer.
function isNews(item, known) {
  const step = (item.version ?? 0) - (known.version ?? 0);
  return step > 0 || (step === 0 && Date.parse(item.updated_at) > Date.parse(known.updated_at));
}

// What must be known at every moment without walking through the queue: who waits to be acknowledged.
const WATCHED = {
  alarms: (item) => item.triaged && item.status === "new" && item.priority === 1,
  highs: (item) => item.triaged && item.status === "new" && item.priority === 2,
};

export class Store {
  items = new Map();
  alarms = new Map();
  highs = new Map();
  #left = new Map();
  #touched = new Map();
  #changed = new Set();
  #listeners = new Set();
  #due = false;

  get(id) {
    return this.items.get(id);
  }

  listen(listener) {
    this.#listeners.add(listener);
  }

  put(item) {
    const known = this.items.get(item.id);
    if (known && !isNews(item, known)) {
      this.#touched.set(item.id, performance.now());
      return;
    }
    const left = this.#left.get(item.id);
    if (left !== undefined && left >= (item.version ?? 0)) return;
    this.#left.delete(item.id);
    this.items.set(item.id, item);
    this.#note(item.id);
  }

  // Shows what the person just did before the server has confirmed it. Returns what takes it back.
  expect(id, fields) {
    const before = this.items.get(id);
    if (!before) return () => {};
    const hoped = { ...before, ...fields };
    this.items.set(id, hoped);
    this.#note(id);
    return () => {
      if (this.items.get(id) !== hoped) return;
      this.items.set(id, before);
      this.#note(id);
    };
  }

  remove(id, version = this.items.get(id)?.version ?? 0) {
    this.#left.set(id, version);
    setTimeout(() => this.#left.delete(id), FORGET_MS);
    if (this.items.delete(id)) this.#note(id);
  }

  // After a complete load that began at `began`: what it did not bring, and nothing has touched since, is not open any more.
  settle(seen, began) {
    for (const id of [...this.items.keys()]) {
      if (!seen.has(id) && (this.#touched.get(id) ?? 0) < began) {
        this.items.delete(id);
        this.#note(id);
      }
    }
  }

  // The same for reports that triage had not read when the load began.
  settleUntriaged(seen, began) {
    for (const [id, item] of [...this.items]) {
      if (!item.triaged && !seen.has(id) && (this.#touched.get(id) ?? 0) < began) {
        this.items.delete(id);
        this.#note(id);
      }
    }
  }

  #note(id) {
    const item = this.items.get(id);
    for (const [name, test] of Object.entries(WATCHED)) {
      if (item && test(item)) this[name].set(id, item);
      else this[name].delete(id);
    }
    this.#touched.set(id, performance.now());
    this.#changed.add(id);
    if (this.#due) return;
    this.#due = true;
    // A hidden page gets no frames; its title and alerts must still be right.
    if (document.hidden) setTimeout(() => this.#tell(), 50);
    else requestAnimationFrame(() => this.#tell());
  }

  #tell() {
    this.#due = false;
    const changed = this.#changed;
    this.#changed = new Set();
    for (const id of changed) if (!this.items.has(id)) this.#touched.delete(id);
    for (const listener of this.#listeners) listener(changed);
  }
}
