// One question at a time in one document: shows a step, moves the focus to its heading, and lets the Back key work.

export class Steps {
  /** `onShow(id)` runs whenever another step is shown. */
  constructor(form, onShow) {
    this.form = form;
    this.onShow = onShow;
    this.steps = Array.from(form.querySelectorAll(".step"));
    this.title = document.title;
    form.classList.add("stepped");
    for (const button of form.querySelectorAll("[data-next], [data-back]")) button.hidden = false;
    history.replaceState({ step: this.steps[0].id }, "");
    this.show(this.steps[0].id, false);
  }

  get at() {
    return this.form.dataset.at;
  }

  show(id, moveFocus = true) {
    for (const step of this.steps) step.hidden = step.id !== id;
    this.form.dataset.at = id;
    const heading = this.form.querySelector(`#${id} .title`);
    document.title = id === this.steps[0].id ? this.title : `${heading.textContent} – ${this.title}`;
    this.onShow(id);
    if (!moveFocus) return;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  /** Goes forward to a step (the following one by default) and leaves a mark for the Back key. */
  go(id = this.neighbour(1)) {
    history.pushState({ step: id }, "", `#${id}`);
    this.show(id);
  }

  back() {
    history.back();
  }

  neighbour(distance) {
    return this.steps[this.steps.findIndex((step) => step.id === this.at) + distance].id;
  }
}
