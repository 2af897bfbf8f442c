// <check-in-desk data-people="…/people/">: the list at the door, found as one types, with a connection or without.
// What is pressed goes to the <scan-queue>, and shows at once; what the hub answers decides. Other phones are heard of
// by hub:events (a teammate) or by asking every few seconds (a helper): of those who changed alone.
// ms in which several changes are read together, are kept together, until a token is asked for again
const FIELDS = ["pk", "name", "code", "note", "at", "declined", "hue"]; // as everybody() of events/desk.py has them
const SOON = 400, KEEPING = 200, RENEWAL = 30_000;

class CheckInDesk extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone, listen = (name, act, at = this) => at.addEventListener(name, act, { signal });
    this.queue = this.querySelector("scan-queue");
    this.box = this.querySelector("input[type=search]");
    this.list = this.querySelector("guest-list");
    this.people = null;
    listen("input", ({ target }) => target === this.box && this.people && this.draw());
    listen("submit", (event) => this.pressed(event));
    listen("scans:answered", ({ detail }) => this.answered(detail));
    listen("scans:changed", () => this.people && this.draw());
    listen("scans:refused", () => this.renew());
    listen("code:scanned", ({ detail }) => this.scanned(detail));
    listen("toggle", () => this.prefill(), this.querySelector("#walk-in"));
    const heard = ({ detail }) => (!detail?.event || String(detail.event) === this.dataset.event) && this.soon();
    for (const name of ["events", "tick", "catch-up"]) listen(`hub:${name}`, heard, document.body);
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
    // those who are there, but not on this reader's list
    const unseen = tally.here - [...this.people.values()].filter((each) => each.at).length;
    if (people) this.unseen = unseen;
    else if (unseen !== this.unseen || ["listed", "expected"].some((each) => tally[each] !== this.tally[each])) this.again = true;
    this.now = now;
    this.tally = tally;
    if (!people) this.keepSoon();
    this.draw();
  }

  // for a page that is opened without a connection: as far as is known, and not as it was when all was read
  keepSoon() {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(async () => {
      if (!navigator.serviceWorker?.controller) return;
      const people = [...this.people.values()].map((each) => FIELDS.map((field) => each[field]));
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
    const states = this.states, typed = this.box.value.trim(), words = folded(typed), code = codeIn(typed, this.dataset.event);
    const begins = (own) => words.every((word) => own.some((each) => each.startsWith(word)));
    const isWanted = (each) => {
      if (each.code === code) return true;
      return words.length ? begins(each.words) : !each.declined || states.get(each.pk);
    };
    const walkIns = this.queue.waiting.filter(({ kind }) => kind === "walk-in");
    const newcomers = walkIns.filter(({ name }) => begins(folded(name)));
    this.list.show([...this.people.values()].filter(isWanted), states, newcomers);
    let here = this.tally.here + walkIns.length;
    for (const [pk, at] of states) here += (at ? 1 : 0) - (this.people.get(pk)?.at ? 1 : 0);
    this.count("here", here);
    this.count("expected", Math.max(this.tally.expected, here));
  }

  count(name, n) {
    const part = this.querySelector(`[data-count=${name}]`);
    if (part.textContent !== String(n)) part.textContent = n;
  }

  pressed(event) {
    const { target, submitter } = event;
    const searches = target.matches("[role=search]");
    if (searches && !this.people) return; // the hub finds them
    event.preventDefault();
    if (searches) return this.byCode();
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
    if (at) return this.say(this.dataset.again.replace("%(at)s", this.list.clock(at)), found.name);
    this.queue.add(found ? { kind: "in", attendance: found.pk } : { kind: "in", code }); // perhaps new on the list
    navigator.vibrate?.(40);
    return found ? this.say(this.dataset.in, found.name) : this.say("");
  }

  answered({ answers, here }) {
    for (const { state, attendance, at, said } of answers) {
      if (state === "refused") this.say(said);
      else if (this.people?.has(attendance)) this.people.get(attendance).at = state === "in" ? at : 0;
      else this.again = true;
    }
    if (this.tally) this.tally.here = here;
    if (this.people) this.keepSoon();
    if (this.again || !this.people) { this.again = false; this.read({ anew: true }); }
  }

  say(words, name = "") {
    const said = words.replace("%(name)s", name);
    this.querySelector("[data-said]").textContent = said;
    return said;
  }
}

function person(values) {
  const each = Object.fromEntries(FIELDS.map((field, place) => [field, values[place]]));
  return { ...each, words: folded(each.name) };
}

function folded(text) { return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean); }

// as events/desk.py reads it
function codeIn(typed, event) {
  const [, of, code] = typed.toUpperCase().replace(/[\s-]/g, "").match(/^(?:HUB:(\d{1,18}):)?([2-9A-HJKMNP-Z]{8})$/) ?? [];
  return code && (!of || of === event) ? code : "";
}

customElements.define("check-in-desk", CheckInDesk);
