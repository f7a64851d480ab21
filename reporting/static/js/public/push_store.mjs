// What this phone remembers of messages it asked for: which report's (by a hash of its code), the address, the words for lack of others.

const DATABASE = "push";
const STORE = "ways";
export const WORDS = "words";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, work) {
  const database = await opened();
  database.onversionchange = () => database.close();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const get = (key) => within("readonly", (store) => store.get(key));
export const put = (entry) => within("readwrite", (store) => store.put(entry));
export const remove = (key) => within("readwrite", (store) => store.delete(key));

/** Every report's entry: {key, id, endpoint, serverKey}. */
export const ways = async () => (await within("readonly", (store) => store.getAll())).filter(({ key }) => key !== WORDS);

/** The entry's key for a receipt code: its hash, so that the code itself is not kept here. */
export async function keyOf(receiptCode) {
  const letters = new TextEncoder().encode(receiptCode.replace(/[^0-9A-Za-z]/g, "").toUpperCase());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", letters));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
