// <self-submit>: sends its form once the page is there, so that a link from a mail needs one click.
class SelfSubmit extends HTMLElement {
  connectedCallback() { queueMicrotask(() => this.querySelector("form")?.requestSubmit()); }
}

customElements.define("self-submit", SelfSubmit);
