// <zone-guess>: picks the browser's timezone in the select inside, unless somebody picked one.
class ZoneGuess extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select[name=timezone]");
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (select?.value === "UTC" && [...select.options].some((option) => option.value === here)) select.value = here;
  }
}

customElements.define("zone-guess", ZoneGuess);
