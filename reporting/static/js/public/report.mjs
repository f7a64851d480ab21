// The public page with scripting: three steps, the place, the sending and the receipt. Without it the same form works plainly.

import { reportFrom } from "./answers.mjs";
import { Place } from "./place.mjs";
import { newKey, newReceiptCode } from "./receipt.mjs";
import { ReceiptPage } from "./receipt_page.mjs";
import { unsent } from "./sending.mjs";
import { Steps } from "./steps.mjs";

const form = document.querySelector("#report");
const problems = document.querySelector("#problems");
const intro = document.querySelector("#intro");
const find = (selector, inside = form) => inside.querySelector(selector);

let steps;
let place;
let receipt;

const chosenTile = () => find("[name=category]:checked");

function summarise() {
  find("#chosen").hidden = false;
  find("[data-chosen=what]").textContent = find(".words", chosenTile().parentElement).firstChild.textContent;
  const where = find("[data-chosen=where]");
  if (!where) return;
  const parts = [place.here ? where.dataset.here.replace("#", place.fix.accuracy_m) : "", find("#place").value.trim() || find("#venue").value.trim()];
  where.textContent = parts.filter(Boolean).join(", ");
}

function shown(id) {
  intro.classList.toggle("unseen", id !== "what");
  if (id === "send" && chosenTile()) summarise();
}

function forward() {
  if (steps.at === "what" && !chosenTile()) return;
  if (steps.at === "where" && !whereKnown()) return;
  steps.go();
}

function whereKnown() {
  const missing = !place.known;
  find("#where-missing").hidden = !missing;
  find("#place").toggleAttribute("aria-invalid", missing);
  if (missing) find("#place").focus();
  return !missing;
}

/** Back to the form, nothing typed lost, each problem named and one tap from its field. */
function refused(errors, detail) {
  form.hidden = false;
  const lines = errors.length ? errors : [{ field: "", message: detail }];
  find("ul", problems).replaceChildren(...lines.map(problemLine));
  problems.hidden = false;
  steps.show(stepOf(lines[0].field)?.id ?? "send", false);
  problems.focus();
}

const fieldOf = (name) =>
  Array.from(form.querySelectorAll("[data-field]")).filter((field) => name.startsWith(field.dataset.field)).pop();
const stepOf = (name) => fieldOf(name)?.closest(".step");

function problemLine({ field, message }) {
  const row = document.createElement("li");
  const link = document.createElement("a");
  link.textContent = message;
  link.href = `#${stepOf(field)?.id ?? "send"}`;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    steps.show(stepOf(field)?.id ?? "send");
    const group = fieldOf(field);
    group?.closest("details")?.setAttribute("open", "");
    group?.querySelector("input, textarea")?.focus();
  });
  row.append(link);
  return row;
}

function send() {
  if (receipt.busy) return;
  if (!chosenTile()) return steps.show("what");
  const now = new Date();
  const code = newReceiptCode();
  const report = { ...reportFrom(form, place?.parts() ?? {}, now), receipt_code: code };
  receipt.deliver({ url: form.dataset.reports, key: newKey(), code, body: JSON.stringify(report), since: now.getTime() });
}

function listen() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (steps.at === "send") send();
    else forward();
  });
  // A finger or a mouse goes straight on; arrow keys only choose, so nobody is carried away by them.
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
  addEventListener("popstate", ({ state }) => {
    if (!state?.step || receipt.busy || state.step === "receipt") return;
    receipt.hide();
    form.hidden = false;
    steps.show(chosenTile() ? state.step : "what");
  });
}

// One strong button at a time: to find the place, and once it is known to go on.
function weigh() {
  find("#where-next").classList.toggle("strong", place.known);
  find("#locate-start").classList.toggle("strong", !place.known);
}

function forget() {
  form.reset();
  if (!place) return;
  place.forget();
  weigh();
}

function located(good) {
  weigh();
  if (good && steps.at === "where") steps.go();
}

function shownReceipt() {
  form.hidden = true;
  problems.hidden = true;
  intro.classList.add("unseen");
}

function sent() {
  history.replaceState({ step: "receipt" }, "", location.pathname + location.search);
  forget();
}

function start() {
  receipt = new ReceiptPage(document.querySelector("#receipt"), { shown: shownReceipt, sent, refused });
  steps = new Steps(form, shown);
  place = find("#where") ? new Place(form, located) : null;
  listen();
  if (place) form.addEventListener("input", weigh);
  const left = unsent();
  if (left) receipt.deliver(left);
}

// After a refused plain submission the server has already said what to correct: leave that page as it is.
if (form && !("plain" in form.dataset)) start();
