// <query-box data-url>: offers what may follow in a query while somebody types: operators and their values.
// Arrows choose, Enter or Tab takes what is chosen, and Tab the first that what was typed begins with; Esc closes the
// list, then leaves the box as it is; Enter with nothing chosen searches. What is typed out already is not offered. While the value of an operator is still to come, nothing is searched as one types: the
// list stays without the mistake of what was typed before, and what is missing is said to who presses Enter.
// Whoever comes to the box has the whole query selected, so that the next word takes its place; End leads behind
// it. Arrow down leads on to the rows.
const PAUSE = 120; // ms after the last key
const BEGUN = /(^|[\s(-])\p{L}[\w-]*:(["“„][^"“”„]*)?$/u; // an operator without a value, or with a quote that is open

class QueryBox extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = this.querySelector("[role=listbox]");
    this.input.addEventListener("input", () => {
      this.ask();
      if (this.isBegun) this.forgetMistake();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => {
      this.close();
      this.paused = document.activeElement === this.input; // another window came to the front, and will go
    });
    this.input.addEventListener("focus", () => this.paused || this.input.select());
    this.input.addEventListener("pointerdown", () => { this.came = document.activeElement !== this.input; });
    this.input.addEventListener("click", () => { // the pointer has put the caret where it was
      if (this.came && this.input.selectionStart === this.input.selectionEnd) this.input.select();
      this.came = false;
    });
    this.gone = new AbortController();
    this.closest("form").addEventListener("htmx:confirm", (event) => {
      if (event.detail.triggeringEvent?.type === "input" && this.isBegun) event.preventDefault();
    }, { signal: this.gone.signal });
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the focus stays in the box
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  disconnectedCallback() { clearTimeout(this.timer); this.asked?.abort(); this.gone.abort(); }

  get isBegun() {
    const { value, selectionStart: at } = this.input;
    return BEGUN.test(value.slice(0, at)) && !value.slice(at).trim();
  }

  ask() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(), PAUSE);
  }

  async fetch() {
    this.asked?.abort();
    this.asked = new AbortController();
    const typed = this.input.value;
    const query = new URLSearchParams({ q: typed, cursor: this.input.selectionStart });
    try {
      const answer = await fetch(`${this.dataset.url}?${query}`, { signal: this.asked.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || this.input.value !== typed || document.activeElement !== this.input) return this.close();
      this.list.innerHTML = await answer.text();
      for (const option of this.options) if (bare(option) === this.typedOf(option)) option.remove();
      this.choose(-1);
      this.show(this.options.length > 0);
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // no suggestions without the server
    }
  }

  get options() { return [...this.list.querySelectorAll("[role=option]")]; }
  typedOf({ dataset: { start, end } }) { return this.input.value.slice(start, end).toLocaleLowerCase(); }

  // what Tab takes: a word that ends without its colon may be meant as it is
  get going() {
    return this.options.find((option) => {
      const typed = this.typedOf(option);
      return typed && bare(option).startsWith(typed) && bare(option) !== `${typed}:`;
    });
  }

  get chosen() { return this.list.hidden ? null : this.list.querySelector("[aria-selected=true]"); }

  key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !this.chosen) return this.close(); // and what was asked for comes too late
    if (this.list.hidden) {
      if (event.key === "Escape") this.leave();
      else if (event.key === "ArrowDown" && this.rows?.length) this.rows[0].focus();
      else return;
      event.preventDefault(); // a browser would empty the box on Escape, and so list everything
      return;
    }
    const at = this.options.indexOf(this.chosen), count = this.options.length;
    if (event.key === "ArrowDown") this.choose(at + 1 < count ? at + 1 : -1);
    else if (event.key === "ArrowUp") this.choose(at < 0 ? count - 1 : at - 1);
    else if (event.key === "Escape") this.close();
    else if (this.chosen && (event.key === "Enter" || event.key === "Tab")) this.take(this.chosen);
    else if (event.key === "Tab" && !event.shiftKey && this.going) this.take(this.going);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // in its place: what is to come
  forgetMistake() {
    window.htmx?.trigger(this.closest("form"), "htmx:abort"); // it may be on its way
    const mistake = this.closest("row-list")?.querySelector("[data-mistake]");
    if (!mistake) return;
    const says = document.createElement("p");
    says.className = "note quiet";
    says.textContent = this.dataset.begun.replace("…", this.input.value.match(/\S*$/)[0]);
    mistake.replaceWith(says);
  }

  get rows() { return this.closest("row-list")?.rows; }

  // letters are keys again: they mean the row that is open, else none yet
  leave() {
    const open = this.rows?.find((row) => row.matches("[aria-current]")), place = open || this.closest("row-list");
    if (place && !open) place.tabIndex = -1;
    if (place) place.focus({ preventScroll: true });
    else this.input.blur();
  }

  choose(at) {
    this.options.forEach((option, n) => option.setAttribute("aria-selected", n === at));
    const chosen = this.options[at];
    if (chosen) this.input.setAttribute("aria-activedescendant", chosen.id);
    else this.input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  take(option) {
    const { text, start, end } = option.dataset;
    const space = text.endsWith(":") ? "" : " "; // after a name its value follows
    this.input.setRangeText(text + space, Number(start), Number(end), "end");
    this.close();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show(is) {
    this.list.hidden = !is;
    this.input.setAttribute("aria-expanded", is);
  }

  close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.choose(-1);
    this.show(false);
  }
}

// a suggestion as somebody begins to type it: without the quote
function bare(option) { return option.dataset.text.replace(/^["“„]|["”]$/g, "").toLocaleLowerCase(); }

customElements.define("query-box", QueryBox);

// below a mistake: its place in the box is selected
document.addEventListener("click", ({ target }) => {
  const place = target.closest("[data-query-place]"), input = place && document.querySelector("query-box input");
  if (!input) return;
  const [start, end] = place.dataset.queryPlace.split(" ").map((at) => Number(at) + input.value.search(/\S|$/));
  input.focus(); // which selects all
  input.setSelectionRange(start, end);
});
