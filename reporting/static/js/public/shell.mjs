// Puts the page on the phone: starts the service worker and tells it which page, language and files are used here; offers to
// install the app, only after a receipt and only where the browser can.

const WORKER = "/worker.js";
const PAUSE_MS = 4_000;

let offered;
let place;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offered = event;
  if (place) offerInstall(place);
});

/** Trusted Types: the only script that a public page may start from an address. */
const trusted = (address) => {
  const policy = globalThis.trustedTypes?.createPolicy("app", { createScriptURL: (asked) => (asked === address ? asked : null) });
  return policy ? policy.createScriptURL(address) : address;
};

// The first screen comes first: what is needed without a network is fetched when somebody begins, or has looked for a while.
const begun = () =>
  new Promise((resolve) => {
    for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, resolve, { once: true });
    if (!navigator.connection?.saveData) setTimeout(resolve, PAUSE_MS);
  });

/** Starts the worker; without one, or where it is refused, everything but opening without a network still works. */
export async function keepOnPhone() {
  if (!navigator.serviceWorker || !isSecureContext) return;
  if (!navigator.serviceWorker.controller) await begun();
  try {
    await navigator.serviceWorker.register(trusted(WORKER), { type: "module", scope: "/", updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    const files = performance.getEntriesByType("resource").map(({ name }) => name);
    active?.postMessage({ page: location.pathname + location.search, files });
  } catch {
    // A private window or an old browser: the page itself sends what waits.
  }
}

/** Shows the offer in its box. On an iPhone nobody may ask, so it says how. */
export function offerInstall(box) {
  place = box;
  const byHand = navigator.standalone === false;
  box.hidden = !offered && !byHand;
  box.querySelector("#install-now").hidden = !offered;
  box.querySelector("#install-by-hand").hidden = Boolean(offered) || !byHand;
  box.querySelector("#install-now").onclick = async () => {
    await offered.prompt();
    offered = undefined;
    box.hidden = true;
  };
}
