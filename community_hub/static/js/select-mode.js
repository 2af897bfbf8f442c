// <select-mode>: holds the button that turns the rows of its <row-list> into boxes to tick, for whoever has no
// pointer to hover with. A press anywhere on a row then ticks it, until the selection is cleared or acted on.
class SelectMode extends HTMLElement {
  connectedCallback() {
    this.list = this.closest("row-list");
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("click", () => this.begin());
    this.list.addEventListener("click", (event) => this.tick(event), { capture: true, signal });
  }

  disconnectedCallback() { this.gone.abort(); }

  begin() {
    this.list.dataset.selecting = "";
    this.list.count();
    this.list.querySelector(".pick input")?.focus({ preventScroll: true }); // the button has just been hidden
  }

  tick(event) {
    const row = event.target.closest(":is(a.row, a.person-row)");
    if (!row || !("selecting" in this.list.dataset) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    row.closest("li, tr").querySelector(".pick input").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
  }
}

customElements.define("select-mode", SelectMode);
