// <encounter-form data-user="7" data-kept="new">: keeps what is typed in this browser, for this user alone, until it
// is saved or they sign out; a form that is opened later (data-fresh) shows it, and “now” stays when it was typed. A save
// that fails says so. It waits for files that are on their way, and asks whom the next step is for.
class EncounterForm extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("input", ({ target }) => target.name === "when" && this.date());
    this.addEventListener("picked", () => this.offerWhom());
    for (const name of ["input", "change", "picked"]) this.addEventListener(name, () => this.keep());
    this.addEventListener("htmx:beforeRequest", (event) => this.wait(event));
    for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) this.addEventListener(name, (event) => this.failed(event));
    this.querySelector("[data-discard]").addEventListener("click", () => this.startOver());
    this.querySelector("[data-cancel]")?.addEventListener("click", () => this.forget());
    document.body.addEventListener("hub:encounter-saved", () => this.saved(), { signal });
    queueMicrotask(() => this.begin()); // once its parts are what they are
  }

  disconnectedCallback() { this.gone.abort(); }

  begin() {
    const fresh = "fresh" in this.dataset;
    if (fresh) this.restore();
    else this.keep();
    this.offerWhom();
    if (!fresh) this.querySelector(".alert:not([hidden]) button, [aria-invalid=true]")?.focus();
  }

  get form() { return this.querySelector("form"); }
  get slot() { return `encounter:${this.dataset.user}:${this.dataset.kept}`; }

  keep() {
    if (this.isSaved) return;
    const left = ["csrfmiddlewaretoken", "in_dialog", "person", "file", "upload"];
    const fields = [...new FormData(this.form)].filter(([name]) => !left.includes(name));
    const people = this.querySelector("people-picker").chosen, files = this.querySelector("file-picker").chosen;
    const words = fields.some(([name, value]) => ["text", "place", "who", "next_text"].includes(name) && value.trim());
    if (words || people.length || files.length) localStorage.setItem(this.slot, JSON.stringify({ fields, people, files }));
    else this.forget();
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.slot) || "null");
    if (!kept) return;
    for (const [name, value] of kept.fields) {
      const field = this.form.elements.namedItem(name);
      if (field && "value" in field) field.value = value;
      if (name === "next_text" && value) this.querySelector("details").open = true;
    }
    if (kept.people.length) this.querySelector("people-picker").choose(kept.people);
    this.querySelector("file-picker").choose(kept.files);
    this.querySelector("[data-restored]").hidden = false;
    this.understand();
  }

  date() { this.form.elements.said_at.value = new Date().toISOString(); }

  // what the words meant when they were typed
  understand() {
    const { when, said_at: said } = this.form.elements, place = this.querySelector("#encounter-understood");
    const asked = new URLSearchParams({ when: when.value, said_at: said.value });
    window.htmx.ajax("GET", `${place.getAttribute("hx-get")}?${asked}`, { target: place, swap: "innerHTML" });
  }

  forget() { localStorage.removeItem(this.slot); }

  saved() { // a field that loses the focus as the dialog closes says “change” once more
    this.isSaved = true;
    this.forget();
  }

  startOver() {
    this.forget();
    const inside = this.closest("encounter-dialog");
    if (inside) inside.open(inside.querySelector("a[data-logs]"));
    else location.reload();
  }

  wait(event) {
    if (event.target !== this.form) return;
    this.querySelector("[data-failed]").hidden = true;
    if (!this.querySelector("file-picker").isBusy) return;
    event.preventDefault();
    this.querySelector("file-picker").sayBusy();
  }

  failed(event) {
    if (event.target !== this.form) return;
    this.keep();
    const said = this.querySelector("[data-failed]");
    said.hidden = false;
    said.scrollIntoView({ block: "nearest" });
  }

  offerWhom() {
    const select = this.querySelector("[name=next_for]"), people = this.querySelector("people-picker").chosen.filter(({ token }) => !token.startsWith("user:"));
    if (!select) return;
    const was = select.value || select.dataset.chosen;
    select.replaceChildren(...people.map(({ token, name }) => new Option(name, token, false, token === was)));
    this.querySelector("[data-next-for]").hidden = people.length < 2;
  }
}

addEventListener("submit", ({ target }) => {
  if (!target.action?.endsWith("/logout/")) return;
  Object.keys(localStorage).filter((key) => key.startsWith("encounter:")).forEach((key) => localStorage.removeItem(key));
});

customElements.define("encounter-form", EncounterForm);
