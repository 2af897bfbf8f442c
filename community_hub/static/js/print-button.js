// <print-button>: its button opens the browser's dialog for printing.
class PrintButton extends HTMLElement {
  connectedCallback() { this.addEventListener("click", () => print()); }
}

customElements.define("print-button", PrintButton);
