// <draft-keeper data-url="…" data-user="7">: saves the form's texts on the server while one types, one
// save after the other. While the server cannot be reached, the words stay in this browser, for this
// user alone, and come back with the page. Another tab of the same conversation shows them as well. Where a draft
// begins or ends, the lists are told: rows and the navigation show it. Each save says which texts this browser has
// had; where another browser has kept a different one since, both are shown, and whoever writes decides.
const WAIT = 700; // ms after the last key
const AGAIN = 10_000; // ms until a save that failed is tried again
const KNOWN = 4; // texts of the server's that a save names, the newest
const LONGEST = 15_000; // characters that a page which is left can send

class DraftKeeper extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.unsaved = new Set();
    this.begun = new Set(this.boxes.filter(hasWords)); // those of which the server has a draft
    this.addEventListener("input", ({ target }) => target.matches("textarea") && this.typed(target));
    this.addEventListener("change", () => this.flush());
    this.addEventListener("composer:sending", ({ target }) => this.unsaved.delete(target)); // what is sent must not come back as a draft
    this.addEventListener("composer:kept", ({ target }) => this.typed(target));
    this.addEventListener("composer:changed", ({ target }) => this.settled(target));
    addEventListener("pagehide", () => this.flush({ leaving: true }), { signal });
    addEventListener("storage", (event) => this.elsewhere(event), { signal });
    this.known = new Map(this.boxes.map((box) => [box, [box.value]])); // what the server had
    this.addEventListener("click", ({ target }) => this.decide(target));
    this.boxes.forEach((box) => this.restore(box));
  }

  disconnectedCallback() {
    this.flush();
    this.gone.abort();
  }

  get boxes() { return [...this.querySelectorAll("textarea")]; }
  get row() { return document.getElementById(`row-${this.closest("form").dataset.conversation}`); }

  slot(box, part = "") { return `draft${part}:${this.dataset.user}:${this.dataset.url}:${box.dataset.kind}`; }

  knows(box, text) {
    this.known.set(box, [...this.known.get(box), text].slice(-KNOWN));
    if (localStorage.getItem(this.slot(box)) !== null) this.keepKnown(box);
  }

  // beside words that are kept in this browser: what they were made of
  keepKnown(box) { localStorage.setItem(this.slot(box, "was"), JSON.stringify(this.known.get(box))); }

  forget(box) { for (const part of ["", "was"]) localStorage.removeItem(this.slot(box, part)); }

  restore(box) {
    const kept = localStorage.getItem(this.slot(box));
    if (kept !== null && kept !== box.value) {
      this.known.set(box, JSON.parse(localStorage.getItem(this.slot(box, "was")) || "null") || [box.value]);
      box.value = kept;
      this.typed(box);
    }
    box.setSelectionRange(box.value.length, box.value.length); // one goes on where the draft ends
  }

  typed(box) {
    this.unsaved.add(box);
    localStorage.setItem(this.slot(box), box.value);
    this.keepKnown(box);
    if (this.differing?.box === box) return this.say("kept"); // until it is decided
    this.say("saving");
    this.flushIn(WAIT);
  }

  // the server knows this text already: it gave it back, or put it aside as sent; a save that is still
  // on its way would bring the old one back, so it is followed by another
  settled(box) {
    this.unsaved.delete(box);
    this.knows(box, box.value);
    if (this.differing?.box === box) this.decided();
    if (!hasWords(box)) this.row?.querySelector(".draft")?.remove(); // until the list is there
    if (this.isNews(box, box.value)) this.tellLists();
    localStorage.setItem(this.slot(box), box.value); // for the other tabs
    this.forget(box);
    this.say("");
    this.saving?.then(() => this.save(box));
  }

  elsewhere({ key, newValue }) {
    const box = this.boxes.find((each) => this.slot(each) === key);
    if (!box || newValue === null || newValue === box.value || (document.hasFocus() && document.activeElement === box)) return;
    this.unsaved.delete(box);
    this.knows(box, newValue);
    box.value = newValue;
    box.dispatchEvent(new Event("composer:elsewhere", { bubbles: true }));
  }

  flushIn(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), wait);
  }

  // a page that is left cannot wait for the save before
  flush({ leaving = false } = {}) {
    clearTimeout(this.timer);
    for (const box of this.unsaved) {
      if (this.differing?.box === box) continue;
      const saved = this.saving && !leaving ? this.saving.then(() => this.save(box)) : this.save(box);
      const last = this.saving = saved.then(() => { if (this.saving === last) this.saving = null; });
    }
    this.unsaved.clear();
  }

  async save(box) {
    const text = box.value, slot = this.slot(box);
    const to = this.querySelector("input[name=to]")?.value || "";
    const body = new URLSearchParams({ kind: box.dataset.kind, text, to });
    const was = this.known.get(box);
    if (text.length + was.join("").length < LONGEST) was.forEach((each) => body.append("was", each));
    this.knows(box, text); // should a later one overtake it
    const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]")?.content || "" };
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, headers, keepalive: text.length < LONGEST });
      if (!answer.ok) throw new Error(answer.status);
      const detail = await answer.json();
      if ("other" in detail) return this.differ(box, detail.other);
      this.knows(box, detail.text);
      this.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true, detail }));
      if (this.isNews(box, text)) this.tellLists();
      if (localStorage.getItem(slot) === text) this.forget(box);
      if (!this.unsaved.size) this.say(text ? "saved" : "");
    } catch {
      this.say("kept");
      if (!this.isConnected || box.value !== text) return;
      this.unsaved.add(box);
      this.flushIn(AGAIN);
    }
  }

  // nothing is saved of a box until one of both texts is chosen; what is typed stays in this browser
  differ(box, text) {
    const part = this.querySelector("[data-differs]"), said = this.querySelector("template[data-says-differs]");
    this.differing = { box, text };
    part.replaceChildren(said.content.cloneNode(true));
    part.querySelector("blockquote").textContent = text;
    this.say("kept");
  }

  decide(target) {
    const { box, text } = this.differing ?? {}, composer = this.closest("composer-box");
    if (!box || !target.matches("[data-use], [data-mine]")) return;
    this.decided();
    this.knows(box, text);
    if ("use" in target.dataset) composer.put(box, text, 0, box.value.length);
    else this.typed(box);
    box.focus();
  }

  decided() {
    this.differing = null;
    this.querySelector("[data-differs]").replaceChildren();
  }

  // to the lists; of a conversation that was left, they have the draft as it was before
  isNews(box, text) {
    const before = this.begun.has(box), now = hasWords({ value: text });
    this.begun[now ? "add" : "delete"](box);
    return before !== now || !this.isConnected;
  }

  tellLists() { document.body.dispatchEvent(new CustomEvent("hub:conversation")); }

  say(state) { this.querySelectorAll("[data-draft]").forEach((note) => { note.hidden = note.dataset.draft !== state; }); }
}

function hasWords({ value }) { return value.trim() !== ""; }

customElements.define("draft-keeper", DraftKeeper);
