// <check-in-desk data-people="…/people/">: the list at the door, found as one types, with a connection or without.
// What is pressed goes to the <scan-queue>, and shows at once; what the hub answers decides. Other phones are heard of
// by hub:events (a teammate) or by asking every few seconds (a helper): of those who changed alone.
// rows that are drawn; ms in which several changes are read together, are kept together, until a token is asked for again
const MOST = 60, SOON = 400, KEEPING = 2000, RENEWAL = 30_000;

class CheckInDesk extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone, listen = (name, act, at = this) => at.addEventListener(name, act, { signal });
    this.queue = this.querySelector("scan-queue");
    this.box = this.querySelector("input[type=search]");
    this.rows = this.querySelector("[data-rows]");
    this.blank = this.querySelector("[data-list] template");
    this.people = null;
    listen("input", ({ target }) => target === this.box && this.people && this.draw());
    listen("submit", (event) => this.pressed(event));
    listen("scans:answered", ({ detail }) => this.answered(detail));
    listen("scans:changed", () => this.people && this.draw());
    listen("scans:refused", () => this.renew());
    listen("code:scanned", ({ detail }) => this.scanned(detail));
    listen("toggle", () => this.prefill(), this.querySelector("#walk-in"));
    for (const name of ["events", "tick", "catch-up"]) {
      listen(`hub:${name}`, ({ detail }) => { if (!detail?.event || String(detail.event) === this.dataset.event) this.soon(); }, document.body);
    }
    listen("online", () => this.soon(), window);
    if (this.dataset.poll) this.beat = setInterval(() => document.hidden || this.read(), Number(this.dataset.poll));
    this.register();
    this.read({ anew: true });
  }

  disconnectedCallback() {
    clearInterval(this.beat);
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
    this.gone.abort();
  }

  register() {
    const { worker, scope } = this.dataset;
    navigator.serviceWorker?.register(worker, { scope }).then(() => { this.dataset.ready = ""; }, () => {});
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.read(), SOON);
  }

  // the token of a page that was kept for long; not again and again where that is not why
  renew() {
    if (Date.now() - (this.renewed ?? 0) < RENEWAL) return;
    this.renewed = Date.now();
    this.read({ anew: true });
  }

  async read({ anew = false } = {}) {
    if (this.reading) { this.again = this.again || anew; return; }
    this.reading = true;
    const since = anew || !this.people || !this.now ? "" : `?since=${this.now}`;
    try {
      const answer = await fetch(`${this.dataset.people}${since}`, { redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.ok) this.take(await answer.json());
    } catch { /* no connection: the queue says so */ }
    this.reading = false;
    if (this.again) { this.again = false; this.read({ anew: true }); }
  }

  take({ people, changed, now, csrf, ...tally }) {
    const meta = document.querySelector("meta[name=csrf-token]");
    if (csrf && meta) { meta.content = csrf; if (this.queue.state === "stranger") this.queue.sync(); }
    if (people) this.people = new Map(people.map((each) => [each[0], person(each)]));
    for (const [pk, at] of changed ?? []) {
      if (this.people.has(pk)) this.people.get(pk).at = at;
      else this.again = true; // somebody new
    }
    this.now = now;
    this.tally = tally;
    if (!people) this.keepSoon();
    const here = [...this.people.values()].filter((each) => each.at).length;
    if (!people && here !== tally.here && this.mismatch !== tally.here) { // changed by something else
      this.again = true;
      this.mismatch = tally.here;
    }
    this.draw();
  }

  // for a page that is opened without a connection: as far as is known, and not as it was when all was read
  keepSoon() {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(async () => {
      if (!navigator.serviceWorker?.controller) return;
      const people = [...this.people.values()].map(({ pk, name, code, note, at, declined, hue }) => [pk, name, code, note, at, declined, hue]);
      const headers = { "Content-Type": "application/json", "X-Kept-At": Date.now() };
      const cache = await caches.open(`check-in ${this.dataset.scope}`);
      await cache.put(this.dataset.people, new Response(JSON.stringify({ people, now: this.now, ...this.tally }), { headers }));
    }, KEEPING);
  }

  // as they are with what still waits
  get states() {
    const now = new Map([...this.people.values()].map((each) => [each.pk, each.at]));
    for (const { kind, attendance, code, at } of this.queue.waiting) {
      const pk = attendance ?? [...this.people.values()].find((each) => code && each.code === code)?.pk;
      if (kind === "in" && !now.get(pk)) now.set(pk, Math.floor(at / 1000));
      if (kind === "out") now.set(pk, 0);
    }
    return now;
  }

  draw() {
    const now = this.states, typed = this.box.value.trim(), words = folded(typed), code = codeIn(typed, this.dataset.event);
    const isWanted = (each) => each.code === code || (words.length ? words.every((word) => each.words.some((own) => own.startsWith(word))) : !each.declined || now.get(each.pk));
    const found = [...this.people.values()].filter(isWanted);
    const newcomers = this.queue.waiting.filter(({ kind, name }) => kind === "walk-in" && words.every((word) => folded(name).some((own) => own.startsWith(word))));
    const kept = new Map([...this.rows.children].map((row) => [row.dataset.id, row]));
    const shown = found.slice(0, MOST).map((each) => this.row(kept.get(String(each.pk)), each, now.get(each.pk)));
    shown.push(...newcomers.map((scan) => this.row(null, { pk: "", name: scan.name, note: "", hue: 0 }, Math.floor(scan.at / 1000))));
    const held = document.activeElement;
    for (const row of [...this.rows.children]) if (!shown.includes(row)) row.remove();
    shown.forEach((row, place) => { if (this.rows.children[place] !== row) this.rows.insertBefore(row, this.rows.children[place] ?? null); });
    if (held !== document.activeElement && held?.isConnected) held.focus();
    const more = found.length - Math.min(found.length, MOST);
    this.querySelector("[data-below]").textContent = more ? this.dataset.more.replace("%(n)s", more) : shown.length ? "" : this.dataset.nobody;
    const changed = [...now].reduce((sum, [pk, at]) => sum + (at ? 1 : 0) - (this.people.get(pk)?.at ? 1 : 0), this.queue.waiting.filter(({ kind }) => kind === "walk-in").length);
    this.count("here", this.tally.here + changed);
    this.count("expected", Math.max(this.tally.expected, this.tally.here + changed));
  }

  count(name, n) {
    const part = this.querySelector(`[data-count=${name}]`);
    if (part && part.textContent !== String(n)) part.textContent = n;
  }

  row(row, { pk, name, note, hue }, at) {
    if (!row) {
      row = this.blank.content.firstElementChild.cloneNode(true);
      row.dataset.id = pk;
      row.querySelector("[data-name]").textContent = name;
      row.querySelectorAll("[data-whom]").forEach((part) => { part.textContent = ` ${name}`; });
      const face = row.querySelector(".face");
      face.className = `face m hue-${hue}`;
      face.textContent = initials(name);
      row.querySelectorAll("button").forEach((button) => { button.value = `${button.value.split(":")[0]}:${pk}:`; button.disabled = !pk; });
    }
    row.querySelector("[data-note]").textContent = note;
    const here = row.querySelector("[data-here]"), came = row.querySelector("[data-came]");
    const held = row.contains(document.activeElement) && document.activeElement;
    here.hidden = !!at;
    came.hidden = !at;
    came.querySelector("[data-at]").textContent = at ? this.clock(at) : "";
    if (held?.matches("button")) (at ? came.querySelector("button") : here).focus({ preventScroll: true });
    return row;
  }

  clock(at) {
    this.hours ??= new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: this.dataset.timezone });
    return this.hours.format(at * 1000);
  }

  pressed(event) {
    const { target, submitter } = event;
    if (target.matches("[role=search]")) { if (this.people) { event.preventDefault(); this.byCode(); } return; }
    event.preventDefault();
    const [kind, pk] = (submitter?.value ?? "walk-in").split(":");
    if (kind === "walk-in") return this.walkIn(target);
    this.queue.add({ kind, attendance: Number(pk) });
    const name = this.people?.get(Number(pk))?.name;
    if (name) this.say(this.dataset[kind === "in" ? "in" : "out"], name);
  }

  walkIn(form) {
    const box = form.querySelector("[name=name]"), name = box.value.trim();
    if (!name) return;
    this.queue.add({ kind: "walk-in", name });
    box.value = this.box.value = "";
    form.hidePopover?.();
    this.say(this.dataset.in, name);
  }

  prefill() {
    const box = this.querySelector("#walk-in-name");
    if (!box.value) box.value = codeIn(this.box.value, this.dataset.event) ? "" : this.box.value.trim();
    box.focus();
  }

  // Enter in the search box: a code that was typed checks in
  byCode() {
    const code = codeIn(this.box.value.trim(), this.dataset.event);
    if (!code || ![...this.people.values()].some((each) => each.code === code)) return;
    this.scanned(code);
    this.box.value = "";
    this.draw();
  }

  scanned(text) {
    const code = codeIn(text, this.dataset.event);
    const said = code ? this.checkIn(code) : this.say(/^HUB:/i.test(text) ? this.dataset.other : this.dataset.unknown);
    this.querySelector("code-scanner")?.say(said);
  }

  checkIn(code) {
    const found = [...(this.people?.values() ?? [])].find((each) => each.code === code);
    const at = found && this.states.get(found.pk);
    if (at) return this.say(this.dataset.again.replace("%(at)s", this.clock(at)), found.name);
    this.queue.add(found ? { kind: "in", attendance: found.pk } : { kind: "in", code }); // perhaps new on the list
    navigator.vibrate?.(40);
    return found ? this.say(this.dataset.in, found.name) : this.say("");
  }

  answered({ answers, here, expected, guests }) {
    for (const { state, attendance, at, said } of answers) {
      if (state === "refused") this.say(said);
      else if (this.people?.has(attendance)) this.people.get(attendance).at = state === "in" ? at : 0;
      else this.again = true;
    }
    if (this.tally) this.tally = { here, expected, guests };
    if (this.people) this.keepSoon();
    if (this.again || !this.people) { this.again = false; this.read({ anew: true }); }
  }

  say(words, name = "") {
    const said = words.replace("%(name)s", name);
    this.querySelector("[data-said]").textContent = said;
    return said;
  }
}

function person([pk, name, code, note, at, declined, hue]) { return { pk, name, code, note, at, declined, hue, words: folded(name) }; }

function folded(text) { return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean); }

function initials(name) {
  const words = folded(name);
  if (words.length > 1) return (words[0][0] + words.at(-1)[0]).toUpperCase();
  return words[0]?.slice(0, 2) ?? "?";
}

// as events/desk.py reads it
function codeIn(typed, event) {
  const [, of, code] = typed.toUpperCase().replace(/[\s-]/g, "").match(/^(?:HUB:(\d{1,18}):)?([2-9A-HJKMNP-Z]{8})$/) ?? [];
  return code && (!of || of === event) ? code : "";
}

customElements.define("check-in-desk", CheckInDesk);
