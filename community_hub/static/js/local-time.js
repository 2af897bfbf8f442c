// <local-time><time datetime="…">2 d</time></local-time>
// Keeps a waiting time true while the page stands, and tells the whole date on pointing.
// data-show: "waiting" (2 d, 7 h, 22 min), "ago" (in the page's language, for a month); else the server's
// words stay: nobody counts to 246 days.
const MINUTE = 60, HOUR = 3600, DAY = 86400, MONTH = 30 * DAY;
const shown = new Set();

class LocalTime extends HTMLElement {
  connectedCallback() {
    this.time = this.querySelector("time");
    if (!this.time) return;
    this.at = new Date(this.time.dateTime);
    this.time.title = new Intl.DateTimeFormat(language(), {
      dateStyle: "full", timeStyle: "short", timeZone: document.documentElement.dataset.timezone || undefined,
    }).format(this.at);
    this.written = this.time.textContent;
    if (!this.dataset.show) return;
    shown.add(this);
    this.refresh();
  }

  disconnectedCallback() { shown.delete(this); }

  refresh() {
    const seconds = Math.max(0, (Date.now() - this.at) / 1000);
    const text = this.dataset.show === "ago" ? ago(seconds, this.at, this.written) : waiting(seconds);
    if (this.time.textContent !== text) this.time.textContent = text;
  }
}

function waiting(seconds) {
  const [count, unit] = largest(seconds);
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: unit === "minute" ? "short" : "narrow" })
    .format(count).replace(/(\d)\s*(\p{L})/u, "$1\u00a0$2");
}

// from yesterday on by the calendar: late on the day before yesterday is not "yesterday" in the morning
function ago(seconds, at, date) {
  if (seconds > MONTH) return date;
  if (seconds >= DAY) return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(day(at) - day(new Date()), "day");
  if (seconds < MINUTE) return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(0, "second");
  const [count, unit] = largest(seconds);
  return new Intl.RelativeTimeFormat(language(), { numeric: "auto" }).format(-count, unit);
}

function day(moment) {
  const timeZone = document.documentElement.dataset.timezone || undefined;
  return Date.parse(new Intl.DateTimeFormat("en-CA", { timeZone }).format(moment)) / DAY / 1000;
}

function largest(seconds) {
  if (seconds >= DAY) return [Math.floor(seconds / DAY), "day"];
  if (seconds >= HOUR) return [Math.floor(seconds / HOUR), "hour"];
  return [Math.max(1, Math.floor(seconds / MINUTE)), "minute"];
}

function language() { return document.documentElement.lang || undefined; }

setInterval(() => { if (!document.hidden) shown.forEach((element) => element.refresh()); }, 20_000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) shown.forEach((element) => element.refresh()); });
customElements.define("local-time", LocalTime);
