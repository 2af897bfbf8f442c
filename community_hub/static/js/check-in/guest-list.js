// <guest-list data-timezone="Europe/Berlin">: the rows of the check-in, made from the same template as the hub's own.
// A row that stays is the same element, so that a thumb finds its button and the focus stays where it was.
const MOST = 60; // rows that are drawn

class GuestList extends HTMLElement {
  connectedCallback() {
    this.rows = this.querySelector("[data-rows]");
    this.blank = this.querySelector("template");
    this.below = this.querySelector("[data-below]");
  }

  // `found`: people in order; `states`: by pk, the second at which they came or 0; `newcomers`: scans of walk-ins
  show(found, states, newcomers) {
    const kept = new Map([...this.rows.children].map((row) => [row.dataset.id, row]));
    const shown = found.slice(0, MOST).map((each) => this.row(kept.get(String(each.pk)), each, states.get(each.pk)));
    for (const { name, at } of newcomers) {
      shown.push(this.row(null, { pk: "", name, note: "", hue: 0 }, Math.floor(at / 1000)));
    }
    const held = document.activeElement;
    for (const row of [...this.rows.children]) if (!shown.includes(row)) row.remove();
    shown.forEach((row, place) => {
      if (this.rows.children[place] !== row) this.rows.insertBefore(row, this.rows.children[place] ?? null);
    });
    if (held !== document.activeElement && held?.isConnected) held.focus({ preventScroll: true });
    const more = found.length - MOST;
    this.below.textContent = more > 0 ? this.dataset.more.replace("%(n)s", more) : shown.length ? "" : this.dataset.nobody;
  }

  row(row, person, at) {
    row ??= this.made(person);
    row.querySelector("[data-note]").textContent = person.note;
    const here = row.querySelector("[data-here]"), came = row.querySelector("[data-came]");
    const held = row.contains(document.activeElement) ? document.activeElement : null;
    here.hidden = !!at;
    came.hidden = !at;
    came.querySelector("[data-at]").textContent = at ? this.clock(at) : "";
    if (held?.matches("button")) (at ? came.querySelector("button") : here).focus({ preventScroll: true });
    return row;
  }

  // without a pk it is somebody of whom the hub has not heard, and nothing can be pressed yet
  made({ pk, name, hue }) {
    const row = this.blank.content.firstElementChild.cloneNode(true), face = row.querySelector(".face");
    row.dataset.id = pk;
    row.querySelector("[data-name]").textContent = name;
    for (const part of row.querySelectorAll("[data-whom]")) part.textContent = ` ${name}`;
    face.className = `face m hue-${hue}`;
    face.textContent = initials(name);
    for (const button of row.querySelectorAll("button")) {
      button.value = `${button.value.split(":")[0]}:${pk}:`;
      button.disabled ||= !pk;
    }
    return row;
  }

  clock(at) {
    const timeZone = this.dataset.timezone;
    this.hours ??= new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
    return this.hours.format(at * 1000);
  }
}

function initials(name) {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (words.length > 1) return (words[0][0] + words.at(-1)[0]).toUpperCase();
  return words[0]?.slice(0, 2) ?? "?";
}

customElements.define("guest-list", GuestList);
