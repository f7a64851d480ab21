// The last step, shown for some seconds: what was done, how to take it back, and a line for its reason. It never takes the focus.
import { byId, h, said } from "./dom.mjs";

const SHOWN_MS = 10_000;

export class Toast {
  #leaving = 0;
  #undo = null;
  #reason = null;
  #came = null;

  constructor() {
    this.element = byId("toast");
    this.element.addEventListener("focusin", () => clearTimeout(this.#leaving));
    this.element.addEventListener("focusout", () => this.#leaveSoon());
    this.element.addEventListener("keydown", (event) => this.#pressed(event));
  }

  // `undo()` takes the step back; `reason(text)` keeps why it was done and resolves when it is kept.
  show(text, { undo = null, reason = null } = {}) {
    this.#undo = undo;
    this.#reason = reason;
    const parts = [h("p", { role: "status" }, said(text))];
    if (reason) parts.push(this.#form());
    if (undo) parts.push(this.#button("Undo", "Z", () => this.undo()));
    this.element.replaceChildren(...parts);
    this.element.hidden = false;
    this.#leaveSoon();
  }

  // Whether there was something to take back.
  undo() {
    const undo = this.#undo;
    if (!undo || this.element.hidden) return false;
    this.hide();
    undo();
    return true;
  }

  // Moves to the line for the reason; whether there is one.
  giveReason() {
    if (!this.#reason || this.element.hidden) return false;
    this.#came = document.activeElement;
    this.element.querySelector("input").focus();
    return true;
  }

  hide() {
    clearTimeout(this.#leaving);
    if (this.element.contains(document.activeElement)) this.#goBack();
    this.element.hidden = true;
  }

  #button(word, key, act) {
    const button = h("button", { class: "button", type: "button", "aria-keyshortcuts": key }, word, " ", h("kbd", { "aria-hidden": "true" }, key));
    button.addEventListener("click", act);
    return button;
  }

  #form() {
    const input = h("input", { type: "text", id: "toast-reason", maxlength: "500", dir: "auto", autocomplete: "off" });
    const label = h("label", { for: "toast-reason" }, "Why? ", h("kbd", { "aria-hidden": "true" }, "R"));
    const form = h("form", {}, label, input);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (input.value.trim()) this.#keep(input.value.trim());
    });
    return form;
  }

  async #keep(text) {
    const came = this.#came;
    if (await this.#reason(text)) came?.focus({ preventScroll: true });
  }

  #pressed(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.hide();
  }

  #goBack() {
    if (this.#came?.isConnected) this.#came.focus({ preventScroll: true });
    else byId("incident")?.focus({ preventScroll: true });
  }

  #leaveSoon() {
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.hide(), SHOWN_MS);
  }
}
