// <mention-box data-url="…">: around the note's textarea. After an @ it offers colleagues; arrows move, Enter or
// Tab takes one, Escape closes. The list is fetched once, at the first @.
class MentionBox extends HTMLElement {
  connectedCallback() {
    this.area = this.querySelector("textarea");
    this.list = this.querySelector("[role=listbox]");
    if (!this.area || !this.list) return;
    this.area.addEventListener("input", () => this.look());
    this.area.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.area.addEventListener("keydown", (event) => this.key(event), true);
    this.list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); this.take(option); }
    });
  }

  get typed() {
    const before = this.area.value.slice(0, this.area.selectionStart);
    return /(?:^|[\s(])@([\p{L}\p{N}.' -]{0,40})$/u.exec(before)?.[1];
  }

  get options() { return [...this.list.children]; }
  get current() { return this.list.querySelector("[aria-selected=true]"); }

  async look() {
    const typed = this.typed;
    if (typed === undefined) return this.close();
    this.names ??= fetch(this.dataset.url, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { names: [] })).then(({ names }) => names).catch(() => []);
    const wanted = typed.toLocaleLowerCase();
    const found = (await this.names).filter((name) => name.toLocaleLowerCase().split(" ").some((part, n, parts) =>
      parts.slice(n).join(" ").startsWith(wanted))).slice(0, 8);
    if (this.typed === undefined || !found.length || found[0].toLocaleLowerCase() === wanted.trim()) return this.close();
    this.list.replaceChildren(...found.map((name, n) => {
      const option = document.createElement("li");
      option.id = `mention-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(n === 0));
      option.textContent = name;
      return option;
    }));
    this.list.hidden = false;
    this.area.setAttribute("aria-expanded", "true");
    this.area.setAttribute("aria-activedescendant", "mention-0");
  }

  key(event) {
    if (this.list.hidden || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.move(step);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.current);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move(step) {
    const all = this.options, next = all[(all.indexOf(this.current) + step + all.length) % all.length];
    this.current?.setAttribute("aria-selected", "false");
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", next.id);
  }

  take(option) {
    const end = this.area.selectionStart, begin = end - this.typed.length;
    this.closest("composer-box").put(this.area, `${option.textContent} `, begin, end);
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.area.setAttribute("aria-expanded", "false");
    this.area.removeAttribute("aria-activedescendant");
  }
}

customElements.define("mention-box", MentionBox);
