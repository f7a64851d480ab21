// Incidents as pictures for the map: one shape for each priority, and rings for clusters, split by priority.
// Drawn on a canvas in the page's colours, because the map's style loads nothing from elsewhere.

const SCALE = 2;
const SHARES = ["p1", "p2", "p3", "p4"];

const PAINT = {
  dark: { 1: "#e5564c", 2: "#ffc400", 3: "#5bb0f5", 4: "#94a3b3", casing: "#0b0f14", ink: "#ffffff", plate: "#11161d" },
  light: { 1: "#b3261e", 2: "#b97f00", 3: "#1768aa", 4: "#5b6876", casing: "#ffffff", ink: "#151d26", plate: "#ffffff" },
};

function canvas(size) {
  const element = document.createElement("canvas");
  element.width = element.height = size * SCALE;
  const pen = element.getContext("2d", { willReadFrequently: true });
  pen.scale(SCALE, SCALE);
  pen.lineJoin = "round";
  return pen;
}

const picture = (pen) => pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);

function polygon(pen, points) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.closePath();
}

function circle(pen, at, radius) {
  pen.beginPath();
  pen.arc(at, at, radius, 0, 2 * Math.PI);
}

// Outline of each priority's shape in a box of 32; what is loud is larger.
const OUTLINES = {
  1: (pen, loud) => polygon(pen, loud ? [[16, 4], [28.5, 26], [3.5, 26]] : [[16, 7], [26, 24], [6, 24]]),
  2: (pen) => polygon(pen, [[16, 7], [25, 16], [16, 25], [7, 16]]),
  3: (pen) => circle(pen, 16, 6),
  4: (pen) => circle(pen, 16, 5.5),
};

// `fresh`: nobody has acknowledged it yet; then the shape is filled, else it is an outline.
export function mark(theme, priority, fresh) {
  const paint = PAINT[theme];
  const pen = canvas(32);
  OUTLINES[priority](pen, fresh);
  pen.strokeStyle = paint.casing;
  pen.lineWidth = priority === 2 ? 8 : 6;
  pen.stroke();
  pen.fillStyle = fresh && priority !== 4 ? paint[priority] : paint.plate;
  pen.fill();
  pen.strokeStyle = priority === 1 && fresh ? paint.ink : paint[priority];
  pen.lineWidth = priority === 1 && fresh ? 1.5 : 3;
  pen.stroke();
  return picture(pen);
}

// `name` is `ring-A-B-C-D`: how many of each priority the cluster holds.
export function ring(theme, name) {
  const counts = name.split("-").slice(1).map(Number);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const paint = PAINT[theme];
  const radius = total < 10 ? 13 : total < 100 ? 16 : 20;
  const size = 2 * radius + 8;
  const pen = canvas(size);
  circle(pen, size / 2, radius + 3);
  pen.fillStyle = paint.casing;
  pen.fill();
  let from = -Math.PI / 2;
  counts.forEach((count, index) => {
    if (!count) return;
    const to = from + (2 * Math.PI * count) / total;
    pen.beginPath();
    pen.arc(size / 2, size / 2, radius, from, to);
    pen.strokeStyle = paint[index + 1];
    pen.lineWidth = 4;
    pen.stroke();
    from = to;
  });
  pen.fillStyle = paint.ink;
  pen.font = `600 ${total < 100 ? 13 : 12}px Inter, system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(total < 1000 ? String(total) : `${Math.floor(total / 1000)}k`, size / 2, size / 2 + 0.5);
  return picture(pen);
}

export const RATIO = SCALE;

// What a cluster counts of its members, and the name of its picture.
export const clusterCounts = Object.fromEntries(
  SHARES.map((name, index) => [name, ["+", ["case", ["==", ["get", "priority"], index + 1], 1, 0]]]),
);
export const clusterPicture = ["concat", "ring", ...SHARES.flatMap((name) => ["-", ["to-string", ["get", name]]])];
export const markPicture = ["concat", "mark-", ["to-string", ["get", "priority"]], "-", ["case", ["get", "fresh"], "new", "seen"]];
