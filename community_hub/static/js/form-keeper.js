// <form-keeper data-user="7" data-kept="details:42">: the form inside keeps what is typed in this browser, for this user
// alone, until it is sent or they sign out. When its page is opened again it shows that and says so, but for fields that
// somebody has changed since. A page that came back with errors has what was typed already.
class FormKeeper extends HTMLElement {
  connectedCallback() {
    queueMicrotask(() => this.begin()); // once its parts are there
  }

  get slot() { return `form:${this.dataset.user}:${this.dataset.kept}`; }
  get form() { return this.querySelector("form"); }
  get fields() { return [...this.form.elements].filter(({ name, type }) => name && !["hidden", "submit"].includes(type)); }

  begin() {
    this.first = new Map(this.fields.map((field) => [field.name, valueOf(field)])); // as they were before anybody typed
    if (this.querySelector("[aria-invalid=true], .alert")) {
      for (const [name, was] of read(`${this.slot}:sent`)) this.first.set(name, was);
      this.keep();
    } else this.restore();
    localStorage.removeItem(`${this.slot}:sent`);
    for (const name of ["input", "change"]) this.form.addEventListener(name, () => this.keep());
    this.form.addEventListener("submit", () => this.send());
    this.querySelector("[data-discard]").addEventListener("click", () => this.discard());
    this.querySelector("[data-cancel]").addEventListener("click", () => this.forget());
  }

  keep() {
    const changed = this.fields
      .map((field) => [field.name, this.first.get(field.name), valueOf(field)])
      .filter(([, was, now]) => was !== now);
    if (changed.length) localStorage.setItem(this.slot, JSON.stringify(changed));
    else this.forget();
  }

  restore() {
    for (const [name, was, now] of read(this.slot)) {
      const field = this.fields.find((each) => each.name === name);
      if (!field || valueOf(field) !== was) continue;
      put(field, now);
      this.querySelector("[data-restored]").hidden = false;
    }
  }

  send() { // it comes back with what was refused
    localStorage.setItem(`${this.slot}:sent`, JSON.stringify(read(this.slot)));
    this.forget();
  }

  discard() {
    this.forget();
    for (const field of this.fields) put(field, this.first.get(field.name));
    this.querySelector("[data-restored]").hidden = true;
    this.fields[0].focus();
  }

  forget() { localStorage.removeItem(this.slot); }
}

const read = (slot) => JSON.parse(localStorage.getItem(slot) || "[]");
const valueOf = (field) => (field.type === "checkbox" ? field.checked : field.value);

function put(field, value) {
  if (field.type === "checkbox") field.checked = value;
  else field.value = value;
}

addEventListener("submit", ({ target }) => {
  if (!target.action?.endsWith("/logout/")) return;
  Object.keys(localStorage).filter((key) => key.startsWith("form:")).forEach((key) => localStorage.removeItem(key));
});

customElements.define("form-keeper", FormKeeper);
