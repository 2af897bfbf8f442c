// <scroll-keeper>: a thread opens at the first unread or the newest message, keeps its place while older
// ones are put in above, and follows new ones only when one is at the end already.
const NEAR = 120; // px from the end that still count as being there

class ScrollKeeper extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.toStart();
    this.addEventListener("htmx:beforeSwap", () => {
      this.atEnd = this.scrollHeight - this.scrollTop - this.clientHeight < NEAR;
      this.fromEnd = this.scrollHeight - this.scrollTop;
    }, { signal });
    this.addEventListener("htmx:afterSettle", ({ detail }) => {
      const older = detail.requestConfig?.elt?.closest?.("[data-older]") || detail.elt?.closest?.("[data-older]");
      if (this.wantsOlder || older) this.scrollTop = this.scrollHeight - this.fromEnd;
      else if (this.atEnd) this.scrollTop = this.scrollHeight;
      this.wantsOlder = false;
    }, { signal });
    this.addEventListener("htmx:beforeRequest", ({ target }) => { this.wantsOlder = target.matches("[data-older]"); }, { signal });
  }

  disconnectedCallback() { this.gone.abort(); }

  toStart() {
    const aim = (location.hash && this.querySelector(CSS.escape(location.hash[0]) && location.hash)) || this.querySelector("[data-first-unread]");
    if (aim) aim.scrollIntoView({ block: "start" });
    else this.scrollTop = this.scrollHeight;
  }
}

customElements.define("scroll-keeper", ScrollKeeper);
