// <browser-notify data-url="…">: shows the newest notification of the hub as one of the browser, where the reader
// allowed it and looks elsewhere. Several tabs show it once: it has the same tag.
class BrowserNotify extends HTMLElement {
  connectedCallback() {
    this.hear = () => this.show();
    document.body.addEventListener("hub:notification", this.hear);
  }

  disconnectedCallback() { document.body.removeEventListener("hub:notification", this.hear); }

  async show() {
    if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
    const answer = await fetch(this.dataset.url, { headers: { Accept: "application/json" } }).catch(() => null);
    const { id, text, link } = answer?.ok ? await answer.json() : {};
    if (!id) return;
    const shown = new Notification(document.title.split(" · ").pop(), { body: text, tag: `hub-${id}` });
    shown.onclick = () => { window.focus(); location.assign(link); };
  }
}

customElements.define("browser-notify", BrowserNotify);

// <notify-permission>: the button that asks the browser, and what the browser answered.
class NotifyPermission extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", async (event) => {
      if (event.target.closest("button") && "Notification" in window) {
        await Notification.requestPermission();
        this.paint();
      }
    });
    this.paint();
  }

  paint() {
    const state = "Notification" in window ? Notification.permission : "missing";
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  }
}

customElements.define("notify-permission", NotifyPermission);
