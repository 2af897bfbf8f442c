// <story-keys>: j and k move through the entries of a member's history. Enter is the browser's: it opens the
// conversation that is folded, or follows the link.
const ENTRY = "[data-entry]", WHAT = ":is(summary, .what)";

class StoryKeys extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-step]");
      if (button) this.step(Number(button.dataset.step));
    });
  }

  step(by) {
    const all = [...this.querySelectorAll(ENTRY)];
    const here = this.contains(document.activeElement) ? document.activeElement.closest(ENTRY) : null;
    const at = here ? all.indexOf(here) + by : by > 0 ? 0 : all.length - 1;
    const goal = all[Math.min(Math.max(at, 0), all.length - 1)];
    goal?.querySelector(WHAT).focus({ preventScroll: true });
    goal?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("story-keys", StoryKeys);
