// <saved-replies>: what is in the menu of the reply box: where one types, the list, and past answers below it. The
// list is asked for when the menu opens, and whoever types meanwhile goes on. A click puts the text where the cursor
// is, with what the server filled in, in the language that it chose; <saved-language> offers the others. What the
// server points out stands above the box until somebody has read it. A semicolon at the beginning of a line opens
// the menu (composer-box.js).
const PAUSE = 150; // ms after the last key

class SavedReplies extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const item = target.closest("[data-url]");
      if (this.contains(item)) this.insert(item.dataset.url); // the draft, around the menu, has an address too
    });
    this.addEventListener("click", (event) => this.keepFocus(event));
    this.gone = new AbortController();
    const { signal } = this.gone;
    for (const name of ["input", "composer:changed", "composer:kept", "composer:elsewhere"]) {
      this.closest("composer-box").addEventListener(name, () => this.recheck(), { signal });
    }
    this.closest("command-menu").addEventListener("toggle", ({ newState }) => {
      clearTimeout(this.timer);
      if (newState === "open") this.look(""); // few are filtered here, whatever is typed meanwhile
      else this.forget();
    });
    this.addEventListener("input", ({ target }) => {
      clearTimeout(this.timer);
      if (!target.matches(".filter") || !this.hasOnlyPart) return;
      this.list.ariaBusy = "true";
      this.timer = setTimeout(() => this.look(this.typed), PAUSE);
    });
    this.addEventListener("htmx:afterSwap", ({ target }) => target === this.list && this.catchUp());
  }

  disconnectedCallback() { clearTimeout(this.timer); this.gone.abort(); }

  // where there are more than the menu has, or longer ones, the server looks through them
  get hasOnlyPart() { return Boolean(this.list.querySelector("[data-part]")); }

  get typed() { return this.querySelector(".filter").value; }

  get list() { return this.querySelector("#saved-list"); }

  look(words) {
    const { list } = this;
    this.lookedFor = words;
    list.ariaBusy = "true"; // Enter waits for it
    list.setAttribute("hx-vals", JSON.stringify({ words }));
    list.dispatchEvent(new CustomEvent("look"));
  }

  // whoever typed before the list was there
  catchUp() {
    const isOpen = this.hasOnlyPart && this.closest("command-menu").matches(":popover-open");
    if (isOpen && this.lookedFor !== this.typed) this.look(this.typed);
    else this.list.ariaBusy = null;
  }

  // a heading or a text takes none, and keys would go nowhere; what is marked to be copied stays. On a phone the menu
  // takes it: the box would call the keyboard.
  keepFocus({ pointerType }) {
    const menu = this.closest("command-menu"), isTouch = pointerType === "touch";
    const isLost = [document.body, menu].includes(document.activeElement) && menu.matches(":popover-open");
    if (!isLost || !getSelection().isCollapsed) return;
    if (isTouch) menu.tabIndex = -1;
    (isTouch ? menu : this.querySelector(".filter")).focus({ preventScroll: true });
  }

  // one undo serves all fields of a page: what was typed to find something would come before what was inserted
  forget() {
    const box = this.querySelector(".filter");
    box.replaceWith(box.cloneNode());
  }

  async insert(url) {
    const composer = this.closest("composer-box"), box = composer.querySelector('textarea[data-kind="reply"]');
    const taken = composer.semicolon, answer = await this.ask(url);
    this.closest("command-menu").hidePopover();
    const choice = composer.querySelector('input[value="reply"]');
    if (choice && !choice.checked) choice.click();
    if (answer) {
      composer.put(box, this.before(box, answer.text, taken) + answer.text, box.selectionStart - taken);
      if (answer.remark) this.pointOut(composer, answer.remark, answer.names);
      composer.dispatchEvent(new CustomEvent("saved:inserted", { detail: { url, languages: [], ...answer } }));
    }
    box.focus();
  }

  // what keeps an inserted text apart from the word before it
  before(box, text, taken) {
    if (!/\S$/.test(box.value.slice(0, box.selectionStart - taken))) return "";
    return text.includes("\n") ? "\n\n" : " ";
  }

  // null where it failed, which a toast has said
  async ask(url, more = {}) {
    const composer = this.closest("composer-box");
    const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]")?.content || "" };
    const body = new URLSearchParams({ to: composer.querySelector("input[name=to]")?.value || "", ...more });
    const answer = await fetch(url, { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok) return answer.json();
    const text = composer.querySelector("[data-saved-replies]").dataset.failed;
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
    return null;
  }

  // `names`: those that the remark is about; it goes when none of them is in the box any more
  pointOut(composer, remark, names) {
    const { seen } = composer.querySelector("[data-saved-replies]").dataset;
    const words = document.createElement("p"), button = document.createElement("button");
    words.textContent = remark;
    words.dir = "auto";
    Object.assign(button, { type: "button", className: "btn small", textContent: seen });
    button.addEventListener("click", () => {
      composer.querySelector(".warning").replaceChildren();
      composer.querySelector('textarea[data-kind="reply"]').focus();
    });
    composer.querySelector(".warning").replaceChildren(words, button);
    this.pointedOut = { words, names };
  }

  recheck() {
    const { words, names } = this.pointedOut ?? {}, composer = this.closest("composer-box");
    if (!words?.isConnected) return;
    const { value } = composer.querySelector('textarea[data-kind="reply"]');
    if (!names.some((name) => value.includes(name))) composer.clear(".warning");
  }
}

customElements.define("saved-replies", SavedReplies);
