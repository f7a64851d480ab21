// The outbox of this phone. A report is written here before the network and sent until the server has it, exactly once.
// Pages and the service worker use the same lines: `new Outbox(face)`, then add, deliver, all, get, remove, watch, start.

export const DAY_MS = 86_400_000;
const KEPT_DAYS = 90;
const HOLD_MS = 2_000;
const TIMEOUT_MS = 15_000;
const PAUSES_S = [2, 4, 8, 16, 30];
const LONGEST_S = 30;
const REFUSED = [400, 413, 415, 422];
/** A phone whose clock shows an earlier day has not learned the time yet. */
const CLOCK_SET = Date.UTC(2026, 0);

/** One step for each version of the database; a step that phones have taken is never changed. */
export const UPGRADES = [(database) => database.createObjectStore("parcels", { keyPath: "key" })];

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function open(upgrades) {
  const request = indexedDB.open("outbox", upgrades.length);
  request.onupgradeneeded = ({ oldVersion }) => upgrades.slice(oldVersion).forEach((step) => step(request.result, request.transaction));
  const database = await asked(request);
  // A newer release may change the tables at any time, and "forget" may delete them: nobody here stands in the way.
  database.onversionchange = () => database.close();
  return database;
}

// Some browsers neither open nor refuse. Whoever waits here holds a report in the hand.
const soon = (promise) =>
  Promise.race([promise, new Promise((_resolve, reject) => setTimeout(() => reject(new Error("the storage does not answer")), HOLD_MS))]);

/** Works on the store in one transaction, on disk when it is told to be done. */
async function within(mode, upgrades, work) {
  const database = await soon(open(upgrades));
  try {
    const transaction = database.transaction("parcels", mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    done.catch(() => {});
    const result = await work(transaction.objectStore("parcels"));
    await soon(done);
    return result;
  } finally {
    database.close();
  }
}

// A Web Lock keeps page, second tab and worker from sending at once. Where it is held for too long or missing, the
// idempotency key still makes a second sending harmless.
async function alone(work) {
  if (!navigator.locks) return work();
  let held = false;
  const once = () => ((held = true), work());
  try {
    return await navigator.locks.request("outbox", { signal: AbortSignal.timeout(2 * TIMEOUT_MS) }, once);
  } catch (error) {
    if (held) throw error;
    return work();
  }
}

async function post({ url, key, body, headers, credentials = "omit" }) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json", "Idempotency-Key": key },
      body,
      credentials,
      redirect: "error",
      signal: limit.signal,
    });
    const answer = await response.json();
    if (response.ok && answer.id) return { state: "sent", answer };
    // Only our own server refuses: what a hotel's network says of a report is no reason to give it up.
    const ours = response.headers.get("Content-Type")?.startsWith("application/problem+json");
    if (ours && REFUSED.includes(response.status)) return { state: "refused", errors: answer.errors ?? [], detail: answer.detail ?? "" };
    return { state: "waiting", retry: Number(response.headers.get("Retry-After")) || 0 };
  } catch {
    return { state: "waiting", retry: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/** How a parcel has aged: by the clock on the wall between two looks, by a steady clock within one run of a page. */
export function aged(parcel, { now, ticks, run }) {
  const steady = parcel.run === run;
  const wall = parcel.seen < CLOCK_SET ? 0 : now - parcel.seen;
  const age = parcel.age + Math.max(0, steady ? ticks - parcel.ticks : wall);
  return { ...parcel, age, seen: now, ticks, run };
}

/** Whether it is worth nothing any more, by its age or by the clock, unless that clock was wrong when it was written. */
export function tooOld(parcel, now) {
  return parcel.age > DAY_MS || (parcel.since >= CLOCK_SET && now - parcel.since > DAY_MS);
}

export class Outbox {
  #memory = new Map();
  #listeners = new Set();
  #run = crypto.getRandomValues(new Uint32Array(2)).join();
  #again = false;
  #tries = 0;
  #timer;
  #sending;
  #channel;

  /** `face` is whose parcels these are; `null` is everybody's. `time()` is the clock on the wall, `ticks()` a steady one. */
  constructor(face, { upgrades = UPGRADES, time = Date.now, ticks = () => performance.now() } = {}) {
    Object.assign(this, { face, upgrades, time, ticks, started: false, closed: false });
    this.#channel = globalThis.BroadcastChannel && new BroadcastChannel("outbox");
    this.#channel?.addEventListener("message", () => this.#tell());
  }

  /** Keeps {url, body, code, ...} before any network. Its `volatile` says that this browser refused to store it. */
  async add(parcel) {
    this.closed = false;
    const clock = { seen: this.time(), ticks: this.ticks(), run: this.#run };
    const kept = { since: clock.seen, ...parcel, face: this.face, state: "waiting", age: 0, ...clock };
    try {
      await within("readwrite", this.upgrades, (store) => asked(store.put(kept)));
    } catch {
      kept.volatile = true;
      this.#memory.set(kept.key, kept);
    }
    this.#changed();
    this.#wakeWorker();
    return kept;
  }

  /** Nothing is stored, read or sent from here on, until the next add. Gives up what only the memory holds. */
  close() {
    this.closed = true;
    this.#memory.clear();
    clearTimeout(this.#timer);
  }

  /** Every parcel of the face, the newest first. */
  async all() {
    if (this.closed) return [];
    const stored = await within("readonly", this.upgrades, (store) => asked(store.getAll())).catch(() => []);
    const own = [...stored, ...this.#memory.values()].filter(({ face }) => this.face === null || face === this.face);
    return own.sort((one, other) => other.since - one.since);
  }

  /** One parcel, or undefined; rejects where the storage is in trouble, which is not the same. */
  async get(key) {
    if (this.closed) return undefined;
    return this.#memory.get(key) ?? within("readonly", this.upgrades, (store) => asked(store.get(key)));
  }

  async remove(key) {
    this.#memory.delete(key);
    await within("readwrite", this.upgrades, (store) => asked(store.delete(key))).catch(() => {});
    this.#changed();
  }

  /** Tries every waiting parcel once; what comes in meanwhile too. True when nothing is left waiting. */
  deliver() {
    this.#again = true;
    this.#sending ??= this.#rounds().finally(() => (this.#sending = null));
    return this.#sending;
  }

  /** `listener()` runs after every change, also by another page or the worker. Returns how to stop that. */
  watch(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For pages: sends at every sign of a network, and at least twice a minute while something waits. */
  start() {
    if (this.started) return;
    this.started = true;
    const wake = () => document.visibilityState === "visible" && this.deliver();
    for (const event of ["online", "pageshow", "focus"]) addEventListener(event, wake);
    document.addEventListener("visibilitychange", wake);
    this.deliver();
  }

  async #rounds() {
    let left = 0;
    while (this.#again) {
      this.#again = false;
      left = await alone(() => this.#round());
    }
    this.#plan(left);
    return left === 0;
  }

  /** One try for each; answers how many still wait. */
  async #round() {
    this.retry = 0;
    let left = 0;
    for (const parcel of await this.all()) {
      const older = aged(parcel, { now: this.time(), ticks: this.ticks(), run: this.#run });
      if (parcel.state === "waiting") left += await this.#try(older);
      else if (this.time() - parcel.since > KEPT_DAYS * DAY_MS) await this.remove(parcel.key);
    }
    return left;
  }

  async #try(parcel) {
    const result = tooOld(parcel, this.time()) ? { state: "expired" } : await post(parcel);
    this.retry = Math.max(this.retry, result.retry ?? 0);
    const over = result.state === "waiting" ? {} : { body: undefined, ...(result.state === "refused" ? {} : { fields: undefined }) };
    const { age, seen, ticks, run } = parcel;
    await this.#change(parcel.key, { age, seen, ticks, run, ...result, ...over, tried: true });
    return result.state === "waiting" ? 1 : 0;
  }

  /** What somebody has deleted meanwhile stays deleted. */
  async #change(key, change) {
    if (this.#memory.has(key)) this.#memory.set(key, { ...this.#memory.get(key), ...change });
    else {
      await within("readwrite", this.upgrades, async (store) => {
        const there = await asked(store.get(key));
        if (there) await asked(store.put({ ...there, ...change }));
      }).catch(() => {});
    }
    this.#changed();
  }

  #plan(left) {
    clearTimeout(this.#timer);
    this.#tries = left ? this.#tries + 1 : 0;
    if (!left || !this.started) return;
    const pause = Math.min(LONGEST_S, Math.max(this.retry, PAUSES_S[Math.min(this.#tries, PAUSES_S.length) - 1]));
    this.#timer = setTimeout(() => this.deliver(), pause * 1000);
  }

  #changed() {
    this.#channel?.postMessage("");
    this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  // Background Sync: the browser wakes the worker when there is a network, also after the page was closed. Not everywhere.
  async #wakeWorker() {
    try {
      const worker = await globalThis.navigator?.serviceWorker?.getRegistration?.("/");
      await worker?.sync?.register("outbox");
    } catch {
      // Refused or missing: the page's own triggers and its next opening remain.
    }
  }
}
