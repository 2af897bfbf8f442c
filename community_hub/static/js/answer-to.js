// <answer-to>: whom the reply goes to. A message's "answer this" picks it; the cross goes back to whoever
// waits, whom the thread names (data-asked-by) and a live update may change.
class AnswerTo extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    document.addEventListener("click", (event) => this.picked(event), { signal });
    document.body.addEventListener("htmx:afterSettle", () => this.input.value || this.show(), { signal });
    document.body.addEventListener("composer:returned", ({ detail: { to, name } }) => to && this.set(to, name), { signal });
    document.body.addEventListener("composer:sent", ({ detail }) => detail.kind === "reply" && this.set(""), { signal });
    this.querySelector("[data-nobody]").addEventListener("click", () => { this.set(""); this.write(); });
  }

  disconnectedCallback() { this.gone.abort(); }

  get input() { return this.querySelector("input"); }

  picked(event) {
    const link = event.target.closest?.("a[data-answer]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.set(link.dataset.answer, link.dataset.name);
    this.write();
  }

  set(pk, name) {
    this.input.value = pk;
    this.querySelector("[data-nobody]").hidden = !pk;
    this.show(name);
  }

  show(name = document.querySelector(".thread")?.dataset.askedBy) {
    if (name) this.querySelector("[data-name]").textContent = name;
  }

  // to the box, on the side that replies; a draft that was begun keeps whom it is for
  write() {
    const choice = this.closest("form").querySelector("input[value=reply]");
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    const box = this.closest("form").querySelector("textarea[name=reply]");
    if (box.value) box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("answer-to", AnswerTo);
