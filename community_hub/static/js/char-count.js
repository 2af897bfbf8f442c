// <char-count data-max="500" data-unit="char|grapheme|byte" data-url-length="23">: how long the reply is
// by the platform's rule. The server's own count comes with each saved draft and corrects ours.
class CharCount extends HTMLElement {
  connectedCallback() {
    this.box = this.closest("form").querySelector('textarea[data-kind="reply"]');
    this.off = 0; // what the platform's rule adds to ours
    this.count = () => this.show();
    this.correct = (event) => {
      if (typeof event.detail.length !== "number") return;
      this.off = event.detail.length - this.length(event.detail.text ?? this.box.value);
      this.show();
    };
    this.box?.addEventListener("input", this.count);
    for (const name of ["changed", "elsewhere"]) this.box?.addEventListener(`composer:${name}`, this.count);
    this.closest("form").addEventListener("draft:saved", this.correct);
    this.show();
  }

  disconnectedCallback() { this.box?.removeEventListener("input", this.count); }

  length(text) {
    const fixed = Number(this.dataset.urlLength);
    if (fixed) text = text.replace(/https?:\/\/[^\s)>\]]+/g, "x".repeat(fixed));
    if (this.dataset.unit === "byte") return new TextEncoder().encode(text).length;
    if (this.dataset.unit === "grapheme" && Intl.Segmenter) return [...new Intl.Segmenter().segment(text)].length;
    return [...text].length;
  }

  show() {
    if (!this.box) return;
    const length = this.box.value ? this.length(this.box.value) + this.off : 0;
    const max = Number(this.dataset.max) || Infinity;
    const number = new Intl.NumberFormat(document.documentElement.lang || undefined);
    const near = length > max * 0.8;
    this.textContent = max === Infinity ? (length ? number.format(length) : "") : near || length > 0 ? `${number.format(length)} / ${number.format(max)}` : "";
    this.classList.toggle("bad", length > max);
    this.box.setAttribute("aria-invalid", String(length > max));
  }
}

customElements.define("char-count", CharCount);
