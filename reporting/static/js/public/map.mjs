// The map for whoever asked for one, fetched only then: a pin that moves by a tap, by arrow buttons and by an address.

import { addProtocol, Map as Chart, Marker, setWorkerUrl } from "../../vendor/maplibre/maplibre-gl.mjs";
import { cityStyle } from "../control/map_style.mjs";

const STEP_M = 10;
const METRES_PER_DEGREE = 111_320;
const CLOSE = 17;
const PATIENCE_MS = 20_000;
const WAYS = { north: [1, 0], south: [-1, 0], east: [0, 1], west: [0, -1] };
const file = (path) => new URL(`../../vendor/${path}`, import.meta.url).href;
const WORKER = file("maplibre/maplibre-gl-worker.mjs");
const TILES = file("pmtiles/pmtiles.js");
const REDUCED = matchMedia("(prefers-reduced-motion: reduce)").matches;
const degrees = (value) => Math.round(value * 1e6) / 1e6;

// Trusted Types: the map's worker and the reader of its tiles, and no other script.
let allowed = false;
function allow() {
  if (allowed) return;
  allowed = true;
  const createScriptURL = (address) => ([WORKER, TILES].includes(address) ? address : null);
  globalThis.trustedTypes?.createPolicy("default", { createScriptURL });
}

const loaded = (element) =>
  new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new Error("a part of the map is missing")));
    document.head.append(element);
  });

async function load() {
  if (globalThis.pmtiles) return;
  allow();
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: file("maplibre/maplibre-gl.css") });
  const script = document.createElement("script");
  script.src = TILES;
  await Promise.all([loaded(style), loaded(script)]);
  setWorkerUrl(WORKER);
  addProtocol("pmtiles", new globalThis.pmtiles.Protocol().tile);
}

let shown;

export class PinMap {
  /** Opens the map in `part` around `start`; `onPin({lat, lon, source, accuracy_m})` runs whenever the pin is set. Where it cannot be
   * drawn, words remain. */
  static async open(form, part, start, onPin) {
    const say = part.querySelector("#map-say");
    try {
      await load();
      shown ??= new PinMap(form, part, start, onPin);
      await shown.ready;
    } catch {
      part.querySelector("#map").hidden = true;
      part.querySelector(".map-arrows").hidden = true;
      say.textContent = say.dataset.away;
    }
  }

  constructor(form, part, start, onPin) {
    const [west, south, east, north] = part.dataset.bounds.split(",").map(Number);
    this.part = part;
    this.onPin = onPin;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    this.chart = new Chart({
      container: "map",
      style: cityStyle(dark ? "dark" : "light", new URL(part.dataset.tiles, location.href).href),
      ...(start ? { center: [start.lon, start.lat], zoom: CLOSE } : { bounds: [[west, south], [east, north]] }),
      maxBounds: [[west, south], [east, north]],
      maxZoom: 19,
      attributionControl: false,
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: false,
      fadeDuration: REDUCED ? 0 : 150,
      locale: { "Map.Title": part.querySelector("#map-hint").textContent },
    });
    this.chart.touchZoomRotate.disableRotation();
    this.marker = new Marker({ color: getComputedStyle(form).getPropertyValue("--accent").trim() });
    this.at = start ?? { lat: (south + north) / 2, lon: (west + east) / 2 };
    this.ready = new Promise((resolve, reject) => {
      this.chart.once("load", resolve);
      setTimeout(() => reject(new Error("the map did not come")), PATIENCE_MS);
    });
    this.#listen(form);
  }

  #listen(form) {
    this.chart.on("click", ({ lngLat }) => this.#set({ lat: lngLat.lat, lon: lngLat.lng }));
    this.part.querySelector(".map-arrows").addEventListener("click", ({ target }) => {
      const way = WAYS[target.closest("[data-move]")?.dataset.move];
      if (way) this.#move(way);
      const zoom = Number(target.closest("[data-zoom]")?.dataset.zoom ?? 0);
      if (zoom) this.chart.zoomTo(this.chart.getZoom() + zoom, { animate: !REDUCED });
    });
    form.addEventListener("place:named", ({ detail }) => {
      this.at = { lat: detail.lat, lon: detail.lon };
      this.#show();
    });
  }

  #move([north, east]) {
    const step = STEP_M / METRES_PER_DEGREE;
    const { lat, lon } = this.at;
    this.#set({ lat: lat + north * step, lon: lon + (east * step) / Math.cos((lat * Math.PI) / 180) });
  }

  #set({ lat, lon }) {
    this.at = { lat: degrees(lat), lon: degrees(lon) };
    this.#show();
    const say = this.part.querySelector("#map-say");
    say.textContent = say.dataset.placed;
    this.onPin({ ...this.at, source: "pin", accuracy_m: STEP_M });
  }

  #show() {
    this.marker.setLngLat([this.at.lon, this.at.lat]).addTo(this.chart);
    if (!this.chart.getBounds().contains([this.at.lon, this.at.lat])) this.chart.jumpTo({ center: [this.at.lon, this.at.lat] });
  }
}
