// Offers messages to this phone. Explains first, asks only after a tap, and can be taken back with one.

import { get, keyOf, put, remove, ways, WORDS } from "./push_store.mjs";

const REPORTER = "/api/v1/follow-up/channels";
const PERSON = "/api/v1/channels";
const PATIENCE_MS = 10_000;
const STATES = ["ask", "on", "install", "refused", "failed"];

/** iPhones and iPads have push only in pages that were put on the home screen. */
const needsInstalling = () => !("PushManager" in globalThis) && "standalone" in navigator && !navigator.standalone;
const possible = () => isSecureContext && "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

/** The service worker, which a page of ours has started; one that does not come within a while is trouble like any other. */
const workerReady = () =>
  Promise.race([
    navigator.serviceWorker.ready,
    new Promise((_, reject) => setTimeout(() => reject(new Error("no worker")), PATIENCE_MS)),
  ]);

const bytesOf = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

/** For whom the messages are: the holder of a receipt code, or the person who is signed in here. */
class Receiver {
  constructor({ receiptCode, csrfToken }) {
    this.name = receiptCode ?? "person";
    this.address = receiptCode ? REPORTER : PERSON;
    this.proof = receiptCode ? { receipt_code: receiptCode } : {};
    this.headers = { "Content-Type": "application/json", ...(csrfToken && { "X-CSRF-Token": csrfToken }) };
    this.credentials = receiptCode ? "omit" : "same-origin";
  }

  async post(step, body) {
    const { headers, credentials } = this;
    const asked = { method: "POST", body: JSON.stringify({ ...this.proof, ...body }), headers, credentials };
    const answer = await fetch(this.address + step, asked);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer.json();
  }
}

class Offer {
  /** `element` is the section that parts/channels.html renders, with all its words. */
  constructor(element, receiver) {
    Object.assign(this, { element, receiver });
    element.querySelector("[data-do=choose]").onclick = () => this.#tried(() => this.#choose());
    element.querySelector("[data-do=stop]").onclick = () => this.#tried(() => this.#stop());
  }

  async look() {
    this.key = await keyOf(this.receiver.name);
    if (!possible()) return this.#show(needsInstalling() ? "install" : "");
    if (Notification.permission === "denied") return this.#show("refused");
    const chosen = await get(this.key).catch(() => undefined);
    return this.#show(chosen && Notification.permission === "granted" ? "on" : "ask");
  }

  #show(state) {
    this.element.hidden = !state;
    for (const each of STATES) for (const part of this.element.querySelectorAll(`[data-when~=${each}]`)) part.hidden = true;
    if (state) for (const part of this.element.querySelectorAll(`[data-when~=${state}]`)) part.hidden = false;
  }

  /** One tap, one try: the buttons rest meanwhile, and what went wrong is said. */
  async #tried(step) {
    const buttons = [...this.element.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      await step();
    } catch {
      this.#show("failed");
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  async #choose() {
    if ((await Notification.requestPermission()) !== "granted") {
      return this.#show(Notification.permission === "denied" ? "refused" : "ask");
    }
    const { key: serverKey, language, title, body, dir } = this.element.dataset;
    await put({ key: WORDS, title, body, lang: language, dir });
    const subscription = await this.#subscription(bytesOf(serverKey));
    const { chosen } = await this.receiver.post("", { channel: "push", language, subscription: subscription.toJSON() });
    const { id } = chosen.find(({ now }) => now);
    await put({ key: this.key, id, endpoint: subscription.endpoint, serverKey: bytesOf(serverKey) });
    return this.#show("on");
  }

  /** A subscription for another key of the site, as after a move to a new server, is renewed. */
  async #subscription(applicationServerKey) {
    const { pushManager } = await workerReady();
    const options = { userVisibleOnly: true, applicationServerKey };
    try {
      return await pushManager.subscribe(options);
    } catch (trouble) {
      if (trouble.name !== "InvalidStateError") throw trouble;
      await (await pushManager.getSubscription())?.unsubscribe();
      return pushManager.subscribe(options);
    }
  }

  async #stop() {
    await this.receiver.post("/stop", { channel: "push" });
    await remove(this.key);
    if (!(await ways()).length) {
      const { pushManager } = await workerReady();
      await (await pushManager.getSubscription())?.unsubscribe();
    }
    return this.#show("ask");
  }
}

/**
 * Shows the offer in this section: for the report with `receiptCode`, or for the person who is signed in, with the page's
 * `csrfToken`. Nothing where messages are switched off or this browser has none.
 */
export async function offerPush(element, { receiptCode, csrfToken }) {
  if (!element?.dataset.key || !(receiptCode || csrfToken)) return;
  await new Offer(element, new Receiver({ receiptCode, csrfToken })).look();
}
