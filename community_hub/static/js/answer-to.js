// <answer-to>: whom the reply goes to, and who will read it. A message's "answer this" picks it, and so does
// the first word that is written to whoever waits: a live update may change who that is, and not whom one
// writes to. The cross goes back to whoever waits then, as the thread says (data-asked, -asked-by, -closed).
class AnswerTo extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    const form = this.closest("form");
    document.addEventListener("click", (event) => this.picked(event), { signal });
    document.body.addEventListener("htmx:afterSettle", () => this.show(), { signal });
    document.body.addEventListener("composer:returned", ({ detail: { conversation, to, name } }) => {
      if (to && String(conversation) === form.dataset.conversation) this.set(to, name);
    }, { signal });
    document.body.addEventListener("composer:sent", ({ detail }) => detail.kind === "reply" && this.set(""), { signal });
    form.addEventListener("input", ({ target }) => target.name === "reply" && this.hold(target.value), { signal, capture: true });
    this.querySelector("[data-nobody]").addEventListener("click", () => { this.set(""); this.write(); });
  }

  disconnectedCallback() { this.gone.abort(); }

  get input() { return this.querySelector("input"); }
  get thread() { return document.querySelector(".thread"); }

  picked(event) {
    const link = event.target.closest?.("a[data-answer]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.set(link.dataset.answer, link.dataset.name);
    this.write();
  }

  hold(text) {
    const asked = this.thread?.dataset.asked ?? "";
    if (text.trim() && !this.input.value) this.input.value = asked;
    else if (!text.trim() && this.input.value === asked) this.input.value = "";
    this.show();
  }

  set(pk, name) {
    this.input.value = pk;
    this.show(name);
  }

  show(name) {
    const { thread, input: { value } } = this;
    if (!thread) return;
    const waits = !value || value === thread.dataset.asked;
    const goal = waits ? thread : thread.querySelector(`a[data-answer="${CSS.escape(value)}"]`);
    this.querySelector("[data-nobody]").hidden = waits;
    name ??= waits ? thread.dataset.askedBy : goal?.dataset.name;
    if (name) this.querySelector("[data-name]").textContent = name;
    if (goal) this.label("closed" in goal.dataset);
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
