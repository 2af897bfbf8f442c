// <late-answer>: htmx looks for the places of out-of-band parts from the element that asked. Where a live
// update replaced that element meanwhile, it finds none and the person would stay the one before.
class LateAnswer extends HTMLElement {
  connectedCallback() {
    this.place = ({ detail: { content } }) => {
      const there = content?.id && document.getElementById(content.id);
      if (!there) return; // of another conversation: rightly without a place
      content.removeAttribute("hx-swap-oob");
      there.replaceWith(content);
      window.htmx.process(content);
    };
    document.body.addEventListener("htmx:oobErrorNoTarget", this.place);
  }

  disconnectedCallback() { document.body.removeEventListener("htmx:oobErrorNoTarget", this.place); }
}

customElements.define("late-answer", LateAnswer);
