// Where a form, or an answer that leads elsewhere, has reloaded the whole page, the focus goes on from there: to the
// first field that is wrong, else to what is wrong with all of it, else to the heading of the section whose form it
// was, else of the page. A link that searches (data-find, data-searches) leads to the box. A field with autofocus, or
// what the address names, comes before all of them.
const SLOT = "submitted", FRESH = 30_000; // ms

addEventListener("submit", ({ target, defaultPrevented, submitter }) => {
  if (defaultPrevented || target.method !== "post") return; // htmx answers it, or nothing is changed
  const action = new URL(submitter?.getAttribute("formaction") || target.getAttribute("action") || "", location.href);
  keep({ action: action.pathname });
});

addEventListener("htmx:beforeOnLoad", ({ detail: { xhr, requestConfig } }) => {
  if (requestConfig.verb !== "get" && xhr.getResponseHeader("HX-Redirect")) keep({ action: requestConfig.path });
});

addEventListener("click", (event) => {
  const follows = event.target.closest("a:is([data-find], [data-searches])") && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (follows && !event.defaultPrevented) keep({ searches: true });
});

function keep(what) { sessionStorage.setItem(SLOT, JSON.stringify({ ...what, at: Date.now() })); }

function goOn() {
  const kept = JSON.parse(sessionStorage.getItem(SLOT) || "null");
  sessionStorage.removeItem(SLOT);
  if (!kept || Date.now() - kept.at > FRESH || document.activeElement !== document.body) return;
  if (kept.searches) return document.querySelector("form[role=search] input[type=search]")?.focus();
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

queueMicrotask(goOn); // once every element of the page is what it is
