// Keeps the store live: the event stream, its watchdog, and plain polling while the stream is away.
// Stale data never looks live: the header is told how old the last word from the server is.

const QUIET_MS = 6_000; // a tick comes every 4 s
const DEAD_MS = 14_000; // three ticks missed: open the stream anew
const PATIENCE_MS = 1_500;
const POLL_MS = 10_000;
const FIRST_POLL_MS = 3_000;
const RETRY_MS = [2_000, 4_000, 8_000, 15_000];

export class Live {
  #source = null;
  #tries = 0;
  #heard = performance.now();
  #fresh = performance.now();
  #up = false;
  #missed = false;
  #begun = false;
  #polling = false;
  #nextPoll = 0;
  #signedOut = false;
  #settled = () => {};

  // `on`: item(item), unfinished(count), reload() -> Promise, state(name, seconds)
  constructor(address, on) {
    this.address = address;
    this.on = on;
  }

  // Resolves once the stream is open, or will not be soon: what is loaded after that, the stream continues without a gap.
  start() {
    const settled = new Promise((resolve) => (this.#settled = resolve));
    setTimeout(() => this.#giveUp(), PATIENCE_MS);
    this.#open();
    setInterval(() => this.#watch(), 1000);
    addEventListener("online", () => this.#reopen());
    addEventListener("pageshow", (event) => event.persisted && this.#reopen());
    return settled;
  }

  // Loading begins without the stream: when it first opens, everything is loaded once more.
  #giveUp() {
    if (!this.#begun) this.#missed = true;
    this.#settled();
  }

  #open() {
    const source = new EventSource(this.address, { withCredentials: true });
    this.#source = source;
    const hear = (type, act) =>
      source.addEventListener(type, (event) => {
        this.#hear();
        act?.(event.data ? JSON.parse(event.data) : {});
      });
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#failed(source));
    hear("hello");
    hear("tick");
    hear("incident", (item) => this.on.item(item));
    hear("unfinished", ({ count }) => this.on.unfinished(count));
    hear("reset", () => this.reload());
  }

  #hear() {
    this.#heard = this.#fresh = performance.now();
    this.#up = true;
  }

  // A new EventSource knows no Last-Event-ID: what was missed is fetched. A reconnect of the same one is resumed by the server.
  #opened() {
    this.#hear();
    this.#begun = true;
    this.#tries = 0;
    if (this.#missed) this.reload();
    this.#missed = false;
    this.#settled();
    this.#watch();
  }

  #failed(source) {
    if (source !== this.#source) return;
    this.#up = false;
    this.#giveUp();
    if (this.#nextPoll === 0) this.#nextPoll = performance.now() + FIRST_POLL_MS;
    this.#watch();
    if (source.readyState !== EventSource.CLOSED) return;
    this.#missed = true;
    setTimeout(() => source === this.#source && this.#reopen(), RETRY_MS[Math.min(this.#tries++, RETRY_MS.length - 1)]);
  }

  #reopen() {
    this.#source?.close();
    this.#missed = true;
    this.#up = false;
    this.#open();
  }

  // Fetches everything that is open; while the stream is away this is what keeps the queue current.
  async reload() {
    if (this.#polling) return;
    this.#polling = true;
    const began = performance.now();
    try {
      await this.on.reload();
      this.#fresh = performance.now();
      this.#signedOut = false;
    } catch (problem) {
      this.#signedOut = problem.status === 401;
    } finally {
      this.#polling = false;
      // A long queue is not asked for more often than a fifth of the time it takes.
      this.#nextPoll = performance.now() + Math.max(POLL_MS, 5 * (performance.now() - began));
    }
  }

  #watch() {
    const at = performance.now();
    if (this.#up && at - this.#heard > DEAD_MS) this.#reopen();
    // A stream that hangs never fails: after a while of silence the queue is fetched, whatever the connection says.
    if (at - this.#heard > QUIET_MS && this.#nextPoll === 0) this.#nextPoll = at;
    if (this.#up && at - this.#heard <= QUIET_MS) {
      this.#nextPoll = 0;
      return this.on.state("live", 0);
    }
    if (at - this.#heard > QUIET_MS && this.#nextPoll > 0 && at >= this.#nextPoll && navigator.onLine) this.reload();
    const seconds = Math.round((at - this.#fresh) / 1000);
    const name = this.#signedOut ? "signed-out" : !navigator.onLine ? "offline" : this.#up ? "stale" : "reconnecting";
    return this.on.state(name, seconds);
  }
}
