// On pages with a sheet: where what has the focus leaves the page (a bar that is closed, a view that is removed),
// the focus goes on to what stood behind it, else before it, as a press on Tab would go.
const FIELDS = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, [tabindex='0']";
const TYPED_IN = "textarea, input:not([type=checkbox], [type=radio])"; // where the key that undoes would be a letter
const PATIENCE = 100; // ms, in which whoever knows better moves the focus

document.addEventListener("htmx:beforeSwap", () => {
  const from = document.activeElement, sheet = from?.closest(".sheet");
  if (!sheet) return;
  const all = [...sheet.querySelectorAll(FIELDS)], at = all.indexOf(from);
  const next = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0)).reverse()];
  setTimeout(() => {
    if (from.isConnected || document.activeElement !== document.body) return;
    const goal = next.find((field) => field.isConnected && !field.matches(TYPED_IN) && field.checkVisibility({ visibilityProperty: true }));
    (goal || headOf(sheet))?.focus();
  }, PATIENCE);
});

// A form that somebody opens by its summary is there to be filled in.
document.addEventListener("toggle", ({ target }) => {
  if (!target.open || !target.matches("details[data-form]") || !target.contains(document.activeElement)) return;
  target.querySelector("form").querySelector(FIELDS)?.focus();
}, true);

function headOf(sheet) {
  const head = sheet.querySelector("h1");
  head?.setAttribute("tabindex", "-1");
  return head;
}
