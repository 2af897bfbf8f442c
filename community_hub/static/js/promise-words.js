// <promise-words>: the form that marks a promise in the reply. It is asked for when its menu opens, and begins with the
// words that are selected in the reply; where none are, with the sentence in which the cursor is.
const END = /[.!?…。]["”»)]*\s|\n/g;

class PromiseWords extends HTMLElement {
  connectedCallback() {
    const menu = this.closest("command-menu");
    this.blank = this.innerHTML;
    menu.addEventListener("toggle", ({ newState }) => newState === "open" && this.look());
    menu.addEventListener("beforetoggle", ({ newState }) => { if (newState === "open") this.words = wordsOf(this.reply); });
    this.addEventListener("htmx:afterSwap", () => this.fill());
  }

  get reply() { return document.querySelector('#composer textarea[data-kind="reply"]'); }

  look() {
    this.innerHTML = this.blank;
    window.htmx.process(this);
    this.firstElementChild.dispatchEvent(new CustomEvent("look"));
  }

  fill() {
    const box = this.querySelector("textarea");
    if (!box || box.value || !this.words) return;
    box.value = this.words;
    this.words = "";
  }
}

function wordsOf(box) {
  if (!box) return "";
  const { selectionStart: start, selectionEnd: end, value } = box;
  if (start !== end) return value.slice(start, end).trim();
  const found = [...value.matchAll(END)].map((match) => match.index + match[0].length);
  const ends = [...new Set([0, ...found, value.length])];
  const at = ends.findIndex((place) => place > start);
  const sentence = at < 1 ? value.slice(ends.at(-2) ?? 0) : value.slice(ends[at - 1], ends[at]);
  return sentence.trim().slice(0, 500);
}

customElements.define("promise-words", PromiseWords);
