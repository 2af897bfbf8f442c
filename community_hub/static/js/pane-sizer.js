// <pane-sizer role="separator" aria-controls="list">: the edge of the list. It is dragged, or moved by the arrow
// keys; Home, End and a double click are narrowest, widest and as it was. The width goes to the person's preferences,
// and stands on <html data-list-width> when a page comes.
const STEP = 16; // px
const PAUSE = 300; // ms after the last key until the width is sent

class PaneSizer extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("pointerdown", (event) => this.grab(event), { signal });
    this.addEventListener("pointermove", (event) => this.drag(event), { signal });
    this.addEventListener("lostpointercapture", () => this.drop(), { signal });
    this.addEventListener("dblclick", () => this.choose(null), { signal });
    this.addEventListener("keydown", (event) => this.move(event), { signal });
    addEventListener("resize", () => this.tell(), { signal });
    addEventListener("pagehide", () => this.send(), { signal });
    this.apply();
  }

  disconnectedCallback() {
    this.gone.abort();
    clearTimeout(this.timer);
    this.send();
  }

  get pane() { return document.getElementById(this.getAttribute("aria-controls")); }
  get width() { return this.pane.getBoundingClientRect().width; }
  get towardsEnd() { return getComputedStyle(this).direction === "rtl" ? -1 : 1; }
  get narrowest() { return 16 * parseFloat(getComputedStyle(document.documentElement).fontSize); }
  get widest() { return Math.max(innerWidth * 0.4, this.narrowest); } // as in layout.css

  grab(event) {
    if (event.button) return;
    event.preventDefault(); // else the words beside it are selected
    this.setPointerCapture(event.pointerId);
    this.dataset.dragged = "";
    this.from = event.clientX - this.towardsEnd * this.width;
  }

  drag(event) {
    if (!("dragged" in this.dataset)) return;
    this.show(this.within(this.towardsEnd * (event.clientX - this.from)));
  }

  drop() {
    delete this.dataset.dragged;
    this.choose(this.width);
  }

  move(event) {
    const by = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key] * this.towardsEnd;
    const to = { Home: this.narrowest, End: this.widest }[event.key] ?? this.width + by;
    if (Number.isNaN(to)) return;
    event.preventDefault();
    this.choose(to);
  }

  within(width) { return Math.round(Math.min(this.widest, Math.max(this.narrowest, width))); }

  choose(width) {
    document.documentElement.dataset.listWidth = this.chosen = width === null ? 0 : this.within(width);
    this.apply();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  send() {
    if (this.chosen === undefined) return;
    const body = new URLSearchParams({ list_width: this.chosen });
    const token = document.querySelector("meta[name=csrf-token]").content;
    this.chosen = undefined;
    fetch(this.dataset.url, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => {});
  }

  apply() { this.show(parseInt(document.documentElement.dataset.listWidth, 10)); }

  show(width) {
    const { style } = document.documentElement;
    if (width) style.setProperty("--list-chosen", `${width}px`);
    else style.removeProperty("--list-chosen");
    this.tell();
  }

  tell() {
    this.ariaValueMin = Math.round(this.narrowest);
    this.ariaValueMax = Math.round(this.widest);
    this.ariaValueNow = Math.round(this.width);
  }
}

customElements.define("pane-sizer", PaneSizer);
