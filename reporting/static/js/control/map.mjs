// The map pane: the city, the incidents on it, the chosen one with the circle of its accuracy. The queue never waits for it.
import { addProtocol, Map as Chart, setWorkerUrl } from "../../vendor/maplibre/maplibre-gl.mjs";
import { byId, h, said } from "./dom.mjs";
import { clusterCounts, clusterPicture, mark, markPicture, RATIO, ring } from "./map_marks.mjs";
import { cityStyle } from "./map_style.mjs";
import { isLoud } from "./order.mjs";
import { severityWord, titleOf } from "./row.mjs";
import { reduced, settings } from "./settings.mjs";
import { MAP_WORKER } from "./trusted.mjs";

const UPDATE_MS = 500;
const LONG_QUEUE = 2000; // from here on the clusters are reckoned anew once a second
const PATIENCE_MS = 30_000;
const ACCENT = { dark: "#5ed0c0", light: "#0a6660" };
const nothing = { type: "FeatureCollection", features: [] };
const theme = () => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

const placed = (item) => item?.location?.lat != null;

// What nobody may overlook is never drawn into a cluster.
const layerOf = (item) => (item.triaged && isLoud(item) ? "alarms" : "incidents");

const featureOf = (item) => ({
  type: "Feature",
  id: item.id,
  geometry: { type: "Point", coordinates: [item.location.lon, item.location.lat] },
  properties: { id: item.id, priority: item.priority, fresh: item.status === "new" },
});

const lookOf = ({ priority, status, location: { lat, lon } }) => `${priority} ${status === "new"} ${lat} ${lon}`;

// A circle of `metres` around a point, as a polygon of 64 corners; exact enough for the few hundred metres of a phone's error.
function circleOf({ lat, lon, accuracy_m: metres }) {
  const [north, east] = [metres / 111_320, metres / (111_320 * Math.cos((lat * Math.PI) / 180))];
  const corners = Array.from({ length: 65 }, (_, index) => {
    const turn = (index / 64) * 2 * Math.PI;
    return [lon + east * Math.cos(turn), lat + north * Math.sin(turn)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [corners] } };
}

export class IncidentMap {
  #drawn = new Map(); // id -> { source, look }: where it stands on the map, and what of it the map shows
  #changed = new Set();
  #timer = 0;
  #chosen = null;

  // Resolves when the city stands; rejects where the screen cannot draw it.
  static async draw(store, { open }) {
    loadStyles();
    setWorkerUrl(MAP_WORKER);
    if (!globalThis.pmtiles) throw new Error("the tile reader is missing");
    addProtocol("pmtiles", new globalThis.pmtiles.Protocol().tile);
    const [west, south, east, north] = settings.bounds;
    const chart = new Chart({
      container: "map",
      style: cityStyle(theme(), new URL(settings.tiles, location.href).href),
      bounds: [[west, south], [east, north]],
      maxBounds: [[west, south], [east, north]],
      maxZoom: 19,
      attributionControl: false,
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: reduced() ? 0 : 150,
      locale: { "Map.Title": "City" },
    });
    chart.touchZoomRotate.disableRotation();
    chart.setMissingStyleImageResolver((name) => addPicture(chart, name));
    await new Promise((resolve, reject) => {
      chart.once("load", resolve);
      chart.once("error", ({ error }) => reject(error));
      setTimeout(() => reject(new Error("the map did not come")), PATIENCE_MS);
    });
    return new IncidentMap(chart, store, open);
  }

  constructor(chart, store, open) {
    this.chart = chart;
    this.store = store;
    this.open = open;
    this.tip = h("p", { class: "map-tip", hidden: true });
    byId("map-pane").append(this.tip);
    chart.on("error", ({ error }) => console.info("map:", error?.message));
    this.#dress();
    this.#handle();
    this.change(store.items.keys());
    addEventListener("control:theme", () => this.#redress());
  }

  change(ids) {
    for (const id of ids) this.#changed.add(id);
    this.#timer ||= setTimeout(() => this.#update(), this.store.items.size > LONG_QUEUE ? 2 * UPDATE_MS : UPDATE_MS);
  }

  select(id) {
    this.#chosen = id;
    this.#choose({ follow: true });
  }

  // Fits the whole city into the pane; with the bounds as a fence this fills it.
  fit() {
    const [west, south, east, north] = settings.bounds;
    this.chart.fitBounds([[west, south], [east, north]], { animate: !reduced() });
  }

  #dress() {
    const { chart } = this;
    const colour = ACCENT[theme()];
    chart.addSource("circle", { type: "geojson", data: nothing });
    chart.addSource("chosen", { type: "geojson", data: nothing });
    chart.addSource("incidents", {
      type: "geojson", data: nothing, promoteId: "id", cluster: true, clusterRadius: 28, clusterMaxZoom: 17, clusterProperties: clusterCounts,
    });
    chart.addSource("alarms", { type: "geojson", data: nothing, promoteId: "id" });
    chart.addLayer({ id: "circle", type: "fill", source: "circle", paint: { "fill-color": colour, "fill-opacity": 0.14 } });
    chart.addLayer({ id: "circle-line", type: "line", source: "circle", paint: { "line-color": colour, "line-width": 1.5 } });
    const always = { "icon-allow-overlap": true, "icon-ignore-placement": true };
    chart.addLayer({
      id: "incidents", type: "symbol", source: "incidents", filter: ["!", ["has", "point_count"]],
      layout: { "icon-image": markPicture, ...always, "symbol-sort-key": ["-", 0, ["get", "priority"]] },
    });
    chart.addLayer({ id: "clusters", type: "symbol", source: "incidents", filter: ["has", "point_count"], layout: { "icon-image": clusterPicture, ...always } });
    chart.addLayer({ id: "alarms", type: "symbol", source: "alarms", layout: { "icon-image": markPicture, ...always } });
    chart.addLayer({ id: "chosen-mark", type: "symbol", source: "chosen", layout: { "icon-image": markPicture, ...always } });
    chart.addLayer({
      id: "chosen", type: "circle", source: "chosen",
      paint: { "circle-radius": 19, "circle-opacity": 0, "circle-stroke-color": colour, "circle-stroke-width": 3 },
    });
  }

  #redress() {
    const { chart } = this;
    chart.once("style.load", () => {
      this.#dress();
      this.#drawn.clear();
      this.change(this.store.items.keys());
      this.#choose({ follow: false });
    });
    chart.setStyle(cityStyle(theme(), new URL(settings.tiles, location.href).href), { diff: false });
  }

  // Changes go to the map's worker as differences, twice a second at most.
  #update() {
    this.#timer = 0;
    const steps = { incidents: { add: [], remove: [] }, alarms: { add: [], remove: [] } };
    for (const id of this.#changed) {
      const item = this.store.get(id);
      const before = this.#drawn.get(id);
      const after = placed(item) ? { source: layerOf(item), look: lookOf(item) } : null;
      if (before?.source === after?.source && before?.look === after?.look) continue;
      if (before) steps[before.source].remove.push(id);
      if (after) steps[after.source].add.push(featureOf(item));
      if (after) this.#drawn.set(id, after);
      else this.#drawn.delete(id);
    }
    if (this.#chosen && this.#changed.has(this.#chosen)) this.#choose({ follow: false });
    this.#changed.clear();
    for (const [source, diff] of Object.entries(steps)) {
      if (diff.add.length || diff.remove.length) this.chart.getSource(source).updateData(diff);
    }
  }

  #choose({ follow }) {
    const item = this.store.get(this.#chosen);
    const shown = placed(item);
    this.chart.getSource("chosen").setData(shown ? featureOf(item) : nothing);
    this.chart.getSource("circle").setData(shown && item.location.accuracy_m ? circleOf(item.location) : nothing);
    if (!shown || !follow) return;
    const at = [item.location.lon, item.location.lat];
    if (!this.#isCentral(at)) this.chart.easeTo({ center: at, duration: reduced() ? 0 : 400 });
  }

  // Inside the middle of the pane nothing needs to move.
  #isCentral(at) {
    const { x, y } = this.chart.project(at);
    const { clientWidth: width, clientHeight: height } = this.chart.getContainer();
    return x > width * 0.1 && x < width * 0.9 && y > height * 0.1 && y < height * 0.9;
  }

  #handle() {
    const { chart } = this;
    const at = (point) => chart.queryRenderedFeatures(point, { layers: ["alarms", "incidents", "clusters"] })[0];
    chart.on("click", async ({ point }) => {
      const found = at(point);
      if (!found) return;
      if (found.layer.id !== "clusters") return this.open(found.properties.id);
      const zoom = await chart.getSource("incidents").getClusterExpansionZoom(found.properties.cluster_id);
      chart.easeTo({ center: found.geometry.coordinates, zoom: Math.min(zoom + 0.2, 19), duration: reduced() ? 0 : 400 });
    });
    chart.on("mousemove", ({ point }) => this.#hint(at(point), point));
    chart.on("mouseout", () => this.#hint(null));
    const tools = byId("map-tools");
    const acts = {
      in: () => chart.zoomIn(),
      out: () => chart.zoomOut(),
      fit: () => this.fit(),
      window: () => globalThis.open("/control/map", "_blank", "noopener"),
    };
    tools.addEventListener("click", ({ target }) => acts[target.closest("[data-map]")?.dataset.map]?.());
    tools.hidden = false;
  }

  #hint(found, point) {
    this.chart.getCanvas().style.cursor = found ? "pointer" : "";
    const item = found && this.store.get(found.properties.id);
    this.tip.hidden = !found;
    if (!found) return;
    this.tip.replaceChildren(
      ...(item ? [h("b", {}, severityWord(item)), " ", said(titleOf(item))] : [`${found.properties.point_count} incidents`]),
    );
    const { clientWidth: width } = byId("map-pane");
    this.tip.style.top = `${point.y + 18}px`;
    this.tip.style.left = `${Math.min(point.x, Math.max(8, width - 248))}px`;
  }
}

// Draws the picture of a mark or of a cluster when the map first asks for it.
function addPicture(chart, name) {
  const [kind, priority, state] = name.split("-");
  const image = kind === "ring" ? ring(theme(), name) : mark(theme(), Number(priority), state === "new");
  chart.addImage(name, image, { pixelRatio: RATIO });
}

// The map's own style sheet is only wanted where there is a map.
function loadStyles() {
  const address = `${settings.statics}vendor/maplibre/maplibre-gl.css`;
  document.head.append(h("link", { rel: "stylesheet", href: address }));
}
