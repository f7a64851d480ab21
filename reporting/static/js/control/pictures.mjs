// Pictures of reports: blurred until somebody asks. Each is asked for once while the incident is open, because each look is
// recorded; what was shown stays shown when the pane is drawn anew.

export class Pictures {
  #shown = new Map();
  #links = new Set();

  /** Lets the links in freshly drawn markup show their picture in place. */
  bind(root) {
    for (const link of this.#links) if (!link.isConnected) this.#links.delete(link);
    for (const link of root.querySelectorAll("a[data-picture]")) {
      this.#links.add(link);
      link.dataset.blurred = link.querySelector("img").getAttribute("src");
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.#toggle(link);
      });
      if (this.#shown.get(link.dataset.picture)?.open) this.#draw(link);
    }
    this.#forget();
  }

  /** Shows every picture of the open incident, or hides them all where one is shown. Returns whether there are any. */
  toggleAll() {
    const links = [...this.#links].filter((link) => link.isConnected);
    const open = links.some((link) => "shown" in link.dataset);
    for (const link of links) if (("shown" in link.dataset) === open) this.#toggle(link);
    return links.length > 0;
  }

  async #toggle(link) {
    const known = this.#shown.get(link.dataset.picture);
    if (known?.open) {
      known.open = false;
      return this.#blur(link);
    }
    if (known) known.open = true;
    else if (!(await this.#ask(link))) return;
    if (link.isConnected) this.#draw(link);
  }

  async #ask(link) {
    const label = link.querySelector("span");
    label.textContent = "Opening…";
    try {
      const response = await fetch(link.href.replace("/control/", "/api/v1/"), { headers: { Accept: "image/jpeg" } });
      if (!response.ok) throw new Error(response.status);
      this.#shown.set(link.dataset.picture, { open: true, url: URL.createObjectURL(await response.blob()) });
      return true;
    } catch {
      label.textContent = "It could not be opened. Try again";
      return false;
    }
  }

  #draw(link) {
    const image = link.querySelector("img");
    image.src = this.#shown.get(link.dataset.picture).url;
    image.alt = link.dataset.name;
    link.dataset.shown = "";
    link.querySelector("span").textContent = "Hide";
  }

  #blur(link) {
    const image = link.querySelector("img");
    image.src = link.dataset.blurred;
    image.alt = "";
    delete link.dataset.shown;
    link.querySelector("span").textContent = `Show picture ${link.href.split("/").at(-1)}`;
  }

  // Another incident is open: what was shown of the former one is let go.
  #forget() {
    const here = new Set([...this.#links].filter((link) => link.isConnected).map((link) => link.dataset.picture));
    if (!here.size) return;
    for (const [address, { url }] of this.#shown) {
      if (here.has(address)) continue;
      URL.revokeObjectURL(url);
      this.#shown.delete(address);
    }
  }
}
