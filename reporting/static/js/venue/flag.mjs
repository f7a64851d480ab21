// The flag form with scripting: a report goes into the outbox first, with the pass of this device beside it, and out when it can.
// Without scripting the same form is posted plainly.

import { reportFrom } from "../public/answers.mjs";
import { Outbox } from "../public/outbox.mjs";
import { newKey, newReceiptCode } from "../public/receipt.mjs";
import { worded } from "../public/refusals.mjs";
import { keepOnPhone } from "../public/shell.mjs";

const RENEW_MS = 12 * 60 * 60 * 1000;
const SHOWN_MS = 10 * 60 * 1000;
const KEPT_AS = "venue";
const page = document.querySelector(".venue");
const form = document.querySelector("#flag");
const list = document.querySelector("#outgoing");
const outbox = new Outbox("venue");

const find = (selector, inside = form) => inside.querySelector(selector);
const chosen = () => find("[name=category]:checked");
const told = new Set();
let renewed = Date.now();

/** What this device knows of its house, from its last visit with a network; nothing of anybody. */
function known() {
  try {
    return JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
  } catch {
    return {};
  }
}

function keep(house) {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(house));
  } catch {
    // A browser that stores nothing still flags while the page is open.
  }
}

function options(places, place) {
  const select = find("#venue");
  const whole = select.dataset.whole;
  select.replaceChildren(...places.map(([code, label]) => new Option(label || whole, code, false, code === place)));
  select.disabled = places.length === 0;
  find("#where").hidden = places.length < 2;
}

/** The page that opens without a network takes its place from what was kept. */
function furnish() {
  const { house = "", places = [], place = "", pass = "" } = known();
  form.dataset.pass = pass;
  options(places, place);
  const name = document.querySelector("#house");
  name.hidden = !house;
  find("span", name).textContent = house;
  document.querySelector("#unknown").hidden = places.length > 0;
  if (places.length) find(".more").open = false;
}

async function renew() {
  try {
    const response = await fetch(form.dataset.renew, { headers: { Accept: "application/json" } });
    if (!response.ok || response.redirected) return;
    const house = await response.json();
    renewed = Date.now();
    form.dataset.pass = house.pass;
    keep(house);
  } catch {
    // Without a network the pass of before is good for some days.
  }
}

function missing() {
  find("#what-missing").hidden = Boolean(chosen());
  if (!chosen()) find("[name=category]").focus();
  return !chosen();
}

/** The questions that belong to what was chosen. */
function asked() {
  const category = chosen().value;
  return Array.from(form.querySelectorAll("[data-kind]")).filter((group) => group.dataset.for.split(" ").includes(category));
}

function parcelOf(now) {
  const code = newReceiptCode();
  const report = { ...reportFrom(form, asked(), {}, now), receipt_code: code };
  const why = find("#why_unusual").value.trim();
  if (why) report.why_unusual = why;
  return {
    url: form.dataset.reports,
    key: newKey(),
    code,
    body: JSON.stringify(report),
    headers: form.dataset.pass ? { "Staff-Pass": form.dataset.pass } : {},
    words: find(".words", chosen().parentElement).firstChild.textContent,
    apart: Boolean(report.about_staff),
    danger: Boolean(find("[data-danger]:checked")),
  };
}

/** What cannot be put into a parcel goes the plain way: the server says what is wrong. */
function parcelOrPlain() {
  try {
    return parcelOf(new Date());
  } catch {
    form.submit();
    return null;
  }
}

async function send() {
  const parcel = missing() ? null : parcelOrPlain();
  if (!parcel) return;
  told.add(parcel.key);
  form.reset();
  await outbox.add(parcel);
  document.querySelector(".note.sent")?.remove();
  await draw();
  list.scrollIntoView({ block: "nearest" });
  outbox.deliver();
}

const stateOf = (parcel) => (parcel.state === "waiting" ? (parcel.tried ? (parcel.volatile ? "volatile" : "waiting") : "sending") : parcel.state);

function line(parcel) {
  const row = document.querySelector("#outgoing-line").content.firstElementChild.cloneNode(true);
  row.dataset.key = parcel.key;
  find("[data-part=what]", row).textContent = parcel.words ?? "";
  return row;
}

function refused({ errors, detail }) {
  const { field, message } = errors?.[0] ?? { message: detail };
  return message ? worded(document.querySelector("#problems"), field, message) : "";
}

function fill(row, parcel) {
  const state = stateOf(parcel);
  if (row.dataset.state === state) return;
  row.dataset.state = state;
  row.toggleAttribute("data-danger", Boolean(parcel.danger));
  row.toggleAttribute("data-apart", Boolean(parcel.apart && state === "sent"));
  find("[data-part=code]", row).textContent = parcel.apart ? parcel.code : "";
  const reference = find("[data-part=reference]", row);
  reference.textContent = parcel.answer ? reference.dataset.words.replace("#", parcel.answer.reference) : "";
  find("[data-part=why]", row).textContent = refused(parcel);
}

// A line that is over goes with the next visit: the device may be everybody's.
async function draw() {
  const parcels = await outbox.all();
  const rows = parcels.map((parcel) => {
    const row = list.querySelector(`[data-key="${parcel.key}"]`) ?? line(parcel);
    fill(row, parcel);
    return row;
  });
  const gone = Array.from(list.children).filter((row) => !rows.includes(row));
  for (const row of gone) row.remove();
  rows.forEach((row, place) => list.children[place] !== row && list.insertBefore(row, list.children[place] ?? null));
  list.hidden = rows.length === 0;
  const own = document.querySelector(".own:has([data-none])");
  if (own) own.hidden = rows.length > 0;
}

async function clear() {
  for (const parcel of await outbox.all()) {
    const over = parcel.state === "sent" && (!told.has(parcel.key) || Date.now() - parcel.since > SHOWN_MS);
    if (over) await outbox.remove(parcel.key);
  }
}

/** Lets the worker keep the form that opens without a network, and this page's files with it. */
async function keepForm(address) {
  const worker = await navigator.serviceWorker?.getRegistration("/");
  const files = performance.getEntriesByType("resource").map(({ name }) => name);
  worker?.active?.postMessage({ page: address, files });
}

async function start() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("change", ({ target }) => {
    find("#what-missing").hidden ||= Boolean(chosen());
    if (target.name === "category") find(".now").scrollIntoView({ block: "nearest" });
  });
  outbox.watch(draw);
  outbox.start();
  if ("kept" in page.dataset) furnish();
  else await renew();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - renewed > RENEW_MS) renew();
  });
  await clear();
  await draw();
  await keepOnPhone();
  if (page.dataset.shell) keepForm(page.dataset.shell);
}

// After a refused plain submission the server has already said what to correct: leave that page as it is.
if (form && !("plain" in form.dataset)) start();
