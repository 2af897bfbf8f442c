// <copy-text>: an input and a button that copies it. Without the clipboard (plain http in a LAN)
// the text is selected and copied the old way.
const SHOWN = 2000; // ms that "Copied" stays

class CopyText extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input"), button = this.querySelector("button"), said = button.querySelector("span");
    const words = said.textContent;
    button.hidden = false;
    input.addEventListener("focus", () => input.select());
    button.addEventListener("click", async () => {
      input.select();
      try {
        await navigator.clipboard.writeText(input.value);
      } catch {
        if (!document.execCommand("copy")) return;
      }
      said.textContent = button.dataset.done;
      setTimeout(() => { said.textContent = words; }, SHOWN);
    });
  }
}

customElements.define("copy-text", CopyText);
