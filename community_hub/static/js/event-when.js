// <event-when data-zone="Europe/Berlin" data-own="Your time: %(when)s">: two <time> inside, start and end, in the
// event's own timezone as the server wrote it. Where the visitor's clock shows another time, adds it to the <p class="own">.
class EventWhen extends HTMLElement {
  connectedCallback() {
    const [start, end] = [...this.querySelectorAll("time")].map((time) => new Date(time.dateTime));
    const own = this.querySelector(".own");
    if (!own || !end || isNaN(start) || this.words(start, this.dataset.zone) === this.words(start)) return;
    const here = this.format({ timeZoneName: "short" });
    own.textContent = this.dataset.own.replace("%(when)s", () => here.formatRange(start, end));
    own.hidden = false;
  }

  // "": a timezone that this browser does not know is taken for another one
  words(at, timeZone) {
    try { return this.format({ timeZone }).format(at); } catch { return ""; }
  }

  format(more) {
    return new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", ...more,
    });
  }
}

customElements.define("event-when", EventWhen);
