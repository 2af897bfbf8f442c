// <past-answers>: in the menu of the reply box, what the team answered before. Asked for when the menu opens and
// as one types; what is shown of the words before cannot be taken by Enter in the box. The right arrow opens
// the whole answer below its row, the left one closes it. Tab leads here from the box and from the saved replies,
// which arrows go through, also while the answers are still looked for; Enter inserts one.
const PAUSE = 250; // ms without a key

class PastAnswers extends HTMLElement {
  connectedCallback() {
    this.menu = this.closest("command-menu");
    this.found = this.querySelector("[data-found]");
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.menu.addEventListener("input", ({ target }) => target.matches(".filter") && this.typed(), { signal });
    this.menu.addEventListener("keydown", (event) => this.comeHere(event), { signal });
    this.menu.addEventListener("toggle", ({ newState }) => this.turned(newState), { signal });
    this.addEventListener("click", ({ target }) => this.toggle(target.closest("[data-read]")));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("htmx:afterSettle", (event) => this.settled(event));
  }

  disconnectedCallback() {
    this.gone.abort();
    this.wait();
  }

  comeHere(event) {
    this.isWanted = false; // whoever presses another key goes on elsewhere
    const { key, target } = event;
    if (key !== "Tab" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const isBefore = this.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING;
    if (!isBefore || !target.matches(".filter, .menu-item") || !(this.isBusy || this.first)) return;
    event.preventDefault();
    this.isWanted = this.isBusy;
    if (!this.isBusy) this.first.focus();
  }

  get isBusy() { return this.found.getAttribute("aria-busy") === "true"; }
  get first() { return this.found.querySelector(".menu-item"); }

  turned(state) {
    this.wait();
    this.isWanted = false;
    if (state !== "open") return;
    this.setApart(); // what is there is from the time before
    this.look();
  }

  // null: nothing was typed since it was last asked
  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = milliseconds ? setTimeout(() => this.look(), milliseconds) : null;
  }

  look() {
    this.wait();
    this.found.dispatchEvent(new CustomEvent("look"));
  }

  typed() {
    this.setApart();
    this.wait(PAUSE);
  }

  setApart() {
    this.found.querySelectorAll(".menu-item").forEach((item) => { item.dataset.apart = ""; });
    this.found.setAttribute("aria-busy", "true");
  }

  settled(event) {
    if (event.target.matches(".reading")) return this.show(event.target);
    if (event.target !== this.found) return;
    if (this.timer) return this.setApart(); // one has typed on since it was asked for
    this.found.removeAttribute("aria-busy");
    if (this.isWanted) this.first?.focus();
    this.isWanted = false;
    this.querySelector("[data-said]").textContent = this.found.querySelector("[data-words]")?.textContent.trim() ?? "";
  }

  toggle(button) {
    if (!button) return;
    const reading = document.getElementById(button.getAttribute("aria-controls"));
    reading.hidden = !reading.hidden;
    button.setAttribute("aria-expanded", String(!reading.hidden));
    if (reading.hidden) return;
    this.show(reading); // where it is there already
    reading.dispatchEvent(new CustomEvent("read"));
  }

  // with its row above it, as far as the menu is high
  show(reading) {
    if (!reading.hidden) reading.closest("li").scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const row = event.target.closest("li"), button = row?.querySelector("[data-read]");
    if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
    const isOpen = button.getAttribute("aria-expanded") === "true";
    const inside = event.target.closest(".reading");
    if (event.key === "ArrowRight" && !isOpen) this.toggle(button);
    else if (event.key === "ArrowLeft" && isOpen) {
      this.toggle(button);
      row.querySelector(".menu-item").focus();
    } else if (!inside || !event.key.startsWith("Arrow")) return;
    else return event.stopPropagation(); // it scrolls
    event.preventDefault();
    event.stopPropagation();
  }
}

customElements.define("past-answers", PastAnswers);
