// The follow-up page with script: leaves at once, and looks calmly for news while it is open. Without script all of it works.

const LOOK_MS = 20000;
const SLOWEST_MS = 120000;
const ESCAPES = 3;
const ESCAPE_MS = 2000;

const talk = () => document.getElementById("talk");
const codeField = () => document.querySelector("#talk input[name=receipt_code]");

// Leaving: what is on the page goes first, then the page itself is replaced, so that "back" does not return to it.
function leave(link) {
  document.body.hidden = true;
  document.title = " ";
  location.replace(link.href);
}

function watchForLeaving() {
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link);
  });
  let pressed = [];
  addEventListener("keydown", ({ key, timeStamp }) => {
    pressed = key === "Escape" ? [...pressed.filter((at) => timeStamp - at < ESCAPE_MS), timeStamp] : [];
    if (pressed.length >= ESCAPES) leave(link);
  });
  addEventListener("pageshow", ({ persisted }) => persisted && document.body.hidden && location.reload());
}

// The server writes the same line into data-state: see citizen/follow_up.py.
const stateOf = (report) => `${report.status} ${report.messages.length} ${report.question_cards.map(({ id }) => id).join(",")}`;

async function news() {
  const body = JSON.stringify({ receipt_code: codeField().value, page_open: true });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(talk().dataset.news, { method: "POST", body, headers, credentials: "omit" });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return stateOf(await answer.json());
}

// The page again, as a parsed document: never as markup put into this one.
function freshPage() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", talk().dataset.page);
    request.responseType = "document";
    request.onload = () => (request.status === 200 ? resolve(request.response.getElementById("talk")) : reject(new Error("away")));
    request.onerror = () => reject(new Error("away"));
    request.send(new URLSearchParams({ receipt_code: codeField().value }));
  });
}

// What was typed, chosen and opened stays; so does the place where somebody writes.
function carryOver(from, to) {
  for (const field of from.querySelectorAll("textarea[id], input[id]")) {
    const other = to.querySelector(`[id="${field.id}"]`);
    if (!other) continue;
    if (field.type === "file") other.replaceWith(field);
    else if (field.type === "radio" || field.type === "checkbox") other.checked = field.checked;
    else other.value = field.value;
  }
  for (const details of from.querySelectorAll("details[id][open]")) {
    const other = to.querySelector(`[id="${details.id}"]`);
    if (other) other.open = true;
  }
}

async function show() {
  const fresh = document.adoptNode(await freshPage());
  const shown = talk();
  const focused = shown.contains(document.activeElement) ? document.activeElement : null;
  const [start, end] = [focused?.selectionStart, focused?.selectionEnd];
  carryOver(shown, fresh);
  shown.replaceWith(fresh);
  if (focused?.id) {
    const again = document.getElementById(focused.id);
    again?.focus({ preventScroll: true });
    if (start != null) again?.setSelectionRange?.(start, end);
  }
  document.getElementById("news").textContent = fresh.dataset.said;
}

class Watch {
  #pause = LOOK_MS;
  #timer;

  start() {
    this.#later();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.look());
  }

  #later() {
    clearTimeout(this.#timer);
    if (talk()?.dataset.status !== "closed") this.#timer = setTimeout(() => this.look(), this.#pause);
  }

  async look() {
    clearTimeout(this.#timer);
    if (!codeField() || talk().dataset.status === "closed") return;
    try {
      if (document.visibilityState === "visible" && (await news()) !== talk().dataset.state) await show();
      this.#pause = LOOK_MS;
    } catch {
      this.#pause = Math.min(this.#pause * 2, SLOWEST_MS);
    }
    this.#later();
  }
}

document.documentElement.classList.add("scripted");
watchForLeaving();
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
if (talk()) new Watch().start();
