// The public page with scripting: what, where, send. Follow-up questions wait beside Send, one at a time. Without scripting the
// same form works plainly.

import { reportFrom } from "./answers.mjs";
import { counted } from "./counted.mjs";
import { Deck } from "./deck.mjs";
import { Place } from "./place.mjs";
import { Posting } from "./posting.mjs";
import { Steps } from "./steps.mjs";

const form = document.querySelector("#report");
const intro = document.querySelector("#intro");
const find = (selector, inside = form) => inside.querySelector(selector);

let steps;
let deck;
let place;
let room;
let posting;
let refusals;
let looks;
let askedForAct = false;

const chosenTile = () => find("[name=category]:checked");
const aboutPeople = (category) => category === "suspicious_behaviour";

/** The chosen tile and place in words, on the last step. */
function summarise() {
  find("#chosen").hidden = false;
  find("[data-chosen=what]").textContent = find(".words", chosenTile().parentElement).firstChild.textContent;
  const line = find("[data-chosen=where]");
  if (!line) return;
  const { here, looking, pin } = place;
  const phone = here ? counted(line.dataset.here, here.accuracy_m) : looking ? line.dataset.looking : "";
  const words = find("#place").value.trim() || find("#venue").value.trim();
  line.textContent = [phone, words || (pin ? line.dataset.pin : "")].filter(Boolean).join(", ");
}

function shown(id) {
  intro.classList.toggle("unseen", id !== "what");
  if (id === "where") place?.begin();
  if (id !== "what") posting?.prepare();
  if (id !== "send" || !chosenTile()) return;
  summarise();
  deck.open(chosenTile().value);
  heed();
  askRoom();
}

/** Which answers keep people and cameras away: shown by the style sheet, heeded by what offers pictures. */
function heed() {
  const category = chosenTile()?.value;
  const chosen = (mark) => deck.questions.some((group) => find(`[${mark}]:checked`, group));
  const why = chosen("data-keep-away") ? "item" : chosen("data-danger") ? "danger" : aboutPeople(category) ? "people" : "";
  for (const box of [form, document.querySelector("#receipt")]) {
    if (why) box.dataset.noCamera = why;
    else delete box.dataset.noCamera;
  }
  form.toggleAttribute("data-in-danger", chosen("data-danger"));
}

// What is not needed to send comes when it is wanted, and its absence stops nobody.
async function askRoom() {
  const { location } = place?.parts() ?? {};
  const venue = find("[name=venue]").value.trim();
  const about = { category: chosenTile().value, about_staff: find("#about_staff").checked };
  try {
    const { Room } = await import("./room.mjs");
    room ??= new Room(form);
  } catch {
    return;
  }
  room.ask({ ...about, ...(location && { location }), ...(venue && { venue }) });
}

function forward() {
  if (steps.at === "what" && !chosenTile()) return;
  if (steps.at === "where" && !whereKnown()) return;
  steps.go();
}

function whereKnown() {
  const missing = !place.known && !place.looking;
  if (missing) askPlace();
  else find("#where-missing").hidden = true;
  return !missing;
}

function askPlace() {
  find("#where-missing").hidden = false;
  find("#place").setAttribute("aria-invalid", "true");
  place.elsewhere(false);
  find("#place").focus();
}

/** One friendly question back, once, where a text only tells how somebody looks and no act was chosen. */
function wantsAct() {
  const category = chosenTile().value;
  const acts = form.querySelectorAll('[data-field="behaviours"] input:checked').length;
  if (askedForAct || acts || category !== "suspicious_behaviour") return false;
  const texts = [find("#description"), ...deck.questions.map((group) => find("textarea", group))];
  if (!looks?.onlyLooks(texts.map((each) => each?.value ?? "").join(" "))) return false;
  askedForAct = true;
  find("#act-first").hidden = false;
  deck.reveal(deck.all.find((group) => group.dataset.field === "behaviours"));
  find("#act-first").scrollIntoView({ block: "center" });
  return true;
}

function send() {
  if (form.hidden) return;
  if (!chosenTile()) return steps.show("what");
  if (find("#where") && !place.known && !posting.knowsPlace) {
    steps.show("where");
    return askPlace();
  }
  if (wantsAct()) return;
  const report = reportFrom(form, deck.questions, place?.parts() ?? {}, new Date());
  const what = find(".words", chosenTile().parentElement).firstChild.textContent.trim();
  posting.send(report, { what, danger: "inDanger" in form.dataset });
}

async function refused(errors, detail) {
  form.hidden = false;
  const { Refusals } = await import("./refusals.mjs");
  refusals ??= new Refusals(form, steps, deck);
  refusals.show(errors, detail);
}

async function writing({ target }) {
  if (looks || !target.matches("textarea")) return;
  try {
    looks = await import("./looks.mjs");
    await looks.learn(find("#act-first").dataset.looks);
  } catch {
    // Without a connection nobody is asked back.
  }
}

// A finger or a mouse goes straight on; arrow keys only choose, so nobody is carried away by them.
function listen() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (steps.at === "send") send();
    else forward();
  });
  let pointed = false;
  form.addEventListener("pointerdown", () => (pointed = true));
  form.addEventListener("keydown", () => (pointed = false));
  form.addEventListener("click", ({ target }) => {
    if (target.name === "category" && pointed) forward();
    if (target.closest("[data-next]")) forward();
    if (target.closest("[data-back]")) steps.back();
    const goal = target.closest("[data-goto]");
    if (goal) steps.go(goal.dataset.goto);
  });
  find("#about_staff").addEventListener("change", askRoom);
  form.addEventListener("input", writing);
  addEventListener("popstate", async ({ state }) => {
    if (!state?.step || (await posting.resume(state))) return;
    if (form.hidden) clear();
    posting.hide();
    form.hidden = false;
    steps.show(chosenTile() ? state.step : "what");
  });
}

// One strong button at a time: the phone's own place, or going on once there is another one.
function weigh() {
  find("#place").removeAttribute("aria-invalid");
  const other = Boolean(place.pin || find("#place").value.trim() || find("#venue").value.trim());
  find("#where-next").classList.toggle("strong", other);
  find("#here").classList.toggle("strong", !other);
}

function changed() {
  weigh();
  if (steps.at === "send" && chosenTile()) {
    summarise();
    askRoom();
  }
}

function clear() {
  form.reset();
  askedForAct = false;
  find("#act-first").hidden = true;
  place?.forget();
  if (place) weigh();
}

function shownReceipt() {
  form.hidden = true;
  refusals?.hide();
  intro.classList.add("unseen");
}

function forgotten() {
  clear();
  form.hidden = false;
  steps.show("what", false);
}

function start() {
  const before = history.state;
  deck = new Deck(form, heed);
  place = find("#where") ? new Place(form, { changed: () => steps && changed(), settled: () => steps.at === "where" && steps.go() }) : null;
  steps = new Steps(form, shown);
  listen();
  if (place) form.addEventListener("input", weigh);
  posting = new Posting(form, { shown: shownReceipt, sent: clear, refused, forgotten });
  posting.restart(before);
}

// After a refused plain submission the server has already said what to correct: leave that page as it is.
if (form && !("plain" in form.dataset)) start();
