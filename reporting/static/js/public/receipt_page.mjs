// What a person sees from Send on: the code at once, then whether the report waits, has arrived, or grew too old.

const SLOW_MS = 3_000;
const FRESH_MS = 600;

export class ReceiptPage {
  #key;
  #slow = false;
  #told;
  #waits = false;
  #stored = false;

  /** `on` has shown(), sent() and refused(parcel): the page's part when the receipt opens, arrives, or must give way. */
  constructor(box, outbox, on) {
    Object.assign(this, { box, outbox, on });
    this.#listen();
    outbox.watch(() => this.#look());
  }

  /** Shows the code, keeps the report and sends it. `parcel` is {url, key, code, body, what, danger, noCamera, fields, where}. */
  async deliver(parcel) {
    this.#open(parcel);
    this.#draw({ ...parcel, state: "waiting" });
    this.#settle();
    const kept = await this.outbox.add(parcel);
    this.#stored = parcel.key === this.#key;
    this.#remember(kept);
    setTimeout(() => parcel.key === this.#key && ((this.#slow = true), this.#look()), SLOW_MS);
    this.outbox.deliver();
  }

  /** Shows the receipt that this entry of the history stood for. False when this phone no longer knows it. */
  async reopen({ key, code, state }) {
    const stored = await this.outbox.get(key).catch(() => undefined);
    const parcel = stored ?? (code && { key, code, state, volatile: true });
    if (!parcel || parcel.state === "refused") return false;
    this.#open(parcel);
    this.#stored = Boolean(stored);
    this.#slow = true;
    this.#remember(parcel);
    this.#draw(parcel);
    return true;
  }

  hide() {
    this.box.hidden = true;
    this.#key = undefined;
  }

  #find(selector) {
    return this.box.querySelector(selector);
  }

  #open({ key, danger, noCamera }) {
    this.#key = key;
    this.box.toggleAttribute("data-in-danger", Boolean(danger));
    if (noCamera) this.box.dataset.noCamera = noCamera;
    else delete this.box.dataset.noCamera;
    this.#slow = !navigator.onLine;
    this.#told = undefined;
    this.#stored = false;
    this.on.shown();
    this.box.hidden = false;
    this.#find(".notices").replaceChildren();
    this.#find("#receipt-title").focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  async #look() {
    const key = this.#key;
    if (!key || !this.#stored) return;
    try {
      const parcel = (await this.outbox.get(key)) ?? { key, code: "", state: "gone" };
      if (key === this.#key) this.#draw(parcel);
    } catch {
      // The storage is in trouble, or of a newer release in another tab: what is on the screen stays.
    }
  }

  // The second tap of a quick finger must not hit what has just come up under it.
  #settle() {
    this.box.dataset.fresh = "";
    setTimeout(() => delete this.box.dataset.fresh, FRESH_MS);
  }

  #draw(parcel) {
    const { code, answer, volatile, danger } = parcel;
    const state = parcel.state === "waiting" && !parcel.tried && !this.#slow ? "sending" : parcel.state;
    this.#waits = volatile && parcel.state === "waiting";
    if (state === "refused") {
      this.hide();
      return this.on.refused(parcel);
    }
    this.box.dataset.state = state;
    for (const part of this.box.querySelectorAll("[data-when]:not([data-push] *)")) {
      part.hidden = !part.dataset.when.split(" ").includes(state) || ("dangerOnly" in part.dataset && !danger);
    }
    for (const part of this.box.querySelectorAll("[data-stored]")) part.hidden = (part.dataset.stored === "no") !== Boolean(volatile);
    this.#code(code);
    if (state === "sent" && this.#told !== state) this.#arrived(parcel, answer);
    this.#told = state;
  }

  #arrived(parcel, answer) {
    this.#remember(parcel);
    const box = this.#find(".notices");
    box.replaceChildren(...(answer?.notices ?? []).map(({ code, message }) => note(box.dataset[code] ?? message)));
    this.on.sent(parcel);
  }

  // Reload and Back find the receipt again by this; where nothing can be stored, the entry of the history keeps the code itself.
  #remember({ key, code, state, volatile }) {
    if (key !== this.#key) return;
    history.replaceState({ step: "receipt", key, ...(volatile && { code, state }) }, "", location.pathname + location.search);
  }

  #code(code) {
    if (this.#find("#receipt-code").textContent === code) return;
    this.#find("#receipt-code").textContent = code;
    this.#find("#follow-up-code").value = code;
    this.#find(".slip-ways").hidden = false;
    this.#find("[data-copy=before]").hidden = false;
    this.#find("[data-copy=after]").hidden = true;
    const file = new Blob([`${code}\n${this.#address()}\n`], { type: "text/plain" });
    URL.revokeObjectURL(this.#find("#save-code").href);
    this.#find("#save-code").href = URL.createObjectURL(file);
  }

  #address() {
    return new URL(this.#find("#follow-up-code").form.action, location.href).href;
  }

  #listen() {
    addEventListener("beforeunload", (event) => this.#waits && event.preventDefault());
    this.#find("#send-again").addEventListener("click", () => this.outbox.deliver());
    this.#find("#print-code").addEventListener("click", () => print());
    const copy = this.#find("#copy-code");
    copy.hidden = !navigator.clipboard;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.#find("#receipt-code").textContent);
      this.#find("[data-copy=before]").hidden = true;
      this.#find("[data-copy=after]").hidden = false;
    });
    const share = this.#find("#share-code");
    share.hidden = !navigator.share;
    share.addEventListener("click", () => {
      // Closing the sheet of the phone is an answer too.
      navigator.share({ text: this.#find("#receipt-code").textContent, url: this.#address() }).catch(() => {});
    });
  }
}

function note(words) {
  const line = document.createElement("p");
  line.className = "note";
  line.textContent = words;
  return line;
}

/** Writes the fields of a refused report back into its form. */
export function restore(form, fields) {
  for (const [name, value] of fields) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (!["radio", "checkbox"].includes(field.type)) field.value = value;
      else if (field.value === value) field.checked = true;
      if (field.checked || value === field.value) field.closest("details")?.setAttribute("open", "");
    }
  }
}
