// <saved-replies>: the list in the menu of the reply box. A click puts the reply's text where the cursor is, with
// what the server filled in. A semicolon at the beginning of a line opens the menu (composer-box.js).
class SavedReplies extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => {
      const item = target.closest("[data-url]");
      if (item) this.insert(item);
    });
  }

  async insert(item) {
    const composer = this.closest("composer-box"), box = composer.querySelector('textarea[data-kind="reply"]');
    const headers = { "X-CSRFToken": document.querySelector("meta[name=csrf-token]")?.content || "" };
    const answer = await fetch(item.dataset.url, { method: "POST", headers }).catch(() => null);
    this.closest("command-menu").hidePopover();
    const choice = composer.querySelector('input[value="reply"]');
    if (choice && !choice.checked) choice.click();
    if (answer?.ok) {
      const { text } = await answer.json();
      box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
      box.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      const text = composer.querySelector("[data-saved-replies]").dataset.failed;
      document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
    }
    box.focus();
  }
}

customElements.define("saved-replies", SavedReplies);
