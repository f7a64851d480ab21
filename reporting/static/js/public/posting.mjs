// Everything from Send on, for the report page: key and code, the outbox, the receipt, the reports kept here, what may be offered.

import { Outbox } from "./outbox.mjs";
import { newKey, newReceiptCode } from "./receipt.mjs";
import { ReceiptPage, restore } from "./receipt_page.mjs";
import { keepOnPhone, offerInstall } from "./shell.mjs";

export class Posting {
  #corrects;
  #posted;
  #listed = false;

  /** `on` has shown(): the receipt opens; sent(): the server has it; refused(errors, detail): the form must come back;
   * forgotten(): nothing is kept here any more. */
  constructor(form, on) {
    Object.assign(this, { form, on, outbox: new Outbox("public") });
    this.box = document.querySelector("#receipt");
    const own = { sent: (parcel) => this.#sent(parcel), refused: (parcel) => this.#refused(parcel) };
    this.receipt = new ReceiptPage(this.box, this.outbox, { ...on, ...own });
    this.outbox.watch(() => this.#list());
    this.#list();
    this.outbox.start();
    addEventListener("load", () => {
      keepOnPhone();
      this.#goOnWithPictures();
    });
    this.#readSign();
    for (const event of ["online", "offline"]) addEventListener(event, () => this.#tellOffline());
    this.#tellOffline();
  }

  #tellOffline() {
    const note = document.querySelector("#offline-note");
    if (note) note.hidden = navigator.onLine;
  }

  // A place that was never opened here shows the kept page of no place: the code of the sign then stands in the address alone.
  #readSign() {
    const [, code] = location.pathname.match(/^\/v\/([^/]{1,16})$/) ?? [];
    const field = this.form.querySelector("#venue");
    if (!code || !field || !("kept" in document.documentElement.dataset)) return;
    field.value = decodeURIComponent(code);
    field.closest("details")?.setAttribute("open", "");
  }

  /** Brings what is shown after Send, while the person still answers: it must be here when the connection is not. */
  async prepare() {
    if (this.#listed) return;
    this.#listed = true;
    const on = { correct: (parcel) => this.#refused(parcel), forgotten: () => this.#forgotten() };
    try {
      const { KeptReports } = await import("./kept_reports.mjs");
      new KeptReports(document.querySelector("#kept-reports"), this.outbox, on);
    } catch {
      this.#listed = false;
    }
  }

  // Most phones keep nothing yet: the list comes with the first report.
  async #list() {
    if (!this.#listed && (await this.outbox.all()).length) this.prepare();
  }

  /** Whether a refused report came back whose place the form itself no longer knows. */
  get knowsPlace() {
    return Boolean(this.#corrects?.where.location);
  }

  /** `report` without its code; `what` in words for the list; `danger`: somebody may be in danger. Nothing here needs a network. */
  send(report, { what, danger }) {
    const { location, reporter_location } = report;
    const code = newReceiptCode();
    const fields = [...new FormData(this.form)].filter(([name]) => name !== "idempotency_key");
    const body = JSON.stringify({ ...this.#corrects?.where, ...report, receipt_code: code });
    const where = { ...this.#corrects?.where, ...(location && { location }), ...(reporter_location && { reporter_location }) };
    const { noCamera } = this.box.dataset;
    const parcel = { key: newKey(), url: this.form.dataset.reports, code, body, what, danger, noCamera, fields, where };
    if (this.#corrects) this.outbox.remove(this.#corrects.key);
    this.#corrects = undefined;
    this.#posted = parcel.key;
    return this.receipt.deliver(parcel);
  }

  /** Shows the receipt of an entry of the history, after Reload, Back or Forward; false where there is none. */
  async resume(state) {
    return Boolean(state?.key) && this.receipt.reopen(state);
  }

  /** The same when the page starts; who followed a link to it wants to begin anew. */
  restart(state) {
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    return type !== "navigate" && this.resume(state);
  }

  hide() {
    this.receipt.hide();
  }

  // A receipt that is opened again later must not empty a form that was begun meanwhile.
  #sent({ key, code, answer, noCamera }) {
    if (key === this.#posted) this.on.sent();
    if (!noCamera && answer?.id) this.#offerPictures({ reportId: answer.id, receiptCode: code });
    offerInstall(this.box.querySelector("#install"));
    this.#offerPush(code);
  }

  async #offerPush(receiptCode) {
    const element = this.box.querySelector("[data-push]");
    if (!element) return;
    try {
      const { offerPush } = await import("./push.mjs");
      await offerPush(element, { receiptCode });
    } catch {
      return;
    }
  }

  // What an earlier visit left: nobody else loads the scripts of pictures.
  async #goOnWithPictures() {
    try {
      const there = await indexedDB.databases();
      if (there.some(({ name }) => name === "pictures")) (await import("./pictures.mjs")).sendKept();
    } catch {
      return;
    }
  }

  // The report never waits for pictures, and nothing of it depends on them.
  async #offerPictures(about) {
    try {
      const { offerPictures } = await import("./pictures.mjs");
      await offerPictures(this.box.querySelector("#offer-pictures"), about);
    } catch {
      return;
    }
  }

  #refused(parcel) {
    this.#corrects = { key: parcel.key, where: parcel.where ?? {} };
    this.receipt.hide();
    restore(this.form, parcel.fields ?? []);
    this.on.refused(parcel.errors ?? [], parcel.detail ?? "");
  }

  #forgotten() {
    history.replaceState({ step: "what" }, "", location.pathname + location.search);
    this.receipt.hide();
    this.on.forgotten();
  }
}
