// The actions on an incident: the pages' plain forms, sent through the HTTP interface without leaving the page. The row changes
// at once; a refusal takes it back, says why, and keeps every typed word.
import { post, Problem } from "./api.mjs";
import { byId, h, said } from "./dom.mjs";
import { bindUndoing, Suggested } from "./joins.mjs";
import { severityWord } from "./row.mjs";
import { settings } from "./settings.mjs";
import { Toast } from "./toast.mjs";

const HOPED = {
  acknowledge: () => ({ status: "acknowledged" }),
  take: () => ({ status: "in_progress", assignee: settings.actor }),
  priority: ({ priority }) => ({ priority: Number(priority) }),
};

const DONE = {
  acknowledge: () => "Acknowledged.",
  take: () => "Taken. It is yours now.",
  note: () => "Note added.",
  priority: ({ priority }) => `Priority ${priority}.`,
  waiting: () => "It waits.",
  shelve: ({ minutes }) => `Shelved for ${minutes} minutes.`,
  close: () => "Closed.",
  escalate: () => "Escalated.",
  assign: () => "Given to them.",
  "give-back": () => "Given back.",
  reopen: () => "Open again.",
  check: () => "Noted.",
  "first-look": () => "Staff is asked.",
  "withdraw-look": () => "Taken back.",
  merge: () => "Merged.",
  question: () => "Asked.",
  message: () => "Told.",
  "take-back": () => "Not asked any more.",
  "not-same": () => "Not the same: kept for good.",
  split: ({ reports }) => (reports.length === 1 ? "Taken out." : `${reports.length} reports taken out.`),
};

const AGAIN_MS = 6000;

// What others were told by it cannot be taken back; a note decides nothing.
const STANDS = new Set(["note", "question", "message", "take-back", "escalate", "assign", "give-back", "first-look", "withdraw-look"]);

// What is said to people outside leaves out what was left empty; ticks are true.
const SAYS = new Set(["question", "message", "take-back"]);
const saidBy = (fields) => {
  const told = Object.entries(fields).filter(([, value]) => value !== "");
  return Object.fromEntries(told.map(([name, value]) => [name, ["wait", "sure"].includes(name) || value]));
};

// A note decides nothing: it names no version and meets no conflict.
const bodyOf = (form) => {
  const data = new FormData(form);
  const { csrf_token: _token, version, ...fields } = Object.fromEntries(data);
  if (SAYS.has(form.dataset.action)) return saidBy(fields);
  if (form.dataset.action === "split") fields.reports = data.getAll("reports");
  for (const name of ["priority", "minutes", "other_version", "lat", "lon"]) if (fields[name]) fields[name] = Number(fields[name]);
  for (const name of ["lat", "lon"]) if (fields[name] === "") delete fields[name];
  if (fields.receiver) {
    const [kind, id] = fields.receiver.split(":");
    delete fields.receiver;
    fields[kind] = id;
  }
  return form.dataset.action === "note" ? fields : { version: Number(version), ...fields };
};

export class Actions {
  constructor(store, say) {
    this.store = store;
    this.say = say;
    this.pane = null;
    this.toast = new Toast();
    this.asked = null;
    this.suggested = new Suggested(this);
  }

  bind(root) {
    const forms = root.matches?.("form[data-action]") ? [root] : root.querySelectorAll("form[data-action]");
    for (const form of forms) {
      if (form.dataset.bound) continue;
      form.dataset.bound = "yes";
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.submit(form);
      });
    }
    bindUndoing(root, (eventId) => this.takeBack(eventId, this.pane.id));
    for (const opener of root.querySelectorAll("[data-opens]")) {
      opener.addEventListener("click", (event) => {
        event.preventDefault();
        this.openForm(opener.dataset.opens);
      });
    }
    for (const leaver of root.querySelectorAll("[data-leaves]")) {
      leaver.addEventListener("click", (event) => {
        event.preventDefault();
        this.leaveForm();
      });
    }
  }

  openForm(name) {
    const wanted = byId(`do-${name}`);
    if (!wanted) return;
    for (const form of this.pane.element.querySelectorAll("form.doing")) form.dataset.open = String(form === wanted);
    wanted.querySelector("select, textarea, input:checked, input[type=radio], input[type=text]")?.focus();
    wanted.scrollIntoView({ block: "nearest" });
  }

  leaveForm() {
    const open = this.pane.element?.querySelector('form.doing[data-open="true"]');
    if (!open) return false;
    open.dataset.open = "false";
    (this.pane.element.querySelector(`[data-opens="${open.dataset.action}"]`) ?? this.pane.element).focus();
    return true;
  }

  // By key, on a row that need not be open: only what needs no words.
  async quick(name, id, more = {}) {
    const item = this.store.get(id);
    if (!settings.mayWork || !item?.triaged) return;
    if (name === "acknowledge" && item.status !== "new") return;
    if (name === "priority" && item.priority === more.priority) return this.toast.show(`It is ${severityWord(item)} already.`);
    if (name === "take" && !this.#mayTake(item)) return;
    await this.#send(name, id, { version: item.version, ...more }, { trouble: byId("quick-trouble"), done: () => {} });
  }

  // Nobody takes a colleague's incident by a slip: the first press asks, the second one within some seconds takes it over.
  #mayTake(item) {
    const { assignee, id } = item;
    if (assignee?.id === settings.actor.id && item.status === "in_progress") return false;
    if (!assignee || assignee.id === settings.actor.id) return true;
    const again = this.asked?.id === id && performance.now() - this.asked.at < AGAIN_MS;
    this.asked = again ? null : { id, at: performance.now() };
    if (!again) this.toast.show(`${assignee.name} is on it. Press T again to take it over.`);
    return again;
  }

  // Takes back the last step that is still shown; whether there was one.
  undo() {
    return this.toast.undo();
  }

  async takeBack(eventId, id) {
    try {
      await post(`/undo/${eventId}`, {});
      this.toast.show("Taken back.");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.toast.show(problem.message);
    }
    if (this.pane?.id === id) await this.pane.renew();
  }

  async #giveReason(eventId, id, text) {
    try {
      await post(`/incidents/${id}/note`, { text, about: eventId });
      this.toast.show("The reason is kept with it.");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.say(problem.message);
      return false;
    }
    if (this.pane?.id === id) await this.pane.renew();
    return true;
  }

  #tell(name, id, body, { event_id: eventId }) {
    const asks = name === "priority" && eventId && !body.reason;
    this.toast.show(DONE[name](body), {
      undo: eventId && !STANDS.has(name) ? () => this.takeBack(eventId, id) : null,
      reason: asks ? (text) => this.#giveReason(eventId, id, text) : null,
    });
  }

  async submit(form) {
    const button = form.querySelector("button[type=submit]");
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    const words = form.classList.contains("doing");
    const trouble = words ? form.querySelector(".trouble") : byId("quick-trouble");
    const empty = () => {
      form.reset();
      form.dataset.open = "false";
      this.pane.element.focus({ preventScroll: true });
      if (form.dataset.action === "close") this.pane.element.scrollTop = 0;
    };
    await this.#send(form.dataset.action, this.pane.id, bodyOf(form), { trouble, done: words ? empty : () => {} });
    button.removeAttribute("aria-busy");
  }

  async #send(name, id, body, { trouble, done }) {
    if (trouble) trouble.hidden = true;
    const takeBack = HOPED[name] ? this.store.expect(id, HOPED[name](body)) : () => {};
    try {
      const answer = await post(`/incidents/${id}/${name}`, body);
      this.#learn(name, id, body, answer.version, takeBack);
      this.#tell(name, id, body, answer);
      done();
      if (this.pane?.id === id) await this.pane.renew();
    } catch (problem) {
      takeBack();
      if (!(problem instanceof Problem)) throw problem;
      const news = this.pane?.id === id && [404, 409].includes(problem.status) ? await this.pane.renew() : [];
      this.#explain(problem, news, body.version, trouble);
    }
  }

  // The answer names the new version; the stream brings the rest within a moment.
  #learn(name, id, body, version, takeBack) {
    const known = this.store.get(id);
    if (!known) return;
    if (name === "close") this.store.remove(id, version);
    else if (name === "merge") this.store.remove(body.other);
    else if (HOPED[name]) this.store.put({ ...known, version });
    else takeBack();
  }

  #explain(problem, news, version, trouble) {
    if (!trouble?.isConnected) return this.say(problem.message);
    const list = [...problem.fields, ...news.slice(-3)];
    const parts = [h("strong", {}, problem.status === 409 && news.length ? "Somebody was faster." : problem.message)];
    if (problem.status === 409) parts.push(versions(problem.body, version));
    if (list.length) parts.push(h("ul", {}, ...list.map((line) => h("li", {}, said(line)))));
    trouble.replaceChildren(...parts);
    trouble.hidden = false;
    return trouble.scrollIntoView({ block: "nearest" });
  }
}

function versions({ current }, yours) {
  if (!current || current === yours) return "";
  return `You saw version ${yours}; it is now version ${current}, shown here. What you typed is kept: send it again if it still fits.`;
}
