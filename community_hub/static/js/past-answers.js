// <past-answers>: in the menu of the reply box, what the team answered before. Asked for when the menu opens and
// as one types; what is shown of the words before cannot be taken by Enter in the box. The right arrow opens
// the whole answer below its row, the left one closes it.
const PAUSE = 250; // ms without a key

class PastAnswers extends HTMLElement {
  connectedCallback() {
    this.menu = this.closest("command-menu");
    this.found = this.querySelector("[data-found]");
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.menu.addEventListener("input", ({ target }) => target.matches(".filter") && this.typed(), { signal });
    this.menu.addEventListener("toggle", ({ newState }) => this.turned(newState), { signal });
    this.addEventListener("click", ({ target }) => this.toggle(target.closest("[data-read]")));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("htmx:afterSettle", (event) => this.settled(event));
  }

  disconnectedCallback() {
    this.gone.abort();
    this.wait();
  }

  turned(state) {
    this.wait();
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
