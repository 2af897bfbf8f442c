// hx-swap="calm": a live update changes what is different and leaves the rest where it is, so that a
// selection, the focus, an open menu and an unfolded text outlast it. Elements are known by their id, or
// by the first one inside them; a custom element keeps its own state (it may say so: keeps(fresh)), or gives
// way as a whole. Where the fresh one says data-keep, the old one stays: it is brought up to date by itself.
const OURS = ["open", "aria-expanded", "style"]; // attributes that a person or a script set

window.htmx.defineExtension("calm", {
  isInlineSwap: (style) => style === "calm",
  handleSwap(style, target, fragment) {
    if (style !== "calm") return false;
    const fresh = fragment.firstElementChild;
    const focused = document.activeElement;
    const added = [];
    patch(target, fresh, added);
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
    window.htmx.process(target.isConnected ? target : fresh);
    return added;
  },
});

function patch(old, fresh, added) {
  if (old.isEqualNode(fresh) || fresh.dataset?.keep !== undefined) return;
  if (old.nodeType !== Node.ELEMENT_NODE) old.data = fresh.data;
  else if (!old.localName.includes("-")) {
    attributes(old, fresh);
    children(old, fresh, added);
  } else if (!old.matches(":popover-open") && !old.keeps?.(fresh) && !(moment(old) && moment(old) === moment(fresh))) {
    old.replaceWith(fresh);
    added.push(fresh);
  }
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !OURS.includes(name)) old.removeAttribute(name);
}

function children(old, fresh, added) {
  const wanted = new Set([...fresh.children].map(key));
  const known = new Map();
  for (const child of [...old.children]) {
    if (!key(child)) continue;
    if (wanted.has(key(child))) known.set(key(child), child);
    else child.remove();
  }
  let at = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    if (known.size && blank(node)) continue; // between blocks
    while (known.size && at && blank(at)) at = at.nextSibling;
    const same = key(node) ? known.get(key(node)) : at && !key(at) ? at : null;
    if (same?.nodeName !== node.nodeName) {
      old.insertBefore(node, at);
      if (node.nodeType === Node.ELEMENT_NODE) added.push(node);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else if (old.moveBefore) old.moveBefore(same, at);
    else old.insertBefore(same, at);
    patch(same, node, added);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function key(node) { return node.id || node.querySelector?.("[id]")?.id || ""; }
function blank(node) { return node.nodeType === Node.TEXT_NODE && !node.data.trim(); }
function moment(element) { return element.querySelector("time")?.dateTime; }
