// <saved-language>: in which of its languages a saved reply was inserted (saved-replies.js tells), and the choice of
// another. It puts that text in the place of the first, and is there as long as nobody has changed what was inserted;
// Ctrl+Z brings the text before back, and its language.
const PAUSE = 500; // ms without a key: letters that are typed name one language together

class SavedLanguage extends HTMLElement {
  connectedCallback() {
    this.known = []; // texts of what was inserted last, one a language, the longest first
    this.composer = this.closest("composer-box");
    this.composer.addEventListener("saved:inserted", ({ detail }) => { this.known = [detail]; this.show(detail); });
    for (const name of ["input", "composer:changed", "composer:kept", "composer:elsewhere"]) {
      this.composer.addEventListener(name, () => this.follow());
    }
    this.select.addEventListener("change", () => this.turnSoon());
    this.select.addEventListener("keydown", () => this.timer && this.turnSoon());
  }

  get select() { return this.querySelector("select"); }
  get box() { return this.composer.querySelector('textarea[data-kind="reply"]'); }

  follow() {
    const there = this.known.find(({ text }) => this.box.value.includes(text));
    if (!there) this.hide();
    else if (there !== this.now) this.show(there);
  }

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

  turnSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.turn(), PAUSE);
  }

  async turn() {
    this.timer = null;
    if (!this.now || this.select.value === this.now.language) return;
    const { now, select, box } = this, language = select.value;
    const answer = await this.composer.querySelector("saved-replies").ask(now.url, { language });
    if (this.now !== now || select.value !== language) return; // another was chosen, or it was changed meanwhile
    if (!answer) {
      select.value = now.language;
      return;
    }
    const at = box.value.lastIndexOf(now.text), next = { ...now, ...answer };
    const others = this.known.filter((each) => each.language !== next.language);
    this.known = [next, ...others].sort((one, other) => other.text.length - one.text.length);
    this.composer.put(box, next.text, at, at + now.text.length);
    this.show(next);
    select.focus();
  }
}

customElements.define("saved-language", SavedLanguage);
