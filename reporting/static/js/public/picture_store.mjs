// The pictures this phone still has to send, in a database of their own; in memory where the browser stores nothing.
// A record: {key, reportId, n, code, blob, state: "waiting" | "sent" | "refused" | "gone", since, begun, at, breaks}. `begun`: some of
// it may be with the server, `at` bytes when that was last told; it broke off so often. A sent one keeps no picture.

const DAY_MS = 86_400_000;
const HOLD_MS = 2_000;

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const soon = (promise) =>
  Promise.race([promise, new Promise((_resolve, reject) => setTimeout(() => reject(new Error("the storage does not answer")), HOLD_MS))]);

async function open() {
  const request = indexedDB.open("pictures", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("pictures", { keyPath: "key" });
  const database = await asked(request);
  // "Forget everything on this phone" deletes it: nobody here stands in the way.
  database.onversionchange = () => database.close();
  return database;
}

async function within(mode, work) {
  const database = await soon(open());
  try {
    const transaction = database.transaction("pictures", mode);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    done.catch(() => {});
    const result = await work(transaction.objectStore("pictures"));
    await soon(done);
    return result;
  } finally {
    database.close();
  }
}

const keyOf = ({ reportId, n }) => `${reportId}/${n}`;

export class PictureStore {
  #memory = new Map();

  /** Whether pictures outlive this page. */
  volatile = false;

  async all() {
    const kept = this.volatile ? [] : await within("readonly", (store) => asked(store.getAll())).catch(() => this.#forgetful([]));
    const old = kept.filter(({ since }) => Date.now() - since > DAY_MS);
    for (const record of old) await this.remove(record);
    return [...kept.filter((record) => !old.includes(record)), ...this.#memory.values()];
  }

  async of(reportId) {
    return (await this.all()).filter((record) => record.reportId === reportId).sort((one, other) => one.n - other.n);
  }

  async put(record) {
    const whole = { ...record, key: keyOf(record) };
    if (this.volatile) return void this.#memory.set(whole.key, whole);
    await within("readwrite", (store) => asked(store.put(whole))).catch(() => this.#forgetful(this.#memory.set(whole.key, whole)));
  }

  async remove(record) {
    const key = keyOf(record);
    this.#memory.delete(key);
    if (!this.volatile) await within("readwrite", (store) => asked(store.delete(key))).catch(() => {});
  }

  #forgetful(result) {
    this.volatile = true;
    return result;
  }
}
