// <toast-rack>: says what was done and offers the way back. Toasts come with the page, or in an
// HX-Trigger header as {"toast": {"text", "undo", "level", "question": {"text", "link"}}}. The template inside is one toast.
// The focus goes back from one that leaves to where it was, else to the thread or the list. What can be undone goes
// along to the next page of this tab, for as long as it would have stayed.
const STAY = 10_000, STAY_ERROR = 20_000, STAY_ALONG = 5_000; // at least, on that page
const SLOT = "undo";

class ToastRack extends HTMLElement {
  connectedCallback() {
    this.hear = (event) => this.add(event.detail);
    this.fail = (event) => this.add({ level: "error", text: event.type === "htmx:sendError" ? this.withDraft(this.dataset.offline) : this.words(event.detail.xhr) });
    document.body.addEventListener("toast", this.hear);
    document.body.addEventListener("htmx:sendError", this.fail);
    document.body.addEventListener("htmx:responseError", this.fail);
    // z where no toast has an Undo
    this.querySelector("[data-nothing]")?.addEventListener("click", ({ target }) => this.add({ text: target.dataset.text }));
    this.addEventListener("click", ({ target }) => target.closest("[data-close]") && this.dismiss(target.closest(".toast")));
    this.addEventListener("focusin", ({ relatedTarget }) => { if (!this.contains(relatedTarget)) this.from = relatedTarget; });
    // by the status: an answer that leads elsewhere (HX-Location) is not "successful" to htmx
    this.addEventListener("htmx:afterRequest", ({ detail: { xhr }, target }) => xhr.status && xhr.status < 400 && this.dismiss(target.closest(".toast")));
    this.tidy();
    this.toasts.forEach((toast) => this.age(toast));
    this.bringAlong();
    setTimeout(() => this.querySelectorAll(".text:not(:has(a))").forEach((text) => text.replaceChildren(text.textContent)), 300); // read aloud is only what comes later
  }

  disconnectedCallback() {
    document.body.removeEventListener("toast", this.hear);
    document.body.removeEventListener("htmx:sendError", this.fail);
    document.body.removeEventListener("htmx:responseError", this.fail);
  }

  words(xhr) {
    const plain = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    return plain && xhr.responseText.length < 400 ? xhr.responseText : this.withDraft(this.dataset.error);
  }

  // where there is a box whose text is kept
  withDraft(text) { return document.querySelector("draft-keeper textarea") ? `${text} ${this.dataset.saved}` : text; }

  // of the page before, where this one has nothing newer; of who was signed in there alone
  bringAlong() {
    const own = this.toasts.findLast((toast) => kind(toast) === "undo");
    if (own) return this.keep(own.querySelector(".text").textContent, own.querySelector("form").getAttribute("action"));
    const kept = JSON.parse(sessionStorage.getItem(SLOT) || "null");
    if (!kept || kept.user !== this.dataset.user || Date.now() - kept.at > STAY) return;
    this.add({ text: kept.text, undo: kept.undo }, kept.at);
  }

  keep(text, undo, at = Date.now()) {
    sessionStorage.setItem(SLOT, JSON.stringify({ text, undo, at, user: this.dataset.user }));
  }

  add({ text, undo = "", level = "", question = null }, since = 0) {
    const toast = this.querySelector("template").content.firstElementChild.cloneNode(true);
    toast.querySelector(".text").textContent = text;
    toast.classList.toggle("error", level === "error");
    const form = toast.querySelector("form"), asks = toast.querySelector(".question");
    if (question) { asks.href = question.link; asks.textContent = question.text; }
    else asks.remove();
    if (undo) { form.action = undo; form.setAttribute("hx-post", undo); this.keep(text, undo, since || Date.now()); }
    else form.remove();
    this.append(toast);
    window.htmx?.process(toast);
    this.tidy();
    this.age(toast, since && Math.max(since + STAY - Date.now(), STAY_ALONG));
  }

  get toasts() { return [...this.querySelectorAll(".toast")]; }

  // A newer one takes the place of older ones of its kind; one that can be undone, of all but errors. z undoes
  // the newest that can be undone, which what was only said since leaves there.
  tidy() {
    const last = {}, toasts = this.toasts;
    toasts.forEach((toast, at) => { last[kind(toast)] = at; });
    toasts.forEach((toast, at) => {
      const over = last[kind(toast)] > at || kind(toast) === "said" && last.undo > at;
      if (!over) return;
      if (!toast.matches(":focus-within")) toast.remove();
      else toast.querySelector("[data-key]")?.removeAttribute("data-key");
    });
  }

  dismiss(toast) {
    const hadFocus = toast?.contains(document.activeElement);
    if (toast && kind(toast) === "undo") sessionStorage.removeItem(SLOT); // it was undone, or closed
    toast?.remove();
    if (!hadFocus) return;
    if (this.from?.isConnected && this.from.checkVisibility({ visibilityProperty: true })) this.from.focus({ preventScroll: true });
    if (document.activeElement !== document.body) return;
    const list = document.querySelector("scroll-keeper") ? null : document.querySelector("row-list");
    if (list) list.takeFocus();
    else document.getElementById("main")?.focus({ preventScroll: true });
  }

  age(toast, along = 0) {
    const stay = along || (toast.classList.contains("error") ? STAY_ERROR : STAY);
    const go = () => (toast.matches(":hover, :focus-within") ? setTimeout(go, 2000) : toast.remove());
    setTimeout(go, stay);
  }
}

function kind(toast) { return toast.classList.contains("error") ? "error" : toast.querySelector("form") ? "undo" : "said"; }

customElements.define("toast-rack", ToastRack);
