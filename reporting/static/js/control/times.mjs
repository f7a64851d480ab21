// Times in words: the same words as reporting/dashboard/words.py, for rows and clocks that move.
import { now, settings } from "./settings.mjs";
import { setData, setText } from "./dom.mjs";

const exactly = new Intl.DateTimeFormat("en-GB", {
  timeZone: settings.zone, day: "numeric", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const hourly = new Intl.DateTimeFormat("en-GB", { timeZone: settings.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });

export const exact = (iso) => exactly.format(new Date(iso));
export const hour = (milliseconds) => hourly.format(new Date(milliseconds));

export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
  if (seconds < 60) return `${seconds} s`;
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
}

export const age = (iso, at = now()) => span(at - Date.parse(iso));

// What is left until `due`, or how late it is; `share` is the part of the allowed time that is used up.
export function clock(due, from, at = now()) {
  const end = Date.parse(due);
  const left = end - at;
  const late = left < 0;
  const seconds = Math.floor(Math.abs(left) / 1000);
  const figure = seconds >= 3600 ? span(seconds * 1000) : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const whole = end - Date.parse(from);
  return { text: `${figure} ${late ? "late" : "left"}`, late, share: whole > 0 ? Math.min(1, Math.max(0, 1 - left / whole)) : 1 };
}

// Draws a clock into `<span class="clock"><span>text</span><span class="clock-bar"></span></span>`.
export function drawClock(element, due, from, at = now()) {
  const { text, late, share } = clock(due, from, at);
  setText(element.firstElementChild, text);
  setData(element, "late", late);
  const bar = element.querySelector(".clock-bar");
  if (bar) bar.style.transform = `scaleX(${(1 - share).toFixed(3)})`;
}

// Renews every relative time and clock of the pages' own markup below `root`.
export function renew(root, at = now()) {
  for (const element of root.querySelectorAll("time[data-ago]")) {
    setText(element, `${age(element.dateTime, at)} ${element.dataset.ago}`.trim());
  }
  for (const element of root.querySelectorAll(".clock[data-due]")) {
    drawClock(element, element.dataset.due, element.dataset.from, at);
  }
}
