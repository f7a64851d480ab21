// Sends one report until the server has it: the same key and the same words every time, so that a retry is harmless.

const KEPT_AS = "unsent-report";
const OLDEST_MS = 24 * 60 * 60 * 1000;
const TIMEOUT_MS = 15000;
const PAUSES_S = [2, 4, 8, 16, 30];
const REFUSED = [400, 413, 415, 422];

/** A report that was not delivered before the page was reloaded, or null. Older than a day it is worth nothing. */
export function unsent(now = Date.now()) {
  try {
    const parcel = JSON.parse(sessionStorage.getItem(KEPT_AS));
    return parcel && now - parcel.since < OLDEST_MS ? parcel : null;
  } catch {
    return null;
  }
}

function keep(parcel) {
  try {
    if (parcel) sessionStorage.setItem(KEPT_AS, JSON.stringify(parcel));
    else sessionStorage.removeItem(KEPT_AS);
  } catch {
    // A browser that stores nothing still sends: the page itself holds the report.
  }
}

export class Sending {
  #busy = false;
  #tries = 0;
  #timer;

  /** `on` has sent(answer), waiting() and refused(problems); `parcel` is {url, key, code, body, since}. */
  constructor(parcel, on) {
    this.parcel = parcel;
    this.on = on;
    keep(parcel);
    this.wake = () => document.visibilityState === "visible" && this.attempt();
    this.warn = (event) => event.preventDefault();
    for (const event of ["online", "pageshow", "focus"]) addEventListener(event, this.wake);
    document.addEventListener("visibilitychange", this.wake);
    addEventListener("beforeunload", this.warn);
  }

  async attempt() {
    if (this.#busy || !this.parcel) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    try {
      await this.#post();
    } finally {
      this.#busy = false;
    }
  }

  async #post() {
    const { url, key, body } = this.parcel;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), TIMEOUT_MS);
    let answer;
    let response;
    try {
      const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
      response = await fetch(url, { method: "POST", headers, body, credentials: "omit", signal: limit.signal });
      answer = await response.json();
    } catch {
      // No network, no answer in time, or something on the way answered for the server: try again.
      return this.#wait();
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return this.#done(() => this.on.sent(answer));
    if (REFUSED.includes(response.status)) return this.#done(() => this.on.refused(answer.errors ?? [], answer.detail ?? ""));
    return this.#wait(Number(response.headers.get("Retry-After")));
  }

  #wait(seconds = 0) {
    const pause = Math.max(seconds || 0, PAUSES_S[Math.min(this.#tries, PAUSES_S.length - 1)]);
    this.#tries += 1;
    this.#timer = setTimeout(() => this.attempt(), pause * 1000);
    this.on.waiting();
  }

  #done(tell) {
    this.parcel = null;
    keep(null);
    for (const event of ["online", "pageshow", "focus"]) removeEventListener(event, this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    removeEventListener("beforeunload", this.warn);
    tell();
  }
}
