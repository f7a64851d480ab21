// What belongs together: the keys for a suggestion, and the buttons that take a merge, a mark or a taking out back.

const MANY = 5;
const AGAIN_MS = 6000;

export function bindUndoing(root, takeBack) {
  for (const form of root.querySelectorAll("form[data-undo]")) {
    if (form.dataset.bound) continue;
    form.dataset.bound = "yes";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      takeBack(form.dataset.undo);
    });
  }
}

export class Suggested {
  #asked = { other: "", at: 0 };

  constructor(actions) {
    this.actions = actions;
  }

  // The suggestion that has the focus, else the likeliest one.
  #card(target) {
    const { element } = this.actions.pane;
    return target?.closest(".suggestion") ?? element?.querySelector(".suggestion") ?? null;
  }

  // Merges what is suggested; many reports are merged by a second press only.
  merge(target) {
    const form = this.#card(target)?.querySelector('form[data-action="merge"]');
    if (!form) return this.#nothing();
    const other = form.elements.other.value;
    const count = Number(form.dataset.reports);
    const again = this.#asked.other === other && performance.now() - this.#asked.at < AGAIN_MS;
    if (count > MANY && !again) {
      this.#asked = { other, at: performance.now() };
      this.actions.toast.show(`It has ${count} reports. Press M again to merge them all.`);
      return true;
    }
    form.requestSubmit();
    return true;
  }

  different(target) {
    const form = this.#card(target)?.querySelector('form[data-action="not-same"]');
    if (!form) return this.#nothing();
    form.requestSubmit();
    return true;
  }

  #nothing() {
    this.actions.toast.show("Nothing is suggested here.");
    return true;
  }
}
