// "Forget everything on this phone": databases, kept pages and files, pictures, the worker, and the way for messages.

const KNOWN = ["outbox", "pictures", "push"];
const HOLD_MS = 2_000;

const deleted = (name) =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = resolve;
    setTimeout(resolve, HOLD_MS);
  });

async function databases() {
  const there = (await globalThis.indexedDB?.databases?.().catch(() => [])) ?? [];
  await Promise.all([...new Set([...KNOWN, ...there.map(({ name }) => name)])].map(deleted));
}

async function workers() {
  for (const registration of (await navigator.serviceWorker?.getRegistrations?.()) ?? []) {
    const subscription = await registration.pushManager?.getSubscription?.();
    await subscription?.unsubscribe();
    await registration.unregister();
  }
}

async function keptFiles() {
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
}

/** Each part on its own: where one is refused, the others are still forgotten. */
export async function forgetEverything() {
  await workers().catch(() => {});
  await Promise.all([databases(), keptFiles()].map((part) => part.catch(() => {})));
  for (const storage of ["localStorage", "sessionStorage"]) {
    try {
      globalThis[storage].clear();
    } catch {
      // Storage that is switched off holds nothing.
    }
  }
  await navigator.clearAppBadge?.().catch(() => {});
}
