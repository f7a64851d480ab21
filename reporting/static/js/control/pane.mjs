// The incident pane: the server draws it, this room brings it in and keeps it current without touching what is being typed.
// The page comes as a parsed document (never as markup put into this one); its parts are adopted one by one.
import { byId, h } from "./dom.mjs";
import { choice, settings } from "./settings.mjs";
import { renew } from "./times.mjs";

const SLOW_MS = 180;

const addressOf = (id, view) => (settings.shape === "all" ? `/control/?incident=${id}&only=pane&${view}` : `/control/incidents/${id}?only=pane&${view}`);

function readPane(id, view, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", addressOf(id, view));
    request.responseType = "document";
    request.onload = () => resolve({ status: request.status, element: request.response?.getElementById("incident") });
    request.onerror = () => reject(new Error("away"));
    request.onabort = () => reject(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send();
  });
}

export class Pane {
  id = null;
  // Which part of the timeline is shown, as the address asks for it. The order is the desk's own choice.
  view = `order=${choice.get("timeline") ?? "newest"}`;
  #asking = null;
  #stale = 0;

  // `bind(root)`: called for every piece of markup that came in, so that its forms can be enhanced.
  constructor(bind) {
    this.bind = bind;
    this.root = byId("incident-pane");
    this.blank = null;
    const first = byId("incident");
    if (first?.dataset.id) this.id = first.dataset.id;
    else this.blank = first;
    bind(this.root);
  }

  get element() {
    return byId("incident");
  }

  get version() {
    return Number(this.element?.dataset.version ?? 0);
  }

  field(name) {
    return this.element?.dataset[name] ?? "";
  }

  async open(id) {
    if (id !== this.id) this.view = `order=${new URLSearchParams(this.view).get("order")}`;
    this.id = id;
    const waiting = setTimeout(() => this.#say("Opening…", ""), SLOW_MS);
    try {
      const fresh = await this.#ask(id);
      if (this.id === id && fresh) this.#swap(fresh);
    } catch (error) {
      if (error.name !== "AbortError") this.#fail(id);
    } finally {
      clearTimeout(waiting);
    }
  }

  // Another part of the timeline, in the other order, of other kinds.
  look(view) {
    this.view = view;
    choice.set("timeline", new URLSearchParams(view).get("order"));
    return this.renew();
  }

  shut() {
    this.#asking?.abort();
    this.id = null;
    if (this.blank) this.#swap(this.blank);
    else this.#say("No incident is open.", "Choose one in the queue.");
  }

  // The incident changed somewhere: soon, once, bring in what is different. Returns the timeline lines that are new.
  async renew() {
    const { id } = this;
    if (!id) return [];
    try {
      const fresh = await this.#ask(id);
      return this.id === id && fresh ? this.#merge(fresh) : [];
    } catch (error) {
      if (error.name !== "AbortError") this.#soon();
      return [];
    }
  }

  // News of the open incident: fetched unless the pane shows it already.
  changed({ version, updated_at: updated }) {
    if (version !== this.version || Date.parse(updated) > Date.parse(this.field("updated"))) this.#soon();
  }

  #soon() {
    clearTimeout(this.#stale);
    this.#stale = setTimeout(() => this.renew(), 250);
  }

  async #ask(id) {
    this.#asking?.abort();
    const asking = (this.#asking = new AbortController());
    const { status, element } = await readPane(id, this.view, asking.signal);
    if (status === 401) throw new Error("signed out");
    if (!element || status >= 500) throw new Error("away");
    return document.adoptNode(element);
  }

  #swap(fresh) {
    this.element.replaceWith(fresh);
    if (fresh.scrollTop) fresh.scrollTop = 0;
    this.bind(fresh);
    renew(fresh);
  }

  #merge(fresh) {
    const shown = this.element;
    if (!shown?.dataset.id || !fresh.dataset.id) {
      this.#swap(fresh);
      return [];
    }
    const news = newLines(shown, fresh);
    Object.assign(shown.dataset, { ...fresh.dataset });
    for (const part of fresh.querySelectorAll("[data-part]")) this.#replace(shown, part);
    this.#renewForms(shown, fresh);
    renew(shown);
    return news;
  }

  #replace(shown, part) {
    const old = shown.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old) return;
    const focused = old.contains(document.activeElement) ? mannerOf(document.activeElement) : null;
    for (const details of part.querySelectorAll("details[id]")) details.open = old.querySelector(`#${details.id}`)?.open ?? false;
    old.replaceWith(part);
    this.bind(part);
    if (focused !== null) (part.querySelector(focused || "[data-none]") ?? shown).focus({ preventScroll: true });
  }

  // A form that a person has open keeps what they typed; only its version moves on. All others come in fresh.
  #renewForms(shown, fresh) {
    for (const form of shown.querySelectorAll("form.doing")) {
      const other = fresh.querySelector(`#${form.id}`);
      if (form.dataset.open === "true") {
        form.elements.version.value = fresh.dataset.version;
      } else if (other) {
        form.replaceWith(other);
        this.bind(other.parentElement ?? other);
      } else {
        form.remove();
      }
    }
    const home = shown.querySelector(".next");
    for (const form of fresh.querySelectorAll("form.doing")) {
      if (!shown.querySelector(`#${form.id}`)) {
        home.append(form);
        this.bind(form);
      }
    }
  }

  #say(strong, text, ...more) {
    const word = h("div", { class: "word", id: "incident" }, h("strong", {}, strong), text, ...more);
    this.element.replaceWith(word);
  }

  #fail(id) {
    const again = h("button", { class: "button", type: "button" }, "Try again");
    again.addEventListener("click", () => this.open(id));
    this.#say("The incident could not be opened.", "The connection may be down; the queue still shows what is known.", h("br"), again);
  }
}

const mannerOf = (element) => {
  if (element.id && !element.closest("form.doing")) return `#${element.id}`;
  const form = element.closest("form[data-action]");
  if (element.dataset.opens) return `[data-opens="${element.dataset.opens}"]`;
  return form ? `form[data-action="${form.dataset.action}"] button` : "";
};

const plain = (element) => element.textContent.trim().replace(/\s+/g, " ");

// A line of the timeline as one would say it: who, then what.
function sentence(line) {
  const [what, by] = [line.querySelector("bdi"), line.querySelector(".by")];
  return by ? `${plain(by)}: ${plain(what)}` : plain(what);
}

function newLines(shown, fresh) {
  const known = new Set([...shown.querySelectorAll(".timeline [data-event]")].map((line) => line.dataset.event));
  return [...fresh.querySelectorAll(".timeline [data-event]")].filter((line) => !known.has(line.dataset.event)).map(sentence);
}
