// <live-stream data-url="/live/" data-events="conversation sources">: says what is stale, never the news itself. One
// stream a browser: the tab that holds the lock listens and passes on; every tab fires hub:<name>, and
// hub:<name>-<id>, on <body>, which hx-trigger hears. hub:tick every 30 s is the safety net; hub:catch-up
// follows sleep, a lost line, a page from the cache. What was said since the page was made (data-since, by the
// server's clock) is told by the stream when it begins, else by the tab that holds it.
const TICK = 30_000, FIRST = 1000, LONGEST = 60_000, KEPT = 100;

class LiveStream extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.beat = setInterval(() => document.hidden || this.dispatch("tick"), TICK);
    const wake = () => { if (!document.hidden) this.dispatch("catch-up"); };
    document.addEventListener("visibilitychange", wake, { signal });
    addEventListener("online", wake, { signal });
    addEventListener("pageshow", (event) => event.persisted && wake(), { signal });
    if (!this.dataset.url || !navigator.locks || !window.BroadcastChannel) return; // each visible tab polls
    this.since = Number(this.dataset.since);
    this.recent = []; // what the stream has told
    this.tab = crypto.randomUUID?.() ?? String(Math.random());
    this.channel = new BroadcastChannel("hub-live");
    this.channel.onmessage = ({ data }) => (data.ask ? this.retell(data) : this.hear(data));
    this.channel.postMessage({ ask: this.tab, since: this.since });
    navigator.locks.request("hub-live", { signal }, () => this.lead(signal)).catch(() => {});
  }

  disconnectedCallback() {
    clearInterval(this.beat);
    this.stream?.close();
    this.channel?.close();
    this.gone.abort();
  }

  lead(signal) {
    this.wait = FIRST;
    this.listen();
    return new Promise((resolve) => signal.addEventListener("abort", resolve));
  }

  listen() {
    const stream = this.stream = new EventSource(`${this.dataset.url}?since=${this.since}`);
    stream.addEventListener("hello", ({ data, lastEventId }) => {
      if (this.lost || JSON.parse(data).resumed) this.tell("catch-up", lastEventId);
      this.lost = false;
      this.wait = FIRST;
    });
    for (const name of this.dataset.events.split(" ")) {
      stream.addEventListener(name, ({ data, lastEventId }) => this.tell(name, lastEventId, JSON.parse(data)));
    }
    stream.onerror = () => {
      this.lost = true;
      if (stream.readyState !== EventSource.CLOSED || this.gone.signal.aborted) return; // it tries by itself
      setTimeout(() => this.isConnected && this.listen(), this.wait * (0.5 + Math.random()));
      this.wait = Math.min(this.wait * 2, LONGEST);
    };
  }

  tell(name, id, detail) {
    const said = { name, detail, at: parseFloat(id) };
    this.recent = [...this.recent, said].slice(-KEPT);
    this.channel?.postMessage(said);
    this.hear(said);
  }

  hear({ name, detail, at, to }) {
    if (to && to !== this.tab) return;
    this.since = Math.max(this.since, at);
    this.dispatch(name, detail);
  }

  // to a tab whose page was made before it listened
  retell({ ask, since }) {
    for (const said of this.recent) if (said.at > since) this.channel.postMessage({ ...said, to: ask });
  }

  dispatch(name, detail = {}) {
    if (detail.user && String(detail.user) === this.dataset.user) return; // we did that ourselves
    const ids = detail.ids ?? [detail.id ?? detail.conversation].filter(Boolean);
    for (const full of [`hub:${name}`, ...ids.map((id) => `hub:${name}-${id}`)]) {
      document.body.dispatchEvent(new CustomEvent(full, { detail }));
    }
  }
}

customElements.define("live-stream", LiveStream);
