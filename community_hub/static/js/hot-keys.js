// <hot-keys>: every element that carries data-key="e" (or "g i", "mod+Enter") is pressed by that key.
// Single letters only outside of inputs, and not at all under <html data-keys="off"> (WCAG 2.1.4).
const PAUSE = 1200; // ms between the keys of a sequence

class HotKeys extends HTMLElement {
  connectedCallback() {
    this.typed = [];
    this.listen = (event) => this.press(event);
    document.addEventListener("keydown", this.listen);
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.listen); }

  press(event) {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const key = name(event);
    if (key === "Escape" && event.target.matches("textarea")) return event.target.blur(); // and letters are keys again
    const found = event.ctrlKey || event.metaKey ? this.find(key) : this.sequence(event, key);
    if (!found) return;
    event.preventDefault();
    if (found.matches("input:not([type=radio], [type=checkbox]), textarea, select")) found.focus();
    else if (found.checked) found.dispatchEvent(new Event("change", { bubbles: true })); // chosen already: go there
    else found.click();
  }

  sequence(event, key) {
    if (document.documentElement.dataset.keys === "off" || event.repeat && !"jk".includes(key)) return null;
    if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [popover]:popover-open")) return null;
    if (document.querySelector("command-menu:popover-open")) return null; // it may not have the focus yet
    if (key === "Enter" && event.target.closest("a, button, summary, input")) return null;
    if (Date.now() - (this.last || 0) > PAUSE) this.typed = [];
    this.last = Date.now();
    this.typed = [...this.typed, key].slice(-2);
    const begun = this.typed.length > 1 && document.querySelector(`[data-key^="${CSS.escape(this.typed[0])} "]`);
    const found = this.find(this.typed.join(" ")) || (begun ? null : this.find(key)); // "g e" must not press "e"
    if (found) this.typed = [];
    return found;
  }

  find(key) {
    const near = document.activeElement?.closest("form"), message = document.activeElement?.closest("article.message");
    const room = document.querySelector("dialog[open]") || document;
    if (key === "mod+Enter" && near?.closest("[popover]:popover-open")) return near.querySelector("button:not([type=button])"); // never the form behind
    const all = [...room.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(usable);
    return all.find((element) => near?.contains(element)) || all.find((element) => message?.contains(element)) || all.find((element) => element.closest("row-list")) || all.at(-1);
  }
}

function name(event) {
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const shift = mod && event.shiftKey ? "Shift+" : "";
  return mod + shift + (event.key.length === 1 && mod ? event.key.toLowerCase() : event.key);
}

function usable(element) { return !element.disabled && (element.checkVisibility?.({ visibilityProperty: true }) ?? true); }

customElements.define("hot-keys", HotKeys);
