// Where “Show more” has the focus as further rows come in its place, the focus goes to the first of them: with the
// button it would be lost, and whoever reads by keyboard would begin the list anew.
const ROW = "a.row, a.person-row", FIELD = "a[href], button:not([disabled]), summary";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target } = detail, list = target.parentElement, above = target.previousElementSibling;
  if (!target.matches(".more-rows") || !target.contains(document.activeElement)) return;
  document.addEventListener("htmx:afterSwap", () => {
    const first = above?.isConnected ? above.nextElementSibling : list.firstElementChild;
    const goal = first?.querySelector(ROW) ?? first?.querySelector(FIELD) ?? first;
    if (goal && !goal.matches("a, button, summary")) goal.tabIndex = -1; // a line without anything to press
    goal?.focus();
  }, { once: true });
});
