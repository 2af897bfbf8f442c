// <hot-keys>: every element that carries data-key="e" (or "g i", "mod+Enter") is pressed by that key.
// Single letters only outside of inputs, and not at all under <html data-keys="off"> (WCAG 2.1.4).
// "?" lists what is on this page: hold a <dialog data-keys-list> with an empty <dl> inside the element.
const PAUSE = 1200; // ms between the keys of a sequence
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

class HotKeys extends HTMLElement {
  connectedCallback() {
    if (MAC) document.documentElement.dataset.platform = "mac";
    this.typed = [];
    this.listen = (event) => this.press(event);
    document.addEventListener("keydown", this.listen);
    this.show = ({ target }) => { if (target.closest("[data-opens=keys]")) this.help(); };
    document.addEventListener("click", this.show);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.listen);
    document.removeEventListener("click", this.show);
  }

  help() {
    this.list();
    this.querySelector("dialog").showModal();
  }

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
    if (key === "Enter" && event.target.closest("a, button, summary, input")) return null;
    if (Date.now() - (this.last || 0) > PAUSE) this.typed = [];
    this.last = Date.now();
    this.typed = [...this.typed, key].slice(-2);
    const found = this.find(this.typed.join(" ")) || this.find(key);
    if (found) this.typed = [];
    return found;
  }

  find(key) {
    const near = document.activeElement?.closest("form");
    const room = document.querySelector("dialog[open]") || document;
    const all = [...room.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(usable);
    return all.find((element) => near?.contains(element)) || all.at(-1);
  }

  list() {
    const seen = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (usable(element) && !seen.has(element.dataset.key)) seen.set(element.dataset.key, label(element));
    }
    this.querySelector("dl").replaceChildren(...[...seen].map(([key, text]) => {
      const row = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
      dt.append(...key.split(/[ +]/).map((part) => {
        const kbd = document.createElement("kbd");
        kbd.textContent = part === "mod" ? (MAC ? "⌘" : "Ctrl") : part === "Enter" ? "↵" : part;
        return kbd;
      }));
      dd.textContent = text;
      row.append(dt, dd);
      return row;
    }));
  }
}

function name(event) {
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const shift = mod && event.shiftKey ? "Shift+" : "";
  return mod + shift + (event.key.length === 1 && mod ? event.key.toLowerCase() : event.key);
}

function usable(element) { return !element.disabled && (element.checkVisibility?.({ visibilityProperty: true }) ?? true); }
function label(element) { return element.dataset.keyLabel || element.ariaLabel || element.title || element.textContent.trim(); }

customElements.define("hot-keys", HotKeys);
