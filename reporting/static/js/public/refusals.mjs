// What the server would not take: each problem named and one tap from its field, nothing typed lost.

const OWN = { category: "what", location: "where", place: "where" };

/** What the server's English sentence about a field says in the page's language: `box` has the words. */
export function worded(box, field, message) {
  const own = document.documentElement.lang === "en" ? undefined : box?.dataset[OWN[field] ?? "other"];
  return own ?? message;
}

export class Refusals {
  constructor(form, steps, deck) {
    this.form = form;
    this.steps = steps;
    this.deck = deck;
    this.box = document.querySelector("#problems");
  }

  hide() {
    this.box.hidden = true;
  }

  /** `errors`: rows of field and message; where there is none, `detail` says what is wrong. */
  show(errors, detail) {
    const lines = errors.length ? errors : [{ field: "", message: detail }];
    this.box.querySelector("ul").replaceChildren(...lines.map((line) => this.#line(line)));
    this.box.hidden = false;
    this.steps.show(this.#stepOf(lines[0].field), false);
    this.box.focus();
  }

  #fieldOf(name) {
    const fields = Array.from(this.form.querySelectorAll("[data-field]"));
    const shown = fields.filter((field) => name.startsWith(field.dataset.field));
    return shown.filter((field) => !field.dataset.kind || this.deck.questions.includes(field)).pop();
  }

  #stepOf(name) {
    return this.#fieldOf(name)?.closest(".step")?.id ?? "send";
  }

  #line({ field, message }) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.textContent = worded(this.box, field, message);
    link.href = `#${this.#stepOf(field)}`;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.#goTo(field);
    });
    row.append(link);
    return row;
  }

  #goTo(name) {
    this.steps.show(this.#stepOf(name));
    const group = this.#fieldOf(name);
    if (group?.dataset.kind) this.deck.reveal(group);
    group?.closest(".elsewhere")?.classList.add("open");
    group?.closest("details")?.setAttribute("open", "");
    group?.querySelector("input, textarea")?.focus();
  }
}
