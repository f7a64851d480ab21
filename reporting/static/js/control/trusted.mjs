// Trusted Types: the page may start exactly one script from an address, the map's worker. Everything else stays refused.
import { settings } from "./settings.mjs";

export const MAP_WORKER = new URL(`${settings.statics}vendor/maplibre/maplibre-gl-worker.mjs`, location.href).href;

export function allowMapWorker() {
  globalThis.trustedTypes?.createPolicy("default", {
    createScriptURL: (address) => (address === MAP_WORKER ? address : null),
  });
}
