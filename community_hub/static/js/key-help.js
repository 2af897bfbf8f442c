// <key-help>: "?" lists the keys that work on this page, from the data-key of what is on it. Holds a
// <dialog> with an empty <dl>; whatever carries data-opens="keys" opens it.
const COMMAND = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";
const WRITTEN = { mod: COMMAND, Enter: "↵" };

class KeyHelp extends HTMLElement {
  connectedCallback() {
    if (COMMAND === "⌘") document.documentElement.dataset.platform = "mac";
    this.gone = new AbortController();
    document.addEventListener("click", ({ target }) => target.closest("[data-opens=keys]") && this.open(), { signal: this.gone.signal });
  }

  disconnectedCallback() { this.gone.abort(); }

  open() {
    const seen = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
      if (!element.disabled && element.checkVisibility() && !seen.has(element.dataset.key)) seen.set(element.dataset.key, element);
    }
    this.querySelector("dl").replaceChildren(...[...seen].map(([key, element]) => this.line(key, element)));
    this.querySelector("dialog").showModal();
  }

  line(key, element) {
    const line = document.createElement("div"), keys = document.createElement("dt"), says = document.createElement("dd");
    keys.append(...KeyHelp.keys(key));
    says.textContent = KeyHelp.label(element);
    line.append(keys, says);
    return line;
  }

  static keys(key) {
    return key.split(/[ +]/).map((part) => {
      const kbd = document.createElement("kbd");
      kbd.textContent = WRITTEN[part] || part;
      return kbd;
    });
  }

  static label(element) {
    const words = element.cloneNode(true);
    words.querySelectorAll(".count, kbd").forEach((part) => part.remove());
    return element.dataset.keyLabel || element.ariaLabel || element.title || words.textContent.trim();
  }
}

customElements.define("key-help", KeyHelp);
