// <presence-beat data-url="…">: says who looks at this conversation, and who is writing in it, and how
// far the page was seen. The server forgets by itself; this only beats while the page is seen, and says goodbye.
const EVERY = 20_000, STILL_WRITING = 30_000;

class PresenceBeat extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.typedAt = 0;
    this.beat()?.then(() => this.ask());
    // "unread" waits for a beat that is under way: it says how far the page was seen
    document.addEventListener("htmx:confirm", (event) => {
      if (!this.underway || !/\/(readmark|unread)\/$/.test(event.detail.path)) return;
      event.preventDefault();
      this.underway.then(() => event.detail.issueRequest(true));
    }, { signal });
    this.timer = setInterval(() => this.beat(), EVERY);
    document.addEventListener("visibilitychange", () => this.beat(), { signal });
    addEventListener("pagehide", () => this.leave(), { signal });
    document.addEventListener("input", (event) => {
      if (!event.target.closest(".composer")) return;
      const first = Date.now() - this.typedAt > STILL_WRITING;
      this.typedAt = Date.now();
      if (first) this.beat();
    }, { signal });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.gone.abort();
    this.leave();
  }

  beat() {
    if (document.hidden) return;
    const state = Date.now() - this.typedAt < STILL_WRITING ? "replying" : "viewing";
    const upTo = document.querySelector(".thread [name=seen_up_to]")?.value || "0";
    const sent = this.send("POST", new URLSearchParams({ state, up_to: upTo }));
    const underway = this.underway = sent.then(() => { if (this.underway === underway) this.underway = null; });
    return sent;
  }

  // Whoever came between the making of this page and its first beat: no event told us.
  ask() { document.getElementById("presence")?.dispatchEvent(new CustomEvent("hub:again")); }

  leave() { this.send("DELETE"); }

  send(method, body) {
    const token = document.querySelector("meta[name=csrf-token]")?.content || "";
    return fetch(this.dataset.url, { method, body, keepalive: true, headers: { "X-CSRFToken": token } }).catch(() => {});
  }
}

customElements.define("presence-beat", PresenceBeat);
