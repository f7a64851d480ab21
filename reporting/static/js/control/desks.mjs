// This page shows life: every ten seconds while it is open, also in the background and with the stream cut, and it says when it
// closes. The answer is the room as it is now, drawn into the strip. It stands alone, so that every page of the console has it.
const BEAT_MS = 10_000;
const IDLE_MS = 5 * 60_000;
const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel"];
const METRONOME = new URL("./metronome.mjs", import.meta.url).href;
const CHOSEN = "control.desk";
const CHOSEN_MS = 12 * 60 * 60_000;

const byId = (id) => document.getElementById(id);
const csrf = document.querySelector('meta[name="csrf"]')?.content;
const page = crypto.randomUUID();
let touched = performance.now();
let drawn = "";

// Where somebody sat down by hand; it holds for a shift.
function remembered() {
  try {
    const [desk, since] = (localStorage.getItem(CHOSEN) ?? "").split(" ");
    return Date.now() - Number(since) < CHOSEN_MS ? desk : null;
  } catch {
    return null;
  }
}

function remember(desk) {
  try {
    localStorage.setItem(CHOSEN, `${desk} ${Date.now()}`);
  } catch {
    // Storage can be forbidden by the browser; the roster then says where its person sits.
  }
}

const send = (path, body, options = {}) =>
  fetch(`/api/v1${path}`, {
    method: "POST",
    credentials: "same-origin",
    cache: "no-store",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
    ...options,
  });

async function beat() {
  const idle = performance.now() - touched > IDLE_MS;
  try {
    const answer = await send("/presence", { page, desk: remembered(), idle });
    if (answer.ok) draw(await answer.json());
  } catch {
    // Without a network the header says so; the server notices the silence by itself.
  }
}

// Builds elements from text: names are people's, and never markup.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const said = (text) => h("bdi", { dir: "auto" }, text);
const named = ({ name, you, idle }) => [you ? h("b", {}, "you") : said(name), idle ? " (idle)" : ""];
const listed = (parts, separator) => parts.flatMap((part, index) => (index ? [separator, ...part] : part));

function desk({ name, people }) {
  const who = people.length ? listed(people.map(named), ", ") : [h("span", { "data-nobody": "" }, "nobody")];
  return h("span", {}, said(name), ": ", ...who);
}

function draw(room) {
  const strip = byId("desks-now");
  const now = JSON.stringify(room);
  if (!strip || now === drawn) return;
  drawn = now;
  const supervisors = room.supervisors.length ? [desk({ name: "Supervisor", people: room.supervisors })] : [];
  strip.replaceChildren(...room.desks.map(desk), ...supervisors);
  drawCall(room);
}

function drawCall({ unanswered, call }) {
  const banner = byId("desks-call");
  banner.hidden = unanswered.length === 0;
  if (banner.hidden) return;
  const incidents = unanswered.map(({ id, number, summary }) => [h("a", { href: `/control/?incident=${id}`, title: summary }, number)]);
  const numbers = call.map(({ name, role, number }) => [
    said(name),
    role ? " (" : "",
    role ? said(role) : "",
    role ? ") " : " ",
    h("a", { href: `tel:${number.replaceAll(" ", "")}` }, number),
  ]);
  const whom = numbers.length ? ["Call: ", ...listed(numbers, "; ")] : ["This room has no list of numbers to call."];
  banner.replaceChildren("Nobody has acknowledged ", ...listed(incidents, ", "), ". ", ...whom);
}

// Acknowledging an incident takes it out of the banner at once, not at the next beat.
function renewSoon() {
  if (byId("desks-call")?.hidden ?? true) return;
  clearTimeout(renewSoon.timer);
  renewSoon.timer = setTimeout(beat, 300);
}

function keepTime() {
  try {
    const rules = { createScriptURL: (address) => (address === METRONOME ? address : null) };
    const policy = globalThis.trustedTypes?.createPolicy("app", rules);
    const worker = new Worker(policy ? policy.createScriptURL(METRONOME) : METRONOME, { type: "module" });
    worker.addEventListener("message", beat);
    worker.addEventListener("error", () => setInterval(beat, BEAT_MS), { once: true });
  } catch {
    setInterval(beat, BEAT_MS);
  }
}

function chooseDesks() {
  for (const button of document.querySelectorAll("button[data-sit]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      remember(button.dataset.sit);
      await beat();
      location.reload();
    });
  }
}

if (csrf) {
  for (const touch of TOUCHES) addEventListener(touch, () => (touched = performance.now()), { passive: true });
  addEventListener("pagehide", () => send("/presence/leave", { page }, { keepalive: true }).catch(() => {}));
  addEventListener("pageshow", (event) => event.persisted && beat());
  addEventListener("control:changed", renewSoon);
  addEventListener("online", beat);
  chooseDesks();
  keepTime();
  beat();
}
