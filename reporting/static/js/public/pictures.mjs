// Pictures for a report that has arrived: taken or chosen, made small on this phone, kept until they are sent. The report never
// waits for them. `offerPictures` shows the offer; `sendKept` goes on with what an earlier visit left.

import { cancel, sendPicture } from "./picture_sending.mjs";
import { PictureStore } from "./picture_store.mjs";
import { Unreadable, shrink } from "./shrinking.mjs";

const MOST = 3;
const NUMBERS = [1, 2, 3];
const PAUSES_S = [2, 4, 8, 16, 30];
const STYLE = new URL("../../css/pictures.css", import.meta.url).href;

const store = new PictureStore();
const watchers = new Set();
const progress = new Map();
let onItsWay = null;
let busy = false;
let tries = 0;
let timer;

/** Shows the offer in `element`, once. Nothing is offered where the answers keep cameras away (`data-no-camera`). */
export async function offerPictures(element, { reportId, receiptCode }) {
  if (element.closest("[data-no-camera]") || element.dataset.report === reportId) return;
  element.dataset.report = reportId;
  const parts = await words(element.dataset.words ?? "/follow-up/pictures");
  if (!parts || element.dataset.report !== reportId) return;
  if (!document.querySelector(`link[href="${STYLE}"]`)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE }));
  }
  element.replaceChildren(parts.offer);
  new Offer(element, parts.row, { reportId, code: receiptCode });
  element.hidden = false;
  sendKept();
}

/** Sends what is kept on this phone; tries again by itself until it is gone or a day old. Returns when this round is over. */
export async function sendKept() {
  if (busy) return;
  busy = true;
  clearTimeout(timer);
  try {
    const left = await alone(sendAll);
    if (left) {
      timer = setTimeout(sendKept, 1000 * Math.max(left, PAUSES_S[Math.min(tries, PAUSES_S.length - 1)]));
      tries += 1;
    } else tries = 0;
  } finally {
    busy = false;
  }
}

for (const event of ["online", "pageshow", "focus"]) addEventListener(event, () => sendKept());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendKept());

// The words of the offer are a page of their own: nobody pays for them who has no picture.
async function words(address) {
  const language = new URLSearchParams(location.search).get("lang");
  const page = await new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("GET", language ? `${address}?lang=${encodeURIComponent(language)}` : address);
    request.responseType = "document";
    request.onloadend = () => resolve(request.status === 200 ? request.response : null);
    request.send();
  });
  const [offer, row] = ["#picture-offer", "#picture-row"].map((name) => page?.querySelector(name));
  return offer && row ? { offer: document.importNode(offer.content, true), row: row.content } : null;
}

// One sender at a time on this phone, in whichever tab; without locks the server takes a second sending for the same one.
const alone = (work) =>
  navigator.locks ? navigator.locks.request("pictures", { ifAvailable: true }, (lock) => (lock ? work() : 1)) : work();

/** Returns the seconds to wait before another round, 0 when nothing is left. */
async function sendAll() {
  let wait = 0;
  for (const record of await store.all()) {
    if (record.state !== "waiting") continue;
    const found = await send(record);
    if (found.state === "waiting" || found.state === "elsewhere") wait = Math.max(wait, found.seconds ?? 0, 1);
    if (await isKept(record)) await settle(record, found);
    progress.delete(record.key);
    onItsWay = null;
    tell();
  }
  return wait;
}

// Another picture at the same number is another record.
const isKept = async ({ key, since }) => (await store.all()).some((record) => record.key === key && record.since === since);

// What is still to be sent remembers that it was begun, how far it came, and how often it broke off.
async function settle(record, { state, n, at = 0 }) {
  if (state === "removed") return;
  if (state === "waiting") return store.put({ ...record, begun: true, at, breaks: (record.breaks ?? 0) + 1 });
  if (state === "elsewhere") {
    await store.remove(record);
    return store.put({ ...record, n, begun: false, at: 0, breaks: 0 });
  }
  return store.put({ ...record, state, blob: null });
}

async function send(record) {
  onItsWay = record.key;
  const told = (bytes) => {
    progress.set(record.key, shareOf(record, bytes));
    tell();
  };
  told(record.at ?? 0);
  if (!record.begun && (await isKept(record))) await store.put({ ...record, begun: true });
  const found = await sendPicture(record, { told, wanted: () => isKept(record) });
  return found.state === "taken" ? elsewhere(record) : found;
}

const shareOf = ({ blob }, bytes) => Math.min(100, Math.round((100 * bytes) / blob.size));

// The number has another picture already, sent from elsewhere: the next free one is tried in the next round.
async function elsewhere(record) {
  const used = (await store.of(record.reportId)).map(({ n }) => n);
  const n = NUMBERS.find((number) => number > record.n && !used.includes(number));
  return n ? { state: "elsewhere", n } : { state: "gone" };
}

const tell = () => watchers.forEach((watcher) => watcher());

class Offer {
  #pictures = new Map();
  #shown = new Map();
  #turn = Promise.resolve();

  constructor(element, row, about) {
    Object.assign(this, { element, row, about });
    this.list = this.#find(".picture-list");
    for (const input of element.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => {
        const files = [...input.files];
        input.value = "";
        this.#turn = this.#turn.then(() => this.#add(files));
      });
    }
    watchers.add(() => this.#draw());
    this.#draw();
  }

  #find(selector) {
    return this.element.querySelector(selector);
  }

  #complain(name) {
    const line = this.#find("[data-words]");
    line.hidden = !name;
    line.textContent = name ? line.dataset[name] : "";
  }

  async #add(files) {
    this.#complain("");
    for (const file of files) {
      const used = (await store.of(this.about.reportId)).filter(({ state }) => state !== "refused").map(({ n }) => n);
      const n = NUMBERS.find((number) => !used.includes(number));
      if (!n) return this.#complain("too_many");
      try {
        const blob = await shrink(file);
        await store.put({ ...this.about, n, blob, state: "waiting", since: Date.now() });
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        this.#complain("unreadable");
      }
      await this.#draw();
    }
    sendKept();
  }

  async #draw() {
    const records = await store.of(this.about.reportId);
    const there = new Set(records.map(({ n }) => n));
    for (const [n, line] of this.#shown) {
      if (there.has(n)) continue;
      line.remove();
      this.#shown.delete(n);
      this.#pictures.delete(n);
    }
    for (const record of records) this.#line(record);
    const full = records.filter(({ state }) => state !== "refused").length >= MOST;
    this.#find(".picture-ways").hidden = this.#find("[data-when=ways]").hidden = full;
    this.#find("[data-when=full]").hidden = !full;
    this.#find("[data-when=volatile]").hidden = !store.volatile;
  }

  #line(record) {
    const line = this.#shown.get(record.n) ?? this.#newLine(record.n);
    const image = line.querySelector("img");
    if (record.blob && this.#pictures.get(record.n) !== record.since) {
      this.#pictures.set(record.n, record.since);
      URL.revokeObjectURL(image.src);
      image.src = URL.createObjectURL(record.blob);
    }
    image.hidden = !image.getAttribute("src");
    const share = progress.get(record.key) ?? (record.blob ? shareOf(record, record.at ?? 0) : 0);
    const sending = record.state === "waiting" && onItsWay === record.key;
    const begun = record.state === "waiting" && share > 0;
    const text = line.querySelector(".picture-state");
    const said = text.dataset[sending ? "sending" : begun ? "begun" : record.state];
    if (text.textContent !== said) {
      text.textContent = said;
      if (!sending) this.#find("[data-status]").textContent = `${image.alt}: ${said}`;
    }
    const bar = line.querySelector("progress");
    bar.hidden = !sending && !begun;
    bar.value = share;
    bar.setAttribute("aria-label", `${image.alt}: ${said}`);
    line.dataset.state = record.state;
    line.querySelector("button").hidden = record.state === "sent";
  }

  #newLine(n) {
    const line = document.importNode(this.row, true).firstElementChild;
    const button = line.querySelector("button");
    line.querySelector("img").alt = button.dataset.name.replace("#", n);
    button.setAttribute("aria-label", button.dataset.label.replace("#", n));
    button.addEventListener("click", () => this.#remove(n));
    const next = [...this.#shown].find(([other]) => other > n)?.[1];
    this.list.insertBefore(line, next ?? null);
    this.#shown.set(n, line);
    return line;
  }

  async #remove(n) {
    const record = (await store.of(this.about.reportId)).find((one) => one.n === n);
    if (record) await store.remove(record);
    progress.delete(record?.key);
    await this.#draw();
    this.#complain("");
    this.#find("input[type=file]").focus();
    if (record?.state === "waiting") await cancel(record);
  }
}
