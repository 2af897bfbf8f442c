// <late-answer>: what htmx has to say about an element that a live update replaced while its answer was on the
// way. It looks for the places of out-of-band parts from that element and finds none, and its events (a toast
// with Undo) stay on the element, where nobody hears them.
class LateAnswer extends HTMLElement {
  connectedCallback() {
    this.place = ({ detail: { content } }) => {
      const there = content?.id && document.getElementById(content.id);
      if (!there) return; // of another conversation: rightly without a place
      content.removeAttribute("hx-swap-oob");
      there.replaceWith(content);
      window.htmx.process(content);
    };
    this.watch = ({ detail: { elt, xhr } }) => xhr.addEventListener("readystatechange", () => {
      if (xhr.readyState === XMLHttpRequest.DONE && !elt.isConnected) tellOf(xhr);
    });
    document.body.addEventListener("htmx:oobErrorNoTarget", this.place);
    document.body.addEventListener("htmx:beforeSend", this.watch);
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:oobErrorNoTarget", this.place);
    document.body.removeEventListener("htmx:beforeSend", this.watch);
  }
}

function tellOf(xhr) {
  const events = JSON.parse(xhr.getResponseHeader("HX-Trigger") || "{}");
  for (const [name, detail] of Object.entries(events)) window.htmx.trigger(document.body, name, detail);
  if (xhr.status >= 500 || xhr.status === 403) window.htmx.trigger(document.body, "htmx:responseError", { xhr });
}

customElements.define("late-answer", LateAnswer);
