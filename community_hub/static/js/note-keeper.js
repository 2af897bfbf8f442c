// <note-keeper data-user="7" data-kept="42">: the form inside keeps what is typed in this browser, for this user and this
// member alone, until it is saved or they sign out; the page that is opened later shows it again and says so.
class NoteKeeper extends HTMLElement {
  connectedCallback() {
    for (const name of ["input", "change"]) this.addEventListener(name, () => this.keep());
    this.addEventListener("htmx:beforeSwap", ({ detail }) => detail.xhr.status < 400 && this.forget());
    this.addEventListener("click", ({ target }) => target.closest("[data-discard]") && this.discard());
    queueMicrotask(() => this.restore()); // once its parts are there
  }

  get slot() { return `note:${this.dataset.user}:${this.dataset.kept}`; }
  get form() { return this.querySelector("form"); }

  keep() {
    const { text, visibility } = this.form.elements;
    if (!text.value.trim()) return this.forget();
    localStorage.setItem(this.slot, JSON.stringify({ text: text.value, visibility: visibility.value }));
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.slot) || "null"), { text, visibility } = this.form.elements;
    if (!kept || text.value) return;
    text.value = kept.text;
    visibility.value = kept.visibility;
    this.querySelector("[data-restored]").hidden = false;
  }

  discard() {
    this.forget();
    this.form.elements.text.value = "";
    this.querySelector("[data-restored]").hidden = true;
    this.form.elements.text.focus();
  }

  forget() { localStorage.removeItem(this.slot); }
}

addEventListener("submit", ({ target }) => {
  if (!target.action?.endsWith("/logout/")) return;
  Object.keys(localStorage).filter((key) => key.startsWith("note:")).forEach((key) => localStorage.removeItem(key));
});

customElements.define("note-keeper", NoteKeeper);
