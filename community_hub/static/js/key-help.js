// <key-help>: "?" lists the keys that work on this page, from the data-key of what is on it. Holds a
// <dialog> with an empty <dl>; whatever carries data-opens="keys" opens it. Its <template>s have keys that are
// listed although nothing on the page has them now: the second's in the group, unless a conversation is open.
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
      const listed = !element.disabled || "listed" in element.dataset; // one of a selection: there is none yet
      if (listed && element.checkVisibility() && !seen.has(element.dataset.key)) seen.set(element.dataset.key, element);
    }
    const [always, group] = [...this.querySelectorAll("template")].map((part) => this.missing(part, seen));
    const isOpen = document.querySelector(".conversation"); // then those of the group belong with the others
    const [now, then] = isOpen ? [[...seen, ...always, ...group], []] : [[...seen, ...always], group];
    this.querySelector("dl").replaceChildren(...now.map(([key, element]) => this.line(key, element)));
    const later = this.querySelector("[data-group]");
    later.hidden = !then.length;
    later.querySelector("dl").replaceChildren(...then.map(([key, element]) => this.line(key, element)));
    this.querySelector("dialog").showModal();
  }

  missing(template, seen) {
    const all = [...template.content.querySelectorAll("[data-key]")].map((element) => [element.dataset.key, element]);
    const elsewhere = !document.querySelector(".conversation"); // there a key may mean something else
    return all.filter(([key, element]) => !seen.has(key) || elsewhere && KeyHelp.label(seen.get(key)) !== KeyHelp.label(element));
  }

  line(key, element) {
    const line = document.createElement("div"), keys = document.createElement("dt"), says = document.createElement("dd");
    keys.append(...KeyHelp.keys(key));
    says.textContent = KeyHelp.label(element);
    line.append(keys, says);
    return line;
  }

  static keys(key) {
    const parts = /^[A-Z]$/.test(key) ? ["Shift", key.toLowerCase()] : key.split(/[ +]/);
    const between = key.includes(" ") ? " " : "+";
    return parts.flatMap((part, at) => {
      const kbd = document.createElement("kbd");
      kbd.textContent = WRITTEN[part] || part;
      return at ? [between, kbd] : [kbd];
    });
  }

  static label(element) {
    const words = element.cloneNode(true);
    words.querySelectorAll(".count, kbd").forEach((part) => part.remove());
    return element.dataset.keyLabel || element.ariaLabel || element.title || words.textContent.trim();
  }
}

customElements.define("key-help", KeyHelp);
