// <answer-to>: whom the reply goes to, and who will read it. A message's "answer this" picks it; the cross goes
// back to whoever waits, whom the thread names (data-asked-by, data-closed) and a live update may change.
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

  show(name) {
    const thread = document.querySelector(".thread");
    const picked = this.input.value && thread?.querySelector(`a[data-answer="${CSS.escape(this.input.value)}"]`);
    name ??= picked ? picked.dataset.name : thread?.dataset.askedBy;
    if (name) this.querySelector("[data-name]").textContent = name;
    if (picked || (thread && !this.input.value)) this.label("closed" in (picked || thread).dataset);
  }

  // "Reply publicly on…" or "Reply privately on…": what is answered decides, not the thread it stands in
  label(closed) {
    const form = this.closest("form");
    const label = form.querySelector("[data-reply-label]");
    label.textContent = closed ? label.dataset.closed : label.dataset.open;
    form.querySelector("textarea[name=reply]").setAttribute("aria-label", label.textContent);
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
