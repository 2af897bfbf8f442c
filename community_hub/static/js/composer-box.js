// <composer-box>: turns between reply and note, empties what was sent, takes back what was not.
// Tells the elements inside: composer:sending, composer:kept (it did not go), composer:changed.
class ComposerBox extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.sent = {};
    this.addEventListener("change", ({ target }) => target.matches("[type=radio]") && this.turn(target.value));
    this.addEventListener("click", ({ target }) => "blocked" in target.dataset && this.refuse(target.dataset.blocked));
    this.addEventListener("input", () => {
      this.clear(".preview");
      if (!this.querySelector(".warning button")) this.clear(".warning"); // what was wrong is being mended
    });
    this.addEventListener("keydown", (event) => event.key === ";" && this.offerSaved(event));
    this.addEventListener("htmx:beforeRequest", (event) => this.sending(event));
    this.addEventListener("htmx:afterRequest", (event) => event.detail.successful || this.kept(event));
    document.body.addEventListener("composer:sent", ({ detail }) => this.gotAway(detail.kind), { signal });
    document.body.addEventListener("composer:returned", ({ detail }) => this.returned(detail), { signal });
  }

  disconnectedCallback() { this.gone.abort(); }

  box(kind) { return this.querySelector(`textarea[data-kind="${kind}"]`); }
  tell(box, name) { box.dispatchEvent(new CustomEvent(`composer:${name}`, { bubbles: true })); }
  clear(parts) { this.querySelectorAll(parts).forEach((part) => part.replaceChildren()); }

  // at the beginning of a line or after a space, where nobody writes one
  offerSaved(event) {
    const button = this.querySelector("[data-saved-replies]"), box = event.target;
    if (box.matches("#saved-menu .filter") && !box.value) return this.writeSemicolon(event);
    if (!button || !box.matches('textarea[data-kind="reply"]') || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!/(^|\s)$/.test(box.value.slice(0, box.selectionStart))) return;
    event.preventDefault();
    button.click(); // the menu opens beside it
  }

  // who wants to reply where nobody can is told why, and what to do
  refuse(text) { document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } })); }

  // pressed twice it is meant, as in French after a space
  writeSemicolon(event) {
    const box = this.box("reply");
    event.preventDefault();
    event.target.closest("command-menu").hidePopover();
    box.setRangeText(";", box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  turn(kind) {
    this.clear(".preview");
    this.box(kind)?.focus();
  }

  // the button says which text it sends; "send anyway" stands in the warning and means the reply
  kindOf({ target }) {
    if (target.matches("[data-preview]")) return null;
    return target.dataset.kind || "reply";
  }

  sending(event) {
    const box = this.box(this.kindOf(event));
    if (!box) return;
    this.sent[box.dataset.kind] = box.value;
    this.tell(box, "sending");
  }

  kept(event) {
    const box = this.box(this.kindOf(event));
    if (box) this.tell(box, "kept");
  }

  // what was typed while it was on its way stays
  gotAway(kind) {
    const box = this.box(kind), text = this.sent[kind] ?? "";
    if (!box) return;
    const more = box.value.startsWith(text) ? box.value.slice(text.length) : box.value;
    box.value = more.trimStart();
    this.tell(box, box.value ? "kept" : "changed");
    setTimeout(() => this.clear(".preview, .warning")); // after the swap: what is cleared may have asked for it
    if (!box.value && document.activeElement === box) document.getElementById("main")?.focus({ preventScroll: true }); // z, e and j are keys again
  }

  // only here, if it was written here: another conversation has other readers
  returned({ conversation, kind, text }) {
    const box = this.box(kind), choice = this.querySelector(`input[value="${kind}"]`);
    if (!box || String(conversation) !== this.closest("form").dataset.conversation) return;
    box.value = text;
    this.tell(box, "changed");
    if (choice) choice.checked = true;
    this.clear(".preview, .warning");
    box.focus();
  }
}

customElements.define("composer-box", ComposerBox);
