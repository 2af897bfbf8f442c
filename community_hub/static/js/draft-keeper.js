// <draft-keeper data-url="…">: saves the form's texts on the server while one types; while the server
// cannot be reached, the words stay in this browser and come back with the page.
const WAIT = 700; // ms after the last key

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.addEventListener("input", (event) => event.target.matches("textarea") && this.typed(event.target));
    this.addEventListener("change", (event) => event.target.matches("[type=radio]") && this.turn(event.target.value));
    this.gone = new AbortController();
    const { signal } = this.gone;
    addEventListener("pagehide", () => this.flush(), { signal });
    document.body.addEventListener("composer:sent", ({ detail }) => this.put(detail.kind, "", false), { signal });
    document.body.addEventListener("composer:returned", ({ detail }) => this.put(detail.kind, detail.text, true), { signal });
    this.querySelectorAll("textarea").forEach((box) => this.restore(box));
  }

  disconnectedCallback() {
    this.flush();
    this.gone.abort();
  }

  turn(kind) {
    this.flush();
    this.querySelector(".preview")?.replaceChildren();
    this.querySelector(`textarea[data-kind="${kind}"]`)?.focus();
  }

  slot(box) { return `draft:${this.dataset.url}:${box.dataset.kind}`; }

  restore(box) {
    const kept = localStorage.getItem(this.slot(box));
    if (kept === null || kept === box.value) return;
    box.value = kept;
    this.typed(box);
  }

  typed(box) {
    this.box = box;
    localStorage.setItem(this.slot(box), box.value);
    this.querySelector(".preview")?.replaceChildren();
    this.say("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), WAIT);
  }

  stop() { clearTimeout(this.timer); this.timer = null; }

  async flush() {
    if (!this.timer || !this.box) return;
    this.stop();
    const box = this.box, text = box.value, slot = this.slot(box);
    const body = new FormData();
    body.set("kind", box.dataset.kind);
    body.set("text", text);
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, keepalive: text.length < 15_000, headers: { "X-CSRFToken": token(), Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      if (localStorage.getItem(slot) === text) localStorage.removeItem(slot);
      this.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true, detail: await answer.json() }));
      this.say(text ? "saved" : "");
    } catch {
      this.say("kept");
      if (this.isConnected) this.timer = setTimeout(() => this.flush(), 10_000);
    }
  }

  // what the server has put aside, or given back; nothing is saved for it
  put(kind, text, focus) {
    const box = this.querySelector(`textarea[data-kind="${kind}"]`);
    if (!box) return;
    this.stop();
    box.value = text;
    localStorage.removeItem(this.slot(box));
    setTimeout(() => this.tidy()); // after the swap: what is tidied away may have asked for it
    if (focus) { this.querySelector(`input[value="${kind}"]`).checked = true; box.focus(); }
    box.dispatchEvent(new CustomEvent("composer:changed", { bubbles: true }));
  }

  tidy() {
    this.say("");
    this.querySelectorAll(".preview, .warning").forEach((part) => part.replaceChildren());
  }

  say(state) { this.querySelectorAll("[data-draft]").forEach((note) => { note.hidden = note.dataset.draft !== state; }); }
}

function token() { return document.querySelector("meta[name=csrf-token]")?.content || ""; }

customElements.define("draft-keeper", DraftKeeper);
