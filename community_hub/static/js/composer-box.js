// <composer-box>: turns between reply and note, empties what was sent, takes back what was not. put() writes for
// the elements inside what Ctrl+Z takes back.
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
    this.addEventListener("input", (event) => this.offerSaved(event));
    this.addEventListener("beforeinput", (event) => this.goOn(event));
    this.addEventListener("keydown", (event) => event.key === "Backspace" && this.takeSemicolon(event));
    this.addEventListener("toggle", ({ target, newState }) => { if (target.id === "saved-menu" && newState === "closed") this.begun = false; }, true);
    this.addEventListener("htmx:beforeRequest", (event) => this.sending(event));
    this.addEventListener("htmx:afterRequest", (event) => hasGone(event) || this.kept(event));
    document.body.addEventListener("composer:sent", ({ detail }) => this.gotAway(detail.kind), { signal });
    document.body.addEventListener("composer:returned", ({ detail }) => this.returned(detail), { signal });
  }

  disconnectedCallback() { this.gone.abort(); }

  box(kind) { return this.querySelector(`textarea[data-kind="${kind}"]`); }
  tell(box, name) { box.dispatchEvent(new CustomEvent(`composer:${name}`, { bubbles: true })); }
  clear(parts) { this.querySelectorAll(parts).forEach((part) => part.replaceChildren()); }

  // A semicolon at the beginning of a line or after a space opens the menu, and stays what it is unless a text takes
  // its place.
  offerSaved({ target: box, inputType, data }) {
    const button = this.querySelector("[data-saved-replies]");
    if (!button || this.writes || inputType !== "insertText" || data !== ";" || !box.matches('textarea[data-kind="reply"]')) return;
    if (!/(^|\s);$/.test(box.value.slice(0, box.selectionStart))) return;
    this.begun = true;
    button.click(); // the menu opens beside it
  }

  // what no word begins with was meant for the text, as in ";)" or French " ; "; so was a semicolon that is pressed twice
  goOn(event) {
    const { target, inputType, data } = event;
    if (!this.isUntouched(target) || inputType !== "insertText" || !data) return;
    if (this.begun ? /^[\p{L}\p{N}]/u.test(data) : data !== ";") return;
    event.preventDefault();
    this.leaveSaved(target, this.begun && data === ";" ? "" : data);
  }

  takeSemicolon(event) {
    if (!this.begun || !this.isUntouched(event.target)) return;
    event.preventDefault();
    this.leaveSaved(event.target, "", this.semicolon);
  }

  isUntouched(field) { return field.matches("#saved-menu .filter") && !field.value; }

  // how many characters before the cursor opened the menu
  get semicolon() {
    const box = this.box("reply");
    return this.begun && box.value[box.selectionStart - 1] === ";" ? 1 : 0;
  }

  leaveSaved(field, text, taken = 0) {
    const box = this.box("reply");
    field.closest("command-menu").hidePopover();
    this.writes = true;
    this.put(box, text, box.selectionStart - taken);
    this.writes = false;
  }

  // who wants to reply where nobody can is told why, and what to do
  refuse(text) { document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } })); }

  // As if it was typed, in the place of what is selected or stands there. execCommand is deprecated, but nothing else
  // reaches the browser's own undo; where it is gone, setRangeText writes what Ctrl+Z does not know of.
  put(box, text, start = box.selectionStart, end = box.selectionEnd) {
    box.focus();
    box.setSelectionRange(start, end);
    if (!text && start === end) return;
    const typed = document.activeElement === box && document.execCommand(text ? "insertText" : "delete", false, text);
    if (!typed) {
      box.setRangeText(text, start, end, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const at = box.selectionEnd;
    for (const from of [at - 1, at]) box.setSelectionRange(Math.max(from, 0), at); // what is typed next is undone apart
  }

  turn(kind) {
    this.clear(".preview");
    this.box(kind)?.focus();
  }

  // the button says which text it sends; "send anyway" stands in the warning and means the reply. A menu only asks.
  kindOf({ target, detail }) {
    if (target.matches("[data-preview], [data-aside]") || detail.requestConfig.verb === "get") return null;
    return target.dataset.kind || "reply";
  }

  sending(event) {
    const box = this.box(this.kindOf(event));
    if (!box) return;
    this.sent[box.dataset.kind] = box.value;
    this.insists = event.target.closest(".warning") !== null; // from a button that goes with the warning
    this.tell(box, "sending");
  }

  kept(event) {
    const box = this.box(this.kindOf(event));
    if (!box) return;
    this.tell(box, "kept");
    if (hasFocus(this)) box.focus(); // where what was refused is mended; the warning may be another by now
  }

  // what was typed while it was on its way stays
  gotAway(kind) {
    const box = this.box(kind), text = this.sent[kind] ?? "";
    if (!box) return;
    const more = box.value.startsWith(text) ? box.value.slice(text.length) : box.value;
    box.value = more.trimStart();
    this.tell(box, box.value ? "kept" : "changed");
    const goesOn = this.insists && hasFocus(this);
    setTimeout(() => this.clear(".preview, .warning")); // after the swap: what is cleared may have asked for it
    if (goesOn) box.focus();
    else if (!box.value && document.activeElement === box) document.getElementById("main")?.focus({ preventScroll: true }); // z, e and j are keys again
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

// what is refused (409, 422) is an answer to be shown, and no error for htmx
function hasGone({ detail }) { return detail.successful && detail.xhr.status < 400; }

// or nothing has it, as what was pressed has left
function hasFocus(part) { return part.contains(document.activeElement) || document.activeElement === document.body; }

customElements.define("composer-box", ComposerBox);
