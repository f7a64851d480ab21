// What a person sees from Send on: the code at once, then whether the report waits or has arrived.

import { Sending } from "./sending.mjs";

export class ReceiptPage {
  #sending;

  /** `on` has shown(), sent() and refused(errors, detail): the page's part when the receipt opens, holds, or must give way. */
  constructor(box, on) {
    this.box = box;
    this.on = on;
    this.#listen();
  }

  /** Whether a report is on its way: nothing else may be sent meanwhile. */
  get busy() {
    return Boolean(this.#sending?.parcel);
  }

  /** Shows the code and sends. `parcel` is {url, key, code, body, since, danger}: `danger` says that somebody may be in danger. */
  deliver(parcel) {
    this.#sending = new Sending(parcel, {
      waiting: () => this.#tell("waiting"),
      sent: (answer) => {
        this.#tell("sent");
        for (const notice of answer.notices ?? []) this.#note(notice.message);
        this.on.sent();
      },
      refused: (errors, detail) => {
        this.box.hidden = true;
        this.on.refused(errors, detail);
      },
    });
    this.box.toggleAttribute("data-in-danger", Boolean(parcel.danger));
    this.#tell("sending");
    this.#show(parcel.code);
    this.#sending.attempt();
  }

  hide() {
    this.box.hidden = true;
  }

  #find(selector) {
    return this.box.querySelector(selector);
  }

  /** Shows which of the receipt's states holds: sending, waiting or sent. */
  #tell(state) {
    for (const part of this.box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
    this.box.dataset.state = state;
  }

  #show(code) {
    this.on.shown();
    this.box.hidden = false;
    this.#find("#receipt-code").textContent = code;
    this.#find("#follow-up-code").value = code;
    this.#find(".slip-ways").hidden = false;
    this.#find("#receipt-title").focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  #note(words) {
    const line = document.createElement("p");
    line.className = "note";
    line.textContent = words;
    this.#find(".notices").append(line);
  }

  #listen() {
    this.#find("#send-again").addEventListener("click", () => this.#sending.attempt());
    this.#find("#print-code").addEventListener("click", () => print());
    const copy = this.#find("#copy-code");
    copy.hidden = !navigator.clipboard;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.#find("#receipt-code").textContent);
      this.#find("[data-copy=before]").hidden = true;
      this.#find("[data-copy=after]").hidden = false;
    });
  }
}
