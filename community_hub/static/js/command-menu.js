// <command-menu popover>: a menu that opens under its button, filters as one types and moves by arrows. Enter
// in the box takes the first item, which is marked meanwhile; not one that stands apart (data-apart), as it takes something away. What
// makes a thing of what was typed (data-make) is there only where nothing has that name, and says the name
// (data-typed). Enter in the box presses it only where nothing else is left.
// Keys mean the same however late the items come: a menu takes the focus at once, what is typed into the box that stands
// in meanwhile goes over into the one that comes, and arrows and Enter wait. Enter also waits for a part that is
// aria-busy, as it is about other words than those in the box, where an item of it may come first.
const KEYS = new Set(["ArrowDown", "ArrowUp", "Home", "End", "Enter"]);
const STAND_IN = '[hx-trigger^="toggle from:"]'; // what the items come in place of
const TEXT = "input:not([type]), input[type=text], input[type=search], textarea";

class CommandMenu extends HTMLElement {
  connectedCallback() {
    this.waiting = []; // keys
    this.addEventListener("toggle", (event) => (event.newState === "open" ? this.opened() : this.removeAttribute("tabindex")));
    // "toggle" comes too late for who opens it again at once, and for the next letter
    this.addEventListener("beforetoggle", (event) => (event.newState === "closed" ? this.closed() : this.opens()));
    this.addEventListener("input", (event) => {
      this.waiting = []; // Enter meant what was typed before
      if (event.target.matches(".filter")) this.filter(event.target.value);
    });
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("htmx:beforeSwap", ({ target }) => { if (target.matches(STAND_IN)) this.early = this.box; });
    for (const name of ["input", "focusin", "focusout"]) this.addEventListener(name, () => this.markChosen());
    this.gone = new AbortController();
    document.body.addEventListener("htmx:oobBeforeSwap", (event) => this.stay(event), { signal: this.gone.signal });
    // before the answer is put in: it may bring this menu anew, and one that is open stays as it is
    this.addEventListener("htmx:beforeOnLoad", ({ detail, target }) => {
      const chosen = detail.xhr.status < 400 && detail.requestConfig.verb !== "get" && !("stay" in target.dataset);
      if (chosen && this.matches(":popover-open")) this.hidePopover();
    });
    for (const name of ["htmx:sendError", "htmx:responseError"]) this.addEventListener(name, () => { this.waiting = []; });
    this.addEventListener("htmx:afterSettle", () => this.settled());
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

  // whoever has this as the popover opens is focused with it
  opens() {
    const early = this.querySelector(`${STAND_IN} > template`);
    early?.replaceWith(early.content.cloneNode(true));
    this.opener = document.activeElement;
    this.tabIndex = -1;
    this.goal = this.first ?? this;
    this.goal.autofocus = true;
  }

  opened() {
    this.goal?.removeAttribute("autofocus");
    document.querySelector(`[popovertarget="${this.id}"]`)?.setAttribute("aria-expanded", "true");
    if (!this.isInside) this.first?.focus();
  }

  settled() {
    const open = this.matches(":popover-open") && this.isStillThere;
    if (open && !this.isInside) this.first?.focus();
    if (this.early && this.box) {
      this.box.value = this.early.value;
      this.box.setSelectionRange(this.early.selectionStart, this.early.selectionEnd);
    }
    this.early = null;
    if (this.box?.value) this.filter(this.box.value); // one may have typed before the items came
    this.markChosen();
    while (open && this.waiting.length && !this.mustWait(this.waiting[0])) this.go(this.waiting.shift());
  }

  closed() {
    this.waiting = [];
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

  // where one comes to from the box: below the marked item, where there is another
  below(items) { return Math.min(items.indexOf(this.chosen(items)) + 1, items.length - 1); }

  key(event) {
    const { key, target } = event, inBox = target === this.box;
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const early = target === this && key.length === 1 && this.mustWait(key); // for a field that comes
    const meant = KEYS.has(key) && !(inBox && /Home|End/.test(key)) && (key !== "Enter" || inBox || target === this);
    if (!early && !meant) return;
    event.preventDefault();
    if (this.mustWait(key)) this.waiting.push(key);
    else this.go(key);
  }

  mustWait(key) {
    if (this.querySelector(STAND_IN)) return true;
    const chosen = key === "Enter" && document.activeElement === this.box && this.chosen(this.items);
    if (chosen === false) return false;
    const busy = [...this.querySelectorAll("[aria-busy=true]")];
    return busy.some((part) => !chosen || part.compareDocumentPosition(chosen) & Node.DOCUMENT_POSITION_FOLLOWING);
  }

  go(key) {
    const items = this.items, now = document.activeElement, at = items.findIndex((item) => item.contains(now));
    if (key === "Enter") return (now === this.box ? this.chosen(items) : items[at])?.click();
    if (key.length === 1) return write(now, key);
    const to = { ArrowDown: now === this.box ? this.below(items) : at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[key];
    if (to < 0 && this.box) this.box.focus();
    else fieldOf(items[(to + items.length) % items.length])?.focus();
  }
}

function write(field, text) {
  if (!field.matches(TEXT)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// a label leads to what it names
function fieldOf(item) { return item?.control || item; }
function nameOf(item) { return (item.querySelector(".chip") || item).textContent.trim().toLocaleLowerCase(); }

customElements.define("command-menu", CommandMenu);
