// <saved-language>: in which of its languages a saved reply was inserted (saved-replies.js tells), and the choice of
// another. It puts that text in the place of the first, and is there as long as nobody has changed what was inserted.
class SavedLanguage extends HTMLElement {
  connectedCallback() {
    this.composer = this.closest("composer-box");
    this.composer.addEventListener("saved:inserted", ({ detail }) => this.show(detail));
    for (const name of ["input", "composer:changed", "composer:kept", "composer:elsewhere"]) {
      this.composer.addEventListener(name, () => this.isThere || this.hide());
    }
    this.select.addEventListener("change", () => this.turn());
  }

  get select() { return this.querySelector("select"); }
  get box() { return this.composer.querySelector('textarea[data-kind="reply"]'); }
  get isThere() { return Boolean(this.now) && this.box.value.includes(this.now.text); }

  show(now) {
    this.now = now;
    this.select.replaceChildren(...now.languages.map(([code, name]) => new Option(name, code, false, code === now.language)));
    this.querySelector("label").hidden = now.languages.length < 2;
    this.say(now.languages.length < 2 ? "" : `${this.dataset.said} ${this.select.selectedOptions[0].text}`);
  }

  hide() {
    this.now = null;
    this.querySelector("label").hidden = true;
    this.say("");
  }

  say(text) { this.querySelector("[role=status]").textContent = text; }

  async turn() {
    const { now, select, box } = this, language = select.value;
    const answer = await this.composer.querySelector("saved-replies").ask(now.url, { language });
    if (this.now !== now || select.value !== language || !this.isThere) return; // another was chosen, or it was changed meanwhile
    if (!answer) {
      select.value = now.language;
      return;
    }
    const at = box.value.lastIndexOf(now.text);
    this.now = { ...now, ...answer };
    box.setRangeText(answer.text, at, at + now.text.length, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    this.show(this.now);
  }
}

customElements.define("saved-language", SavedLanguage);
