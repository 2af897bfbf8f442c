// In a message that a search led to, the words that are marked in its row are marked as well: over the text, which
// stays as it is.
function mark() {
  const words = [...document.querySelectorAll("a.row[aria-current] mark")].map((part) => part.textContent.trim().toLocaleLowerCase()).filter(Boolean);
  const body = document.querySelector("article.found .body");
  const ranges = body ? [...new Set(words)].flatMap((word) => rangesOf(body, word)) : [];
  if (ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
  else CSS.highlights.delete("found");
}

function rangesOf(body, word) {
  const texts = document.createTreeWalker(body, NodeFilter.SHOW_TEXT), ranges = [];
  while (texts.nextNode()) {
    const node = texts.currentNode, text = node.data.toLocaleLowerCase();
    if (text.length !== node.data.length) continue; // a letter that is longer in lower case: places would be wrong
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + word.length);
      ranges.push(range);
    }
  }
  return ranges;
}

if (globalThis.CSS?.highlights) {
  for (const name of ["htmx:afterSettle", "htmx:pushedIntoHistory"]) document.body.addEventListener(name, () => setTimeout(mark));
  mark();
}
