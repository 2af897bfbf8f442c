// In the navigation, whose middle scrolls where the window is low, the place that is open stands in sight: as the page
// opens, when another is opened, and when what stands above it comes later; not once somebody has scrolled there.
let shown = "", isOwn = false;

function show() {
  const here = document.querySelector("#inbox-nav [aria-current]");
  if (!here || isOwn && here.href === shown) return;
  if (here.href !== shown) isOwn = false;
  shown = here.href;
  here.scrollIntoView({ block: "nearest" });
}

const nav = document.getElementById("nav");
if (nav) {
  for (const name of ["wheel", "touchmove", "focusin"]) nav.addEventListener(name, () => { isOwn = true; }, { passive: true });
  nav.addEventListener("toggle", show); // as a drawer it has no height before
  document.body.addEventListener("htmx:afterSettle", show);
  document.body.addEventListener("htmx:pushedIntoHistory", () => setTimeout(show));
  show();
}
