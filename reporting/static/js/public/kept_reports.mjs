// The reports that this phone keeps, where the person can see and forget them.

import { forgetEverything } from "./forget.mjs";

const STYLE = new URL("../../css/slip.css", import.meta.url).href;

/** Loads the look of what comes after the first screen; until it is there nothing of it shows. */
function styled() {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: STYLE });
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

export class KeptReports {
  #look = styled();
  #drawing = 0;

  /** `on.correct(parcel)` takes a refused report back into the form; `on.forgotten()` runs when everything is gone. */
  constructor(box, outbox, on) {
    Object.assign(this, { box, outbox, on });
    this.#listen();
    outbox.watch(() => this.draw());
    this.draw();
  }

  async draw() {
    const turn = ++this.#drawing;
    const parcels = await this.outbox.all();
    await this.#look;
    if (turn !== this.#drawing) return;
    const focused = this.box.querySelector("ul").contains(document.activeElement);
    this.box.hidden = !parcels.length;
    this.box.querySelector("ul").replaceChildren(...parcels.map((parcel) => this.#row(parcel)));
    this.box.querySelector("#forget-unsent").hidden = !parcels.some(({ state }) => state === "waiting");
    if (focused) this.box.querySelector("#kept-title").focus();
  }

  #row(parcel) {
    const row = this.box.querySelector("template").content.cloneNode(true);
    const since = new Date(parcel.since || 0);
    row.querySelector(".what").textContent = parcel.what;
    row.querySelector("time").dateTime = since.toISOString();
    row.querySelector("time").textContent = since.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    for (const part of row.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== parcel.state;
    row.querySelector(".code").hidden = ["refused", "expired"].includes(parcel.state);
    row.querySelector("bdi").textContent = parcel.code;
    row.querySelector("input").value = parcel.code;
    row.querySelector("[data-way=correct]").addEventListener("click", () => this.on.correct(parcel));
    row.querySelector("[data-way=forget]").addEventListener("click", () => this.outbox.remove(parcel.key));
    return row;
  }

  #listen() {
    const find = (id) => this.box.querySelector(id);
    const ask = (open) => {
      find("#forget-sure").hidden = !open;
      find("#forget-all").hidden = open;
      find(open ? "#forget-sure" : "#forget-all").focus();
    };
    find("#forget-all").addEventListener("click", () => ask(true));
    find("#forget-no").addEventListener("click", () => ask(false));
    find("#forget-yes").addEventListener("click", async () => {
      this.outbox.close();
      await forgetEverything();
      ask(false);
      await this.draw();
      const said = document.querySelector("#forgotten");
      said.textContent = said.dataset.words;
      said.hidden = false;
      this.on.forgotten();
      said.focus();
    });
  }
}
