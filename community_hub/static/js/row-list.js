// <row-list>: moves through the rows of a list (hidden buttons carry the keys: data-move="next"), conversations
// or members, ticks them, and marks the one that is open in the other pane. Keys that change something
// (data-move="together" with data-noun, "choose" with data-menu) mean what is ticked, else the row with the focus
// where that is not the open one, else the open conversation.
// Where one reloads or goes back, as many rows are there as were, and the list stands where it stood.
const ROW = ":is(a.row, a.person-row)", ACTING = ":is([data-move=together], [data-move=choose])";

class RowList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (button) this[button.dataset.move](button.dataset);
    });
    this.addEventListener("change", () => this.count());
    this.addEventListener("click", (event) => event.target.matches(".pick input") && this.range(event), true);
    this.addEventListener("htmx:afterRequest", ({ detail, target }) => {
      const chosen = target.closest("command-menu[id^=bulk-], [data-bulk]") && detail.requestConfig.verb === "post";
      if (chosen && detail.successful) this.clear();
    });
    this.addEventListener("beforetoggle", () => { // the menu takes the focus
      this.last = this.here?.closest("li, tr").querySelector(".pick :checked") || this.boxes.at(-1);
    }, true);
    this.addEventListener("toggle", ({ target, newState }) => {
      const last = newState === "open" && target.matches("[id^=bulk-]") && this.last;
      if (last) last.closest("li, tr").scrollIntoView({ block: "nearest" });
    }, true);
    this.mark = () => this.current();
    document.body.addEventListener("htmx:pushedIntoHistory", this.mark);
    document.body.addEventListener("htmx:afterSettle", this.mark);
    this.addEventListener("htmx:configRequest", ({ detail, target }) => {
      if (target.matches("[data-list]")) detail.parameters.shown = Math.max(this.rows.length, this.kept ?? 0);
    });
    this.addEventListener("htmx:beforeSwap", () => { this.ring(); this.had = this.contains(document.activeElement); this.picked = this.boxes.map((box) => box.value.split("-")[0]); });
    this.addEventListener("htmx:afterSettle", () => {
      for (const box of this.querySelectorAll(".pick input")) box.checked ||= this.picked?.includes(box.value.split("-")[0]);
      if (this.kept) this.stand();
      this.ringNext();
    });
    addEventListener("pagehide", () => this.leave());
    addEventListener("load", () => this.restore(), { once: true });
    this.addEventListener("focusin", () => this.remember());
    this.addEventListener("focusout", () => setTimeout(() => this.weigh()));
    this.opened = location.pathname;
    this.count();
    this.remember();
    this.here?.scrollIntoView({ block: "nearest" });
  }

  disconnectedCallback() {
    document.body.removeEventListener("htmx:pushedIntoHistory", this.mark);
    document.body.removeEventListener("htmx:afterSettle", this.mark);
  }

  get list() { return this.querySelector("[data-list]"); }
  get slot() { return `rows:${this.list.getAttribute("hx-get")}`; }

  leave() {
    if (!this.list) return;
    const edge = (this.querySelector(".scroll") || this.closest(".page")).getBoundingClientRect().top;
    const top = this.rows.find((row) => row.getBoundingClientRect().bottom > edge);
    sessionStorage.setItem(this.slot, JSON.stringify({ shown: this.rows.length, top: top?.id, from: this.focused?.id }));
  }

  restore() {
    const came = performance.getEntriesByType("navigation")[0]?.type;
    const kept = came !== "navigate" && this.list && JSON.parse(sessionStorage.getItem(this.slot));
    if (!kept) return;
    this.kept = kept.shown;
    this.top = kept.top;
    this.from = kept.from;
    if (kept.shown > this.rows.length) this.list.dispatchEvent(new Event("hub:restore"));
    else this.stand();
  }

  stand() {
    this.kept = 0;
    this.current();
    const row = this.querySelector(`${ROW}[aria-current]`), goal = row || document.getElementById(this.top);
    if (!row && document.activeElement === document.body) document.getElementById(this.from)?.focus({ preventScroll: true });
    const go = () => goal?.scrollIntoView({ block: row ? "center" : "start" });
    go();
    requestAnimationFrame(() => requestAnimationFrame(go)); // rows that were not drawn yet had a guessed height
  }

  get boxes() { return [...this.querySelectorAll(".pick input:checked")]; }
  get rows() { return [...this.querySelectorAll(ROW)]; }

  get here() {
    const focused = this.contains(document.activeElement) && document.activeElement.closest("li, tr")?.querySelector(ROW);
    return focused || this.querySelector(`${ROW}[aria-current]`);
  }

  get focused() { return this.contains(document.activeElement) && document.activeElement.closest(ROW); }

  remember() {
    if (this.here) this.place = this.rows.indexOf(this.here);
    this.weigh();
  }

  weigh() {
    const means = this.boxes.length > 0 || this.focused && !this.focused.matches("[aria-current]");
    for (const button of this.querySelectorAll(`.hide ${ACTING}`)) button.disabled = !means;
  }

  // a row that is not the open one hands its ring to the row below when it leaves the list: the next key
  // means that one, and never the open one unasked
  ring() {
    const rows = this.rows, at = rows.findIndex((row) => row === this.focused && !row.matches("[aria-current]"));
    if (at >= 0) this.ringed = [...rows.slice(at), ...rows.slice(0, at).reverse()];
    else if (this.ringed?.[0]?.isConnected ?? true) this.ringed = []; // else another swap took that row just now
  }

  ringNext() {
    const now = document.activeElement; // what is hidden has it still, until the next frame
    if (now === document.body || !now.checkVisibility({ visibilityProperty: true })) {
      const next = this.ringed?.find((row) => row.isConnected);
      if (next) next.focus({ preventScroll: true });
      else if (this.had && (!this.rows.length || !document.querySelector("scroll-keeper"))) this.takeFocus(); // else it goes to the thread
    }
    this.ringed = [];
  }

  // the row in the place of the last one that had it, or the words of an empty list
  takeFocus() {
    const rows = this.rows, row = rows[Math.min(this.place ?? 0, rows.length - 1)];
    (row || this.querySelector("#rows .empty"))?.focus({ preventScroll: true });
  }

  // where the row has left the list, the one that took its place comes next
  step(by) {
    const rows = this.rows, at = rows.indexOf(this.here);
    const goal = at < 0 ? (this.place ?? 0) + Math.min(by, 0) : at + by;
    const more = goal >= rows.length && this.querySelector(".more-rows a"); // behind the last row
    const row = more || rows[Math.min(rows.length - 1, Math.max(0, goal))];
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  extendDown() { this.extend(1); }
  extendUp() { this.extend(-1); }

  // the row that is meant is ticked first: what will change is visible while one chooses
  choose({ menu }) {
    if (!this.boxes.length) this.select();
    if (this.boxes.length) this.querySelector(`[popovertarget="${menu}"]`)?.click();
  }

  extend(by) {
    this.tick(this.here);
    this.step(by);
    this.tick(this.here);
    this.count();
  }

  tick(row) {
    const box = row?.closest("li, tr").querySelector(".pick input");
    if (box) { box.checked = true; this.anchor = box; }
  }

  range(event) {
    const all = [...this.querySelectorAll(".pick input")], box = event.target;
    const from = all.indexOf(this.anchor), to = all.indexOf(box);
    if (event.shiftKey && from >= 0) {
      for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
    }
    this.anchor = box;
  }

  together({ noun }) {
    if (!this.boxes.length) this.select();
    if (!this.boxes.length) return;
    this.querySelector(`[data-bulk] [hx-post$="/${noun}/"]`)?.click();
    this.clear();
  }

  // all that are shown
  all() {
    for (const box of this.querySelectorAll(".pick input")) box.checked = true;
    this.count();
  }

  next() { this.step(1); }
  previous() { this.step(-1); }
  open() { this.here?.click(); }

  select() {
    const box = this.here?.closest("li, tr").querySelector(".pick input");
    if (box) box.click();
  }

  clear() {
    const leaves = this.querySelector("[data-bulk]").contains(document.activeElement);
    this.boxes.forEach((box) => { box.checked = false; });
    this.picked = [];
    delete this.dataset.selecting;
    this.count();
    if (leaves) (this.here || this.querySelector("select-mode button"))?.focus({ preventScroll: true });
  }

  count() {
    const bulk = this.querySelector("[data-bulk]");
    if (!bulk) return;
    const picked = this.boxes.length;
    bulk.hidden = picked === 0 && !("selecting" in this.dataset);
    bulk.querySelector("[data-picked]").textContent = picked;
    for (const button of bulk.querySelectorAll("button:not([data-move=clear], [data-move=all])")) button.disabled = picked === 0;
    if (!picked) this.querySelector("[id^=bulk-]:popover-open")?.hidePopover(); // what it would act on has left
    this.dispatchEvent(new Event("selection"));
    this.weigh();
  }

  current() {
    for (const row of this.rows) {
      if (row.pathname === location.pathname) {
        row.setAttribute("aria-current", "true");
        row.closest("li, tr").classList.remove("unread");
      } else row.removeAttribute("aria-current");
    }
    // the focus goes along from the row one came from, so that j goes on from the one that is open now
    const moved = this.opened !== location.pathname;
    this.opened = location.pathname;
    const goal = this.querySelector(`${ROW}[aria-current]`) || document.getElementById("main"); // it may not be in the list (yet)
    if (moved && this.focused && this.focused !== goal) goal?.focus({ preventScroll: true });
    this.count();
    this.remember();
  }
}

customElements.define("row-list", RowList);
