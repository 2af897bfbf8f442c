// <file-picker data-url="…" data-most="15000000">: each selected file is uploaded at once, with its progress, and has a
// hidden field with its number; what is refused says why. The form's own upload is for browsers without scripts.
class FilePicker extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.input.removeAttribute("name");
    this.busy = new Set();
    this.input.addEventListener("change", () => this.selected());
    this.list.querySelectorAll("li").forEach((row) => this.complete(row));
  }

  get list() { return this.querySelector("[data-files]"); }
  get isBusy() { return this.busy.size > 0; }

  get chosen() {
    return [...this.list.children].filter((row) => row.querySelector("input"))
      .map((row) => ({ id: row.querySelector("input").value, name: row.querySelector(".clip").textContent }));
  }

  choose(files) {
    this.list.replaceChildren();
    files.forEach(({ id, name }) => this.put(this.row(name), id));
  }

  selected() {
    this.say("");
    for (const file of this.input.files) {
      if (file.size > Number(this.dataset.most)) this.say(this.dataset.tooLarge.replace("…", file.name));
      else this.upload(file);
    }
    this.input.value = "";
  }

  row(name) {
    const row = document.createElement("li"), says = document.createElement("span");
    says.className = "clip";
    says.dir = "auto";
    says.textContent = name;
    row.append(says);
    this.complete(row);
    this.list.append(row);
    return row;
  }

  complete(row) {
    const cross = document.createElement("button");
    cross.type = "button";
    cross.className = "btn icon-only small plain";
    cross.ariaLabel = this.dataset.remove.replace("…", row.querySelector(".clip").textContent);
    cross.textContent = "×";
    cross.addEventListener("click", () => this.remove(row));
    row.append(cross);
  }

  upload(file) {
    const row = this.row(file.name), bar = document.createElement("progress"), body = new FormData(), xhr = new XMLHttpRequest();
    bar.ariaLabel = file.name;
    bar.max = 1;
    row.querySelector(".clip").after(bar);
    body.append("file", file);
    row.xhr = xhr;
    this.busy.add(row);
    xhr.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = total ? loaded / total : 0; });
    xhr.addEventListener("loadend", () => this.ended(row, bar, file, xhr));
    xhr.open("POST", this.dataset.url);
    xhr.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]")?.content || "");
    xhr.send(body);
  }

  ended(row, bar, file, xhr) {
    this.busy.delete(row);
    bar.remove();
    if (!row.isConnected) return;
    const answer = xhr.status === 200 || xhr.status === 422 ? JSON.parse(xhr.responseText) : {};
    if (answer.id) return this.put(row, answer.id);
    row.remove();
    this.say(answer.error || this.dataset[xhr.status === 413 ? "tooLarge" : "failed"].replace("…", file.name));
  }

  put(row, id) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "file", value: id });
    row.prepend(field);
    this.tell();
  }

  remove(row) {
    row.xhr?.abort();
    this.busy.delete(row);
    row.remove();
    this.tell();
    this.input.focus();
  }

  say(words) { this.querySelector("[data-problem]").textContent = words; }
  sayBusy() { this.say(this.dataset.busy); }
  tell() { this.dispatchEvent(new CustomEvent("picked", { bubbles: true })); }
}

customElements.define("file-picker", FilePicker);
