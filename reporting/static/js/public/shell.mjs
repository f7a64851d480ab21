// Puts the page on the phone: starts the service worker and tells it which page, language and files are used here.

const WORKER = "/worker.js";

/** Trusted Types: the only script that a public page may start from an address. */
const trusted = (address) => {
  const policy = globalThis.trustedTypes?.createPolicy("app", { createScriptURL: (asked) => (asked === address ? asked : null) });
  return policy ? policy.createScriptURL(address) : address;
};

/** Starts the worker; without one, or where it is refused, everything but opening without a network still works. */
export async function keepOnPhone() {
  if (!navigator.serviceWorker || !isSecureContext) return;
  try {
    await navigator.serviceWorker.register(trusted(WORKER), { type: "module", scope: "/", updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    const files = performance.getEntriesByType("resource").map(({ name }) => name);
    active?.postMessage({ page: location.pathname + location.search, files });
  } catch {
    // A private window or an old browser: the page itself sends what waits.
  }
}
