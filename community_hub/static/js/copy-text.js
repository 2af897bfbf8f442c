// <copy-text>: an input and a button that copies it. Without the clipboard (plain http in a LAN)
// the text is selected and copied the old way; one that is hidden (.hide) is hidden again.
const SHOWN = 2000; // ms that "Copied" stays

class CopyText extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input"), button = this.querySelector("button"), said = button.querySelector("span");
    const words = said.textContent;
    button.hidden = false;
    input.addEventListener("focus", () => input.select());
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(input.value);
      } catch {
        input.select();
        const copied = document.execCommand("copy");
        button.focus();
        if (!copied) return;
      }
      said.textContent = button.dataset.done;
      setTimeout(() => { said.textContent = words; }, SHOWN);
    });
  }
}

customElements.define("copy-text", CopyText);
