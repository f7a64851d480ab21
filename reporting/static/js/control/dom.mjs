// Builds elements from text. Nothing in the console turns text into markup: every word goes through textContent.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

// Text whose direction is its own: a report in Arabic must not turn the row around.
export const said = (text) => h("bdi", { dir: "auto" }, shown(text ?? ""));

// What turns the direction of words and is not seen itself, made visible: the same as the template's `shown`.
export const shown = (text) =>
  text.replace(/[\u202a-\u202e\u2066-\u2069]/g, (found) => `[U+${found.codePointAt(0).toString(16).toUpperCase()}]`);

const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

// Triangle, diamond, dot, ring, hour-glass: the same drawings as the template's `shape`.
const DRAWINGS = {
  0: ["path", { d: "M3 1.5h10M3 14.5h10M4.5 1.5c0 5 7 8 7 13M11.5 1.5c0 5-7 8-7 13", fill: "none", "stroke-width": 2 }],
  1: ["path", { d: "M8 1.5 15.5 15H.5Z", stroke: "none" }],
  2: ["path", { d: "M8 1.5 14.5 8 8 14.5 1.5 8Z", fill: "none", "stroke-width": 3 }],
  3: ["circle", { cx: 8, cy: 8, r: 6.5, stroke: "none" }],
  4: ["circle", { cx: 8, cy: 8, r: 5.5, fill: "none", "stroke-width": 2.5 }],
};

export function shape(priority) {
  const svg = drawn("svg", { class: "shape", viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" });
  svg.append(drawn(...DRAWINGS[priority]));
  return svg;
}

export const byId = (id) => document.getElementById(id);

// Sets text only where it differs, so that a tick of the clock does not touch what stands still.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setData(element, name, value) {
  const text = String(value);
  if (element.dataset[name] !== text) element.dataset[name] = text;
}
