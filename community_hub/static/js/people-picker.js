// <people-picker data-url="…">: several members, found as one types (data-url answers with JSON), as chips with a hidden
// field each. Arrows move, Enter or Tab takes one, a comma takes what was typed, Backspace gives the last one back.
// What nobody is called can be added as somebody new. Without a connection a name is taken as it is typed.
const PATIENCE = 120; // ms after the last key

class PeoplePicker extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input[name=who]");
    this.list = this.querySelector("[role=listbox]");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": this.list.id })) this.box.setAttribute(name, value);
    this.querySelectorAll("[data-people] li").forEach((chip) => this.complete(chip));
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) { event.preventDefault(); this.take(option); }
    });
  }

  get chips() { return this.querySelector("[data-people]"); }
  get options() { return [...this.list.children]; }
  get current() { return this.list.querySelector("[aria-selected=true]"); }

  get chosen() {
    return [...this.chips.children].map((chip) => ({ token: chip.querySelector("input").value, name: chip.querySelector("bdi").textContent }));
  }

  choose(people) {
    this.chips.replaceChildren();
    people.forEach(({ token, name }) => this.add(token, name));
  }

  typed() {
    const parts = this.box.value.split(/[,;\n]/);
    this.box.value = parts.pop().trimStart();
    parts.map((part) => part.trim()).filter(Boolean).forEach((name) => this.add(`name:${name}`, name));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PATIENCE);
  }

  async look() {
    const typed = this.box.value.trim();
    if (typed.length < 2) return this.close();
    const people = await fetch(`${this.dataset.url}?${new URLSearchParams({ q: typed })}`, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { people: [] })).then(({ people }) => people).catch(() => null);
    if (this.box.value.trim() !== typed) return;
    const taken = new Set(this.chosen.map(({ token }) => token));
    const found = (people || []).filter(({ id }) => !taken.has(String(id))).map(({ id, name, note }) => option(String(id), name, note));
    const token = people ? "new:" : "name:";
    if (!typed.startsWith("@")) found.push(option(token + typed, typed, "", this.dataset.new.replace("…", typed)));
    this.list.replaceChildren(...found);
    found.forEach((each, n) => { each.id = `${this.list.id}-${n}`; });
    if (!found.length) return this.close();
    this.list.hidden = false;
    this.box.setAttribute("aria-expanded", "true");
    this.mark(found[0]);
  }

  key(event) {
    if (event.key === "Backspace" && !this.box.value && this.chips.lastElementChild) return this.remove(this.chips.lastElementChild);
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const open = !this.list.hidden;
    if (open && step) this.mark(this.options.at((this.options.indexOf(this.current) + step) % this.options.length));
    else if (open && (event.key === "Enter" || event.key === "Tab")) this.take(this.current);
    else if (open && event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.box.value.trim()) this.takeTyped();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  mark(wanted) {
    for (const each of this.options) {
      each.setAttribute("aria-selected", String(each === wanted));
      each.classList.toggle("active", each === wanted);
    }
    wanted.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", wanted.id);
  }

  take(chosen) {
    this.box.value = "";
    this.add(chosen.dataset.token, chosen.dataset.name);
    this.close();
    this.box.focus();
  }

  takeTyped() {
    const name = this.box.value.trim();
    this.box.value = "";
    this.add(`name:${name}`, name);
  }

  add(token, name) {
    if (this.chosen.some((each) => each.token === token)) return;
    const chip = document.createElement("li"), field = document.createElement("input"), says = document.createElement("bdi");
    chip.className = "chip";
    Object.assign(field, { type: "hidden", name: "person", value: token });
    says.textContent = name;
    chip.append(field, says);
    const kind = { "new:": this.dataset.newNote, "user:": this.dataset.colleagueNote }[token.match(/^\w+:/)?.[0]];
    if (kind) {
      const note = document.createElement("span");
      note.className = "quiet";
      note.textContent = kind;
      chip.append(note);
    }
    this.chips.append(chip);
    this.complete(chip);
    this.tell();
  }

  complete(chip) {
    const cross = document.createElement("button");
    cross.type = "button";
    cross.ariaLabel = this.dataset.remove.replace("…", chip.querySelector("bdi").textContent);
    cross.textContent = "×";
    cross.addEventListener("click", () => { this.remove(chip); this.box.focus(); });
    chip.append(cross);
  }

  remove(chip) {
    chip.remove();
    this.tell();
  }

  tell() { this.dispatchEvent(new CustomEvent("picked", { bubbles: true })); }

  close() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }
}

function option(token, name, note, says = name) {
  const made = document.createElement("li");
  made.setAttribute("role", "option");
  made.className = "menu-item";
  Object.assign(made.dataset, { token, name });
  made.textContent = says;
  if (note) {
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = note;
    made.append(" ", hint);
  }
  return made;
}

customElements.define("people-picker", PeoplePicker);
