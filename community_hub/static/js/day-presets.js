// <day-presets data-for="id">: buttons that put their day into a date field.
class DayPresets extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("button"), field = document.getElementById(this.dataset.for);
      if (!button || !field) return;
      field.value = button.value;
      field.focus();
    });
  }
}

customElements.define("day-presets", DayPresets);
