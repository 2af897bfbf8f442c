// <command-palette>: Ctrl/⌘+K finds by its words whatever this page can do and every place the navigation
// leads to, the preferences that could be other than they are, members by their names and conversations by what was said. Fills its <command-menu> as it opens; a link with data-find takes the
// words along, first the one to the list that is open; there the box has the focus (after-submit.js).
const MOVES = new Set(["j", "k", "J", "K", "x", "Enter", "?", "mod+k"]); // keys that make no sense away from their place

const CHOICES = "#me-menu fieldset"; // the preferences of who is signed in

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.menu = this.querySelector("command-menu");
    this.menu.addEventListener("beforetoggle", (event) => event.newState === "open" && this.fill());
    this.addEventListener("input", ({ target }) => this.look(target.value.trim()));
    this.addEventListener("htmx:beforeSwap", ({ detail, target }) => { // of the words that are there now?
      const words = new URL(detail.xhr.responseURL).searchParams.get("q")?.trim();
      if (words !== this.words) detail.shouldSwap = false;
      else target.removeAttribute("aria-busy");
    });
    this.addEventListener("htmx:afterRequest", ({ detail, target }) => detail.failed && target.removeAttribute("aria-busy"));
  }

  fill() {
    const does = [...document.querySelectorAll("[data-key]")].filter((element) => !element.disabled && element.checkVisibility({ visibilityProperty: true }));
    const found = new Map(does.reverse().map((element) => [element.dataset.key, element])); // the first of a key
    const keyed = [...found.values()].reverse().filter((element) => !MOVES.has(element.dataset.key) && !this.contains(element));
    const places = [...document.querySelectorAll("#nav a[href]:not(.brand)")].filter((link) => !keyed.includes(link));
    const choices = document.querySelectorAll(`${CHOICES} input[type=radio]:not(:checked)`);
    this.querySelector(".list").replaceChildren(...[...keyed, ...places, ...choices].map((element) => this.item(element)));
    const links = [...this.querySelectorAll("[data-find]")];
    const here = document.querySelector("form[role=search]")?.getAttribute("action");
    const own = links.find((link) => link.dataset.find === here);
    if (own && own !== links[0]) links[0].before(own);
    this.words = null;
    this.look("");
  }

  // members and conversations come from the server; until they do, those of other words are gone
  look(words) {
    if (words === this.words) return;
    this.words = words;
    for (const part of this.querySelectorAll("#palette-members, #palette-conversations")) {
      part.replaceChildren();
      part.ariaBusy = words ? "true" : null;
    }
    this.querySelectorAll("[data-find]").forEach((link) => this.take(link, words));
    this.menu.markChosen(); // one of these may be all that is left
  }

  item(element) {
    const item = document.createElement("button"), says = document.createElement("span");
    item.type = "button";
    item.className = "menu-item";
    const { label, keys } = customElements.get("key-help"), of = element.closest(CHOICES);
    says.textContent = of ? `${of.querySelector("legend").textContent}: ${element.parentElement.textContent.trim()}` : label(element);
    says.className = "clip";
    item.append(...[element.querySelector(".icon")?.cloneNode(true), says].filter(Boolean));
    if (element.dataset.key) item.append(...keys(element.dataset.key));
    item.addEventListener("click", () => this.press(element));
    return item;
  }

  press(element) {
    this.menu.hidePopover();
    if (element.matches("input:not([type=radio], [type=checkbox]), textarea, select")) element.focus();
    else element.click();
  }

  take(link, words) {
    link.hidden = !words;
    link.href = `${link.dataset.find}?${new URLSearchParams({ q: words })}`;
    link.querySelector("b").textContent = words;
  }
}

customElements.define("command-palette", CommandPalette);
