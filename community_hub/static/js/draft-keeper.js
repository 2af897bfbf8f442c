// <draft-keeper data-url="…">: saves the form's texts on the server while one types; while the server
// cannot be reached, the words stay in this browser and come back with the page.
const WAIT = 700; // ms after the last key
const AGAIN = 10_000; // ms until a save that failed is tried again

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    this.addEventListener("input", ({ target }) => target.matches("textarea") && this.typed(target));
    this.addEventListener("change", () => this.flush());
    this.addEventListener("composer:sending", () => this.stop()); // what is sent must not come back as a draft
    this.addEventListener("composer:kept", ({ target }) => this.typed(target));
    this.addEventListener("composer:changed", ({ target }) => this.settled(target));
    addEventListener("pagehide", () => this.flush(), { signal: this.gone.signal });
    this.querySelectorAll("textarea").forEach((box) => this.restore(box));
  }

  disconnectedCallback() {
    this.flush();
    this.gone.abort();
  }

  slot(box) { return `draft:${this.dataset.url}:${box.dataset.kind}`; }

  restore(box) {
    const kept = localStorage.getItem(this.slot(box));
    if (kept !== null && kept !== box.value) {
      box.value = kept;
      this.typed(box);
    }
    box.setSelectionRange(box.value.length, box.value.length); // one goes on where the draft ends
  }

  typed(box) {
    this.box = box;
    localStorage.setItem(this.slot(box), box.value);
    this.say("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT);
  }

  // the server knows this text already: it gave it back, or put it aside as sent
  settled(box) {
    this.stop();
    localStorage.removeItem(this.slot(box));
    this.say("");
  }

  stop() { clearTimeout(this.timer); this.timer = null; }

  async flush() {
    if (!this.timer || !this.box) return;
    this.stop();
    const { box, box: { value: text } } = this, slot = this.slot(box);
    const to = this.querySelector("input[name=to]")?.value || "";
    const body = new URLSearchParams({ kind: box.dataset.kind, text, to });
    const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]")?.content || "" };
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, headers, keepalive: text.length < 15_000 });
      if (!answer.ok) throw new Error(answer.status);
      this.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true, detail: await answer.json() }));
      if (localStorage.getItem(slot) === text) localStorage.removeItem(slot);
      this.say(text ? "saved" : "");
    } catch {
      this.say("kept");
      if (this.isConnected && !this.timer) this.timer = setTimeout(() => this.flush(), AGAIN);
    }
  }

  say(state) { this.querySelectorAll("[data-draft]").forEach((note) => { note.hidden = note.dataset.draft !== state; }); }
}

customElements.define("draft-keeper", DraftKeeper);
