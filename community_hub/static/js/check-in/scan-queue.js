// <scan-queue data-url="…/scans/" data-who="user:7">: what was done at the door is kept in this browser (IndexedDB)
// until the hub has answered for it, under a number of its own, so that whatever is sent twice counts once.
// It says how many wait. Fires scans:answered with the hub's answer, scans:changed where what waits has changed.
const DATABASE = "hub-check-in", STORE = "scans", AT_ONCE = 50, AGAIN = 5000, PATIENCE = 15_000;

class ScanQueue extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.waiting = [];
    this.state = navigator.onLine ? "" : "lost";
    this.ready = this.open();
    addEventListener("online", () => this.sync(), { signal });
    addEventListener("offline", () => { this.state = "lost"; this.say(); }, { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.sync(), { signal });
    this.timer = setInterval(() => this.waiting.length && this.sync(), AGAIN);
    this.ready.then(() => { this.changed(); this.sync(); });
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    this.gone.abort();
  }

  async open() {
    try {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "nonce" });
      this.database = await done(asked);
      navigator.storage?.persist?.().catch(() => {});
      const kept = await done(this.store("readonly").getAll());
      const ours = kept.filter(({ url, who }) => url === this.dataset.url && who === this.dataset.who);
      this.waiting = ours.sort((one, other) => one.at - other.at);
    } catch {
      this.database = null; // a private window: they are kept as long as the page is
    }
  }

  store(mode) { return this.database.transaction(STORE, mode).objectStore(STORE); }

  // once it is kept; `scan`: {kind, attendance | name | code}
  async add(scan) {
    await this.ready;
    const whole = { ...scan, nonce: nonce(), at: Date.now(), url: this.dataset.url, who: this.dataset.who };
    if (this.database) await done(this.store("readwrite").put(whole)).catch(() => { this.database = null; });
    this.waiting.push(whole);
    this.changed();
    this.sync();
    return whole.nonce;
  }

  async sync() {
    await this.ready;
    if (this.syncing) return this.syncing;
    this.syncing = this.send().finally(() => { this.syncing = null; this.say(); });
    return this.syncing;
  }

  async send() {
    while (this.waiting.length && this.isConnected) {
      const some = this.waiting.slice(0, AT_ONCE);
      const answer = await this.post(some);
      if (!answer) return;
      const heard = new Set(answer.answers.map((each) => each.nonce));
      const settled = some.filter((scan) => heard.has(scan.nonce));
      if (!settled.length) { this.state = "lost"; return; }
      for (const { nonce: key } of settled) if (this.database) await done(this.store("readwrite").delete(key));
      this.waiting = this.waiting.filter((scan) => !heard.has(scan.nonce));
      this.dispatchEvent(new CustomEvent("scans:answered", { bubbles: true, detail: answer }));
      this.changed();
    }
  }

  // null where nothing came of it, for which `state` says why
  async post(some) {
    const body = JSON.stringify({ now: Date.now(), scans: some.map(({ url, who, ...scan }) => scan) });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
    const options = { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
    try {
      const answer = await fetch(this.dataset.url, options);
      if (answer.ok) { this.state = ""; return await answer.json(); }
      if (answer.type === "opaqueredirect" || answer.status === 401) this.state = "stranger";
      else if (answer.status === 403) { this.state = "stranger"; this.dispatchEvent(new Event("scans:refused", { bubbles: true })); }
      else this.state = answer.status === 410 || answer.status === 404 ? "closed" : "lost";
    } catch {
      this.state = "lost";
    }
    return null;
  }

  changed() {
    this.say();
    this.dispatchEvent(new Event("scans:changed", { bubbles: true }));
  }

  say() {
    const n = this.waiting.length, { state, dataset } = this;
    let said = "";
    if (state === "lost") said = n ? dataset.offline : dataset.lost;
    else if (n) said = dataset[state || "waiting"];
    said = said.replace("%(n)s", n);
    if (said && this.database === null) said += ` ${dataset.unkept}`;
    if (this.textContent !== said) this.textContent = said;
    this.hidden = !said;
  }
}

function done(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function nonce() { return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join(""); }

function token() { return document.querySelector("meta[name=csrf-token]")?.content ?? ""; }

customElements.define("scan-queue", ScanQueue);
