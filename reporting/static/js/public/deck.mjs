// The follow-up questions one at a time: the chosen category's, in its order, each only where the answer before it asks for it.
// None has to be answered. A tap goes on by itself; keys never do, and neither does an answer that means danger.

const SEEN_MS = 220; // long enough to see what was chosen

export class Deck {
  #at = 0;
  #category = "";
  #timer;

  /** `onAnswer()` runs after every answer. */
  constructor(form, onAnswer) {
    this.form = form;
    this.box = form.querySelector("#deck");
    this.onAnswer = onAnswer;
    this.all = Array.from(this.box.querySelectorAll("[data-kind]"));
    for (const group of this.all) group.tabIndex = -1;
    for (const more of this.box.querySelectorAll("details")) more.open = true;
    this.#listen();
  }

  /** Begins with the first question that has no answer; another category begins anew. */
  open(category) {
    const begun = category === this.#category;
    this.#category = category;
    const open = this.questions.findIndex((group) => !answered(group));
    this.#show(begun ? this.#at : open < 0 ? this.questions.length : open, false);
  }

  /** The questions that are asked now. */
  get questions() {
    const own = this.all.filter((group) => this.#place(group) >= 0 && this.#due(group));
    return own.sort((one, other) => this.#place(one) - this.#place(other));
  }

  /** Shows the question that holds an answer the server refused. */
  reveal(group) {
    const place = this.questions.indexOf(group);
    if (place >= 0) this.#show(place, false);
  }

  /** Its place in the chosen category's order; -1 where it is none of its questions. */
  #place(group) {
    const order = group.dataset.order.split(" ").find((each) => each.startsWith(`${this.#category}:`));
    return order ? Number(order.split(":")[1]) : -1;
  }

  #due(group) {
    const { after, afterAnswers } = group.dataset;
    if (!after) return true;
    const before = this.all.find((each) => each.dataset.code === after && this.#place(each) >= 0);
    const given = before ? answersOf(before) : [];
    return afterAnswers === "*" ? given.length > 0 : afterAnswers.split(" ").some((answer) => given.includes(answer));
  }

  #show(at, moveFocus = true) {
    const { questions } = this;
    this.#at = Math.max(0, Math.min(at, questions.length));
    const current = questions[this.#at];
    for (const group of this.all) group.hidden = group !== current;
    this.#find("#deck-end").hidden = Boolean(current);
    this.#say(questions.length);
    if (!moveFocus) return;
    const goal = current ?? this.#find("#deck-end");
    goal.focus({ preventScroll: true });
    goal.scrollIntoView({ block: "nearest" });
  }

  #say(total) {
    const over = this.#at >= total;
    const count = this.#find("#deck-count");
    count.hidden = over;
    count.textContent = this.box.dataset.count.replace("##", total).replace("#", this.#at + 1);
    this.#find("#deck-ways").hidden = total === 0;
    this.#find("#deck-back").hidden = this.#at === 0;
    this.#find("#deck-next").hidden = over;
    this.#way();
    this.box.hidden = total === 0;
  }

  #way() {
    const current = this.questions[this.#at];
    const done = Boolean(current && answered(current));
    this.#find("[data-ways=skip]").hidden = done;
    this.#find("[data-ways=next]").hidden = !done;
  }

  #find(selector) {
    return this.box.querySelector(selector);
  }

  #go(by) {
    clearTimeout(this.#timer);
    this.#show(this.#at + by);
  }

  #listen() {
    let pointed = false;
    this.box.addEventListener("pointerdown", () => (pointed = true));
    this.box.addEventListener("keydown", () => (pointed = false));
    this.box.addEventListener("input", ({ target }) => {
      this.#way();
      this.onAnswer();
      if (target.matches("[data-danger]:checked")) target.closest("[data-kind]").querySelector(".call-first").scrollIntoView({ block: "nearest" });
      if (target.type !== "radio" || !pointed || target.matches("[data-danger]")) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#go(1), SEEN_MS);
    });
    this.#find("#deck-next").addEventListener("click", () => this.#go(1));
    this.#find("#deck-back").addEventListener("click", () => this.#go(-1));
  }
}

const answersOf = (group) => Array.from(group.querySelectorAll("input:checked"), (input) => input.value);
const answered = (group) => answersOf(group).length > 0 || Boolean(group.querySelector("textarea")?.value.trim());
