// Where a form has reloaded the whole page, the focus goes on from there: to the first field that is wrong, else to
// what is wrong with all of it, else to the heading of the section whose form it was, else of the page. A field
// with autofocus, or what the address names, comes before all of them.
const SLOT = "submitted", FRESH = 30_000; // ms

addEventListener("submit", ({ target, defaultPrevented, submitter }) => {
  if (defaultPrevented || target.method !== "post") return; // htmx answers it, or nothing is changed
  const action = new URL(submitter?.getAttribute("formaction") || target.getAttribute("action") || "", location.href);
  sessionStorage.setItem(SLOT, JSON.stringify({ action: action.pathname, at: Date.now() }));
});

function goOn() {
  const kept = JSON.parse(sessionStorage.getItem(SLOT) || "null");
  sessionStorage.removeItem(SLOT);
  if (!kept || Date.now() - kept.at > FRESH || document.activeElement !== document.body) return;
  const main = document.querySelector("main");
  const goal = main?.querySelector("[aria-invalid=true], [role=alert]:not(:empty)") || headingOf(main, kept.action);
  if (!goal) return;
  if (goal.tabIndex < 0) goal.tabIndex = -1;
  goal.focus();
}

function headingOf(main, action) {
  const named = location.hash && document.getElementById(location.hash.slice(1));
  if (named) return named;
  const form = [...(main?.querySelectorAll("form[action]") || [])].find((each) => new URL(each.getAttribute("action"), location.href).pathname === action);
  const section = form?.querySelector("h1, h2, h3") ? form : form?.closest("section");
  return section?.querySelector("h1, h2, h3") || main?.querySelector("h1, h2");
}

goOn();
