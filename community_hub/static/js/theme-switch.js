// <theme-switch>: shows a choice of theme, density or keys at once; the form inside keeps it.
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => {
      const root = document.documentElement;
      if (target.value === "system") delete root.dataset[target.name];
      else root.dataset[target.name] = target.value;
      this.querySelector("form").requestSubmit();
    });
  }
}

customElements.define("theme-switch", ThemeSwitch);
