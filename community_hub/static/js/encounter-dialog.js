// <encounter-dialog>: a link with data-logs opens the form of an encounter over the page, for whoever the page is
// about (data-person: the row with the focus, else the open member). Without a connection to ask for the form, the link
// is followed as any other.
class EncounterDialog extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    document.addEventListener("click", (event) => this.clicked(event), { signal });
    document.body.addEventListener("hub:encounter-saved", () => this.dialog.close(), { signal });
  }

  disconnectedCallback() { this.gone.abort(); }

  get dialog() { return this.querySelector("dialog"); }

  clicked(event) {
    const link = event.target.closest?.("a[data-logs]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.open(link);
  }

  open(link) {
    const address = new URL(link.href);
    const near = document.activeElement?.closest("[data-person]") || document.querySelector(".person [data-person]");
    if (near && !address.search) address.search = new URLSearchParams({ person: near.dataset.person });
    document.querySelectorAll(":popover-open").forEach((each) => each.hidePopover());
    if (!this.dialog.open) this.dialog.showModal();
    const goal = { target: "#encounter-dialog #encounter-form", swap: "outerHTML" };
    window.htmx.ajax("GET", address.pathname + address.search, goal).then(() => this.begin());
  }

  begin() {
    const form = this.querySelector("form.encounter-form");
    if (!form) return;
    const inside = document.createElement("input");
    Object.assign(inside, { type: "hidden", name: "in_dialog", value: "1" });
    form.append(inside);
    (form.querySelector("[autofocus]") || form.querySelector("textarea")).focus({ preventScroll: true });
  }
}

customElements.define("encounter-dialog", EncounterDialog);
