// Panes in windows of their own: choosing an incident in a queue or map window opens it where an incident pane is.
import { settings } from "./settings.mjs";

const ANSWER_MS = 200;

export class Windows {
  #channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("control") : null;
  #waiting = 0;

  // `open(id)`: opens an incident in this window's own pane, where it has one.
  constructor(open) {
    this.hasPane = settings.shape === "all" || settings.shape === "only-incident";
    this.#channel?.addEventListener("message", ({ data }) => {
      if (data.open && this.hasPane) {
        this.#channel.postMessage({ opened: data.open });
        open(data.open);
      }
      if (data.opened) clearTimeout(this.#waiting);
    });
  }

  // Asks the other windows; if none has an incident pane, a new window gets it.
  ask(id) {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => globalThis.open(`/control/incidents/${id}`, "incident"), ANSWER_MS);
    this.#channel?.postMessage({ open: id });
  }
}
