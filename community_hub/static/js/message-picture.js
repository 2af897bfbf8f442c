// <message-picture><a href="the original"><img src="…" alt="…"></a></message-picture>
// The server answers with one pixel while it fetches the picture: it is asked again. One that can't be shown
// becomes words and the link. A click or Enter opens it in the page's <picture-dialog>.
const LONGEST = 4000, MOST_TRIES = 12; // ms between two of them; some 30 s in all

class MessagePicture extends HTMLElement {
  connectedCallback() {
    this.link ??= this.querySelector("a");
    this.img ??= this.querySelector("img");
    if (!this.link || !this.img || this.address) return;
    this.address = this.img.getAttribute("src");
    this.tries = 0;
    this.classList.add("waiting");
    this.img.addEventListener("load", () => this.arrived());
    this.img.addEventListener("error", () => this.fail());
    this.link.addEventListener("click", (event) => this.enlarge(event));
    if (this.img.complete && this.img.currentSrc) this.img.naturalWidth ? this.arrived() : this.fail();
  }

  disconnectedCallback() { clearTimeout(this.timer); }

  arrived() {
    if (this.img.naturalWidth > 1 || this.img.naturalHeight > 1) this.classList.remove("waiting");
    else if (this.tries >= MOST_TRIES) this.fail();
    else this.timer = setTimeout(() => this.again(), Math.min(LONGEST, 300 * 1.5 ** this.tries));
  }

  again() { this.img.src = `${this.address}?again=${++this.tries}`; }

  // an <img> is not told why: the address is asked once more for that
  async fail() {
    const words = document.querySelector("picture-dialog")?.dataset, says = document.createElement("span");
    if (!words || this.failing) return;
    this.failing = true;
    const answer = await fetch(this.address, { method: "HEAD" }).catch(() => null);
    const why = answer?.headers.get("Picture-Not-Shown") || "";
    const reason = words[why.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())] || words.broken;
    says.textContent = `${this.img.alt.replace(/[^.!?…]$/, "$&.")} ${reason} `;
    this.img.remove();
    this.link.replaceChildren(words.original);
    this.prepend(says);
    this.classList.replace("waiting", "broken");
  }

  enlarge(event) {
    const dialog = document.querySelector("picture-dialog");
    if (!dialog || !this.img.isConnected || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!this.classList.contains("waiting")) dialog.show(this.address, this.img.alt, this.link.href);
  }

  keeps(fresh) {
    const img = fresh.querySelector("img");
    return img?.getAttribute("src") === this.address && img.alt === this.img.alt && fresh.querySelector("a").href === this.link.href;
  }
}

class PictureDialog extends HTMLElement {
  connectedCallback() {
    const img = this.querySelector("dialog > img"); // a long one scrolls, others fit
    this.querySelector("dialog").addEventListener("click", (event) => this.close(event));
    img.addEventListener("load", () => img.classList.toggle("tall", img.naturalHeight > 1.5 * img.naturalWidth));
  }

  // beside what is in it is the dialog itself: a click outside
  close({ target, currentTarget: dialog, clientX: x, clientY: y }) {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    if (target === dialog && (x < left || x > right || y < top || y > bottom)) dialog.close();
  }

  show(address, words, original) {
    const img = this.querySelector("dialog > img");
    this.querySelector("h2").textContent = img.alt = words;
    this.querySelector("a").href = original;
    img.src = `${address}large/`;
    this.querySelector("dialog").showModal();
  }
}

customElements.define("message-picture", MessagePicture);
customElements.define("picture-dialog", PictureDialog);
