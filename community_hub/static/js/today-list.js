// <today-list>: j and k move through its rows; the keys of what can be done with a row (data-row-key) are those of
// the row with the focus. Where a row leaves the list, the one that took its place gets the focus; where an undo brings
// it back before the focus has moved on, it has the focus again.
const ROW = ".due-row", LINK = ".due-what";

class TodayList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-step]");
      if (button) this.step(Number(button.dataset.step));
    });
    this.addEventListener("focusin", () => {
      this.mark();
      if (this.gone && (this.here?.id || "") !== this.gone.then) this.gone = null;
    });
    this.addEventListener("focusout", () => setTimeout(() => this.mark()));
    this.before = () => this.remember();
    this.after = () => this.restore();
    document.body.addEventListener("htmx:beforeSwap", this.before);
    document.body.addEventListener("htmx:afterSettle", this.after);
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:beforeSwap", this.before);
    document.body.removeEventListener("htmx:afterSettle", this.after);
  }

  get rows() { return [...this.querySelectorAll(ROW)]; }
  get here() { return this.contains(document.activeElement) ? document.activeElement.closest(ROW) : null; }

  step(by) {
    const rows = this.rows, at = rows.indexOf(this.here);
    const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
    next?.querySelector(LINK).focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  mark() {
    for (const each of this.querySelectorAll("[data-row-key]")) {
      if (each.closest(ROW) === this.here) each.dataset.key = each.dataset.rowKey;
      else delete each.dataset.key;
    }
  }

  remember() {
    const here = this.here;
    if (here) this.last = { id: here.id, at: this.rows.indexOf(here) };
  }

  restore() {
    const back = this.gone && document.getElementById(this.gone.id);
    if (back && (document.activeElement === document.body || (this.here?.id || "") === this.gone.then)) {
      this.gone = this.last = null;
      back.querySelector(LINK).focus();
      return;
    }
    if (!this.last || document.activeElement !== document.body) return;
    const rows = this.rows, row = document.getElementById(this.last.id) || rows[Math.min(this.last.at, rows.length - 1)];
    if (row?.id !== this.last.id) this.gone = { id: this.last.id, then: row?.id || "" };
    this.last = null;
    if (row) row.querySelector(LINK).focus();
    else focusOn(this.querySelector("h1"));
  }
}

function focusOn(heading) {
  heading.tabIndex = -1;
  heading.focus();
}

customElements.define("today-list", TodayList);
