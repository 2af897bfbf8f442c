// <scroll-keeper>: a thread opens at the message that was searched for, the first unread or the newest, keeps its place while older
// ones are put in above, and follows new ones only when one is at the end already; also when the box below
// grows. Where it opened, it stays while pictures arrive, until somebody scrolls. Whatever took the focus away with
// it leaves it here.
const NEAR = 120; // px from the end that still count as being there
const LEAVING = ["wheel", "touchmove", "pointerdown", "keydown", "focusin"]; // by which somebody goes elsewhere
let focused = false; // was anything, before the last swap?

document.body.addEventListener("htmx:beforeSwap", () => { focused = document.activeElement !== document.body; });

class ScrollKeeper extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.grown = new ResizeObserver(() => this.opens && this.toStart());
    this.opens = true;
    this.toStart();
    this.guard();
    for (const name of LEAVING) this.addEventListener(name, ({ target }) => {
      if (name !== "focusin" || target !== this) this.opens = false;
    }, { signal, passive: true });
    this.addEventListener("scroll", () => { this.follows = this.isAtEnd; }, { signal, passive: true });
    this.resized = new ResizeObserver(() => {
      if (this.follows && this.height) this.scrollTop = this.scrollHeight; // not when it is first measured
      this.height = this.clientHeight;
    });
    this.resized.observe(this);
    document.body.addEventListener("htmx:afterSettle", () => {
      if (focused && document.activeElement === document.body) this.focus({ preventScroll: true });
    }, { signal });
    this.addEventListener("htmx:beforeSwap", () => {
      this.atEnd = this.isAtEnd;
      this.fromEnd = this.scrollHeight - this.scrollTop;
    }, { signal });
    this.addEventListener("htmx:afterSettle", () => {
      this.guard();
      this.dedupe();
      if (this.wantsOlder) this.scrollTop = this.scrollHeight - this.fromEnd;
      else if (this.atEnd) this.scrollTop = this.scrollHeight;
      this.wantsOlder = false;
    }, { signal });
    this.addEventListener("htmx:beforeRequest", ({ target }) => { this.wantsOlder = target.matches("[data-older]"); }, { signal });
  }

  disconnectedCallback() {
    this.gone.abort();
    this.resized.disconnect();
    this.grown.disconnect();
  }

  get isAtEnd() { return this.scrollHeight - this.scrollTop - this.clientHeight < NEAR; }

  // an answer to a thread that was replaced meanwhile is old: let it go
  guard() {
    const thread = this.querySelector(".thread");
    if (!thread || thread === this.guarded) return;
    this.guarded = thread;
    this.grown.disconnect();
    this.grown.observe(thread);
    thread.addEventListener("htmx:beforeOnLoad", (event) => event.target.isConnected || event.preventDefault());
  }

  // an older page ends on the day with which the one below begins
  dedupe() {
    const days = [...this.querySelectorAll(".day[data-day]")];
    days.forEach((day, at) => { if (at && days[at - 1].dataset.day === day.dataset.day) day.remove(); });
  }

  // again as often as the thread grows, until somebody scrolls or the place has gone
  toStart() {
    const found = this.querySelector("[data-found]"); // by a search
    const named = location.hash && document.getElementById(location.hash.slice(1));
    const aim = found || named || this.querySelector("[data-first-unread]");
    if (this.aim !== undefined && this.aim !== aim) { this.opens = false; return; } // the place has gone
    this.aim = aim;
    const margin = found && 2 * parseFloat(getComputedStyle(found).scrollMarginTop);
    const isWhole = found && found.offsetHeight + margin < this.clientHeight;
    if (aim) aim.scrollIntoView({ block: isWhole ? "center" : "start" });
    else this.scrollTop = this.scrollHeight;
    this.follows = this.isAtEnd;
  }
}

customElements.define("scroll-keeper", ScrollKeeper);
