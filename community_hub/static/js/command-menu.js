// <command-menu popover>: a menu that opens under its button, filters as one types and moves by arrows. Enter
// in the box takes the first item, which is marked meanwhile; not one that stands apart (data-apart), as it takes something away. What
// makes a thing of what was typed (data-make) is there only where nothing has that name, and says the name
// (data-typed). Enter in the box presses it only where nothing else is left.
class CommandMenu extends HTMLElement {
  connectedCallback() {
    this.addEventListener("toggle", (event) => event.newState === "open" && this.opened());
    this.addEventListener("beforetoggle", (event) => event.newState === "closed" && this.closed()); // "toggle" comes too late for who opens it again at once
    this.addEventListener("input", (event) => event.target.matches(".filter") && this.filter(event.target.value));
    this.addEventListener("keydown", (event) => this.move(event));
    for (const name of ["input", "focusin", "focusout"]) this.addEventListener(name, () => this.markChosen());
    this.gone = new AbortController();
    document.body.addEventListener("htmx:oobBeforeSwap", (event) => this.stay(event), { signal: this.gone.signal });
    // before the answer is put in: it may bring this menu anew, and one that is open stays as it is
    this.addEventListener("htmx:beforeOnLoad", ({ detail, target }) => {
      const chosen = detail.xhr.status < 400 && detail.requestConfig.verb !== "get" && !("stay" in target.dataset);
      if (chosen && this.matches(":popover-open")) this.hidePopover();
    });
    this.addEventListener("htmx:afterSettle", () => {
      const open = this.matches(":popover-open") && this.isStillThere;
      if (open && !this.isInside) this.first?.focus();
      if (this.box?.value) this.filter(this.box.value); // one may have typed before the items came
      this.markChosen();
    });
  }

  disconnectedCallback() { this.gone.abort(); }

  // a live update must not take the menu away from under the pointer
  stay(event) { if (this.matches(":popover-open") && event.detail.target.contains(this)) event.preventDefault(); }

  get items() { return [...this.querySelectorAll(".menu-item")].filter((item) => !item.closest("[hidden]")); }
  get box() { return this.querySelector(".filter"); }
  get first() { return this.box || this.querySelector("form [autofocus]") || fieldOf(this.items[0]); }

  // the focus, since the menu was opened; whoever has tabbed on is not fetched back by what arrives late
  get isStillThere() {
    const now = document.activeElement;
    return now === this.opener || now === document.body || this.contains(now);
  }

  get isInside() { return this.contains(document.activeElement) && document.activeElement !== this; }

  opened() {
    this.opener = document.activeElement;
    document.querySelector(`[popovertarget="${this.id}"]`)?.setAttribute("aria-expanded", "true");
    this.first?.focus();
  }

  closed() {
    document.querySelectorAll(`[popovertarget="${this.id}"]`).forEach((button) => button.setAttribute("aria-expanded", "false"));
    if (this.box) { this.box.value = ""; this.filter(""); }
  }

  filter(text) {
    const wanted = text.trim().toLocaleLowerCase();
    const names = [];
    for (const item of this.querySelectorAll(".menu-item:not([data-always], [data-make])")) {
      const name = nameOf(item);
      item.hidden = !name.includes(wanted);
      names.push(name);
    }
    const make = this.querySelector("[data-make]");
    if (make) {
      make.hidden = !wanted || names.includes(wanted);
      make.querySelector("[data-typed]").textContent = text.trim();
    }
    const more = this.querySelector("[data-more]"); // how many there are at least, of all
    if (more) more.hidden = Boolean(wanted);
    const none = this.querySelector(".none"), part = none?.parentElement;
    if (!none) return;
    const shown = this.items.filter((item) => part.contains(item)).length, count = part.querySelector("[data-count]");
    none.hidden = shown > 0;
    if (count) count.textContent = shown || "";
  }

  chosen(items) {
    const make = items.find((item) => "make" in item.dataset);
    const wanted = make && this.box.value.trim().toLocaleLowerCase();
    const others = items.filter((item) => item !== make);
    const usable = others.filter((item) => !("apart" in item.dataset));
    return (make && usable.find((item) => nameOf(item).startsWith(wanted))) || usable[0] || (others.length ? null : make);
  }

  // what Enter in the box would press
  markChosen() {
    const chosen = this.box && document.activeElement === this.box && this.chosen(this.items);
    for (const item of this.querySelectorAll(".menu-item")) item.classList.toggle("active", item === chosen);
  }

  // where one comes to from the box: the first item, or what is below the marked one where that is another
  below(items) {
    const at = items.indexOf(this.chosen(items));
    return at < 1 ? 0 : Math.min(at + 1, items.length - 1);
  }

  move(event) {
    const items = this.items, at = items.findIndex((item) => item.contains(document.activeElement));
    const to = { ArrowDown: event.target === this.box ? this.below(items) : at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Enter" && event.target === this.box) {
      event.preventDefault();
      this.chosen(items)?.click();
    } else if (to !== undefined && !(event.target === this.box && /Home|End/.test(event.key))) {
      event.preventDefault();
      if (to < 0 && this.box) this.box.focus();
      else fieldOf(items[(to + items.length) % items.length])?.focus();
    }
  }
}

// a label leads to what it names
function fieldOf(item) { return item?.control || item; }
function nameOf(item) { return (item.querySelector(".chip") || item).textContent.trim().toLocaleLowerCase(); }

customElements.define("command-menu", CommandMenu);
