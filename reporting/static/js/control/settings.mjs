// What the page was told by the server, read once from the body's data attributes.
const { dataset } = document.body;

export const settings = Object.freeze({
  api: dataset.api,
  stream: dataset.stream,
  csrf: dataset.csrf,
  zone: dataset.zone,
  actor: Object.freeze({ id: dataset.actor, name: dataset.actorName }),
  mayWork: dataset.mayWork === "yes",
  shape: dataset.shape,
  statics: dataset.static,
  tiles: dataset.tiles,
  bounds: (dataset.bounds ?? "").split(",").map(Number),
});

export const words = Object.freeze(JSON.parse(dataset.words));

const skew = Date.parse(dataset.now) - Date.now();

// The server's time in milliseconds: clocks of desks drift, and a countdown must not.
export const now = () => Date.now() + skew;

export const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// A desk's own choice (theme, letter keys). Storage may be forbidden; then the choice lasts as long as the page.
export const choice = {
  get(name) {
    try {
      return localStorage.getItem(`control.${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`control.${name}`, value);
    } catch {
      // Nothing is lost but the memory of a preference.
    }
  },
};
