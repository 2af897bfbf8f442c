// <select-matching>: says how many rows are selected. Where all that are shown are and there are more, a button
// (data-offer) fetches how many match, with the form fields that mean all of them, into #matching. They go as soon
// as a row is left out, more rows are shown, or the list is about something else (#wanted).
class SelectMatching extends HTMLElement {
  connectedCallback() {
    this.list = this.closest("row-list");
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.list.addEventListener("selection", () => this.weigh(), { signal });
    // a second press of the key, when all that are shown are selected
    this.list.addEventListener("click", ({ target }) => {
      if (target.closest("[data-move=all]") && this.all && !this.offer.hidden) this.offer.click();
    }, { capture: true, signal });
    this.addEventListener("htmx:afterSwap", () => { this.asked = this.wanted; this.list.count(); });
    this.weigh();
  }

  disconnectedCallback() { this.gone.abort(); }

  get answer() { return this.querySelector("#matching"); }
  get offer() { return this.querySelector("[data-offer]"); }
  get wanted() { return [...document.querySelectorAll("#wanted input")].map((input) => input.value).join("\n"); }
  get all() { return this.list.boxes.length > 0 && !this.list.querySelector(".pick input:not(:checked)"); }

  weigh() {
    if (!this.all || this.asked !== this.wanted) this.answer.replaceChildren();
    const counted = this.answer.childElementCount > 0;
    this.querySelector(".of-picked").hidden = counted;
    this.querySelector("[data-move=all]").hidden = this.all;
    this.offer.hidden = counted || !this.all || !document.getElementById("more-members");
  }
}

customElements.define("select-matching", SelectMatching);
