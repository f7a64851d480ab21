// The city as the console draws it: quiet ground in two themes, so that incidents are the only thing that speaks.
// Names of layers and attributes: reporting/static/maps/README.md. Labels are drawn with the page's own typeface.

const DARK = {
  land: "#1a212a", sea: "#0f1a26", green: "#1b2a26", square: "#202832", yard: "#1d242d",
  building: "#252e39", buildingLine: "#303b48", station: "#2c3643",
  road: "#323d4a", major: "#3d4957", minor: "#2b3541", path: "#2c3743", rail: "#475463", metro: "#3c4754",
  label: "#b4bfcb", street: "#8d9aa8", halo: "#1a212a", water: "#7e9ab8",
};

const LIGHT = {
  land: "#eceff1", sea: "#cfdfe9", green: "#dbe8dc", square: "#f3f4f5", yard: "#e4e7ea",
  building: "#dcdfe3", buildingLine: "#c9ced4", station: "#d2d7dd",
  road: "#ffffff", major: "#ffffff", minor: "#f7f8f9", path: "#f5f6f7", rail: "#b3bcc6", metro: "#c3cad2",
  label: "#37424e", street: "#5b6773", halo: "#f3f5f6", water: "#45708f",
};

export const COLOURS = { dark: DARK, light: LIGHT };

const SOURCE = { source: "city" };
const grow = (...stops) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops];
const isClass = (...names) => ["match", ["get", "class"], names, true, false];
const isKind = (...names) => ["match", ["get", "kind"], names, true, false];
const local = ["get", "name"];

const area = (id, layer, colour, filter) => ({
  id, type: "fill", ...SOURCE, "source-layer": layer, ...(filter && { filter }), paint: { "fill-color": colour },
});

const line = (id, layer, colour, width, more = {}) => ({
  id, type: "line", ...SOURCE, "source-layer": layer, ...(more.filter && { filter: more.filter }),
  layout: { "line-cap": more.cap ?? "round", "line-join": "round" },
  paint: { "line-color": colour, "line-width": width, ...more.paint },
});

const ground = (c) => [
  { id: "land", type: "background", paint: { "background-color": c.land } },
  area("water", "water", c.sea),
  area("green", "green", c.green),
  area("squares", "squares", c.square),
  area("yards", "railway_land", c.yard),
  area("bridges", "bridges", c.square),
];

const ways = (c) => [
  line("paths", "paths", c.path, grow(14, 0.5, 18, 3)),
  line("roads-minor", "roads", c.minor, grow(12, 0.4, 15, 3, 18, 16), { filter: isClass("minor", "service", "pedestrian") }),
  line("roads", "roads", c.road, grow(11, 0.6, 15, 5, 18, 24), { filter: isClass("secondary", "tertiary") }),
  line("roads-major", "roads", c.major, grow(10, 0.8, 15, 6, 18, 30), { filter: isClass("major") }),
  line("rail", "rail", c.rail, grow(11, 0.5, 15, 1.1, 18, 3), { filter: ["all", isKind("rail"), ["!", ["has", "tunnel"]]] }),
  line("tram", "rail", c.rail, grow(13, 0.4, 18, 1.5), { filter: ["all", isKind("tram"), ["!", ["has", "tunnel"]]] }),
];

const built = (c) => [
  {
    ...area("buildings", "buildings", c.building),
    paint: { "fill-color": c.building, "fill-outline-color": c.buildingLine, "fill-opacity": grow(13, 0.5, 15, 1) },
  },
  area("stations", "stations", c.station),
  line("metro", "rail", c.metro, grow(12, 0.5, 15, 1.5, 18, 3), {
    filter: isKind("metro"), cap: "butt", paint: { "line-dasharray": [3, 2] },
  }),
];

const text = (c, size, colour = c.label) => ({
  layout: { "text-field": local, "text-font": ["Inter"], "text-size": size, "text-padding": 6, "text-max-width": 8 },
  paint: { "text-color": colour, "text-halo-color": c.halo, "text-halo-width": 1.5 },
});

function labels(c) {
  const street = text(c, grow(14, 10, 18, 13), c.street);
  const place = text(c, ["case", ["<=", ["get", "rank"], 2], 13, 11]);
  place.layout["symbol-sort-key"] = ["get", "rank"];
  place.paint["text-color"] = ["match", ["get", "kind"], "water", c.water, c.label];
  street.layout["symbol-placement"] = "line";
  return [
    { id: "streets", type: "symbol", ...SOURCE, "source-layer": "street_labels", minzoom: 15, ...street },
    {
      id: "places", type: "symbol", ...SOURCE, "source-layer": "labels",
      filter: isKind("district", "station", "metro", "square", "park", "water", "mall", "townhall", "market", "university"),
      ...place,
    },
  ];
}

export function cityStyle(theme, tiles) {
  const c = COLOURS[theme];
  return {
    version: 8,
    sources: { city: { type: "vector", url: `pmtiles://${tiles}` } },
    layers: [...ground(c), ...ways(c), ...built(c), ...labels(c)],
  };
}
