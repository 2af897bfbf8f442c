"""The only sanitiser: HTML from outside goes through here on its way in, by allow-list.

What is stored is what pages show; nothing else in the project marks a string as safe.
"""

from __future__ import annotations

import html as entities
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt

from .body_pictures import host_of, is_picture_file, picture_link
from .text import storable

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "q", "s",
    "samp", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title", "hreflang"}, "abbr": {"title"}, "ol": {"start"}}
_IMAGE = {"img": {"src", "alt", "title", "class", "width", "height"}}
_MARKED = {"a": {"class": {"picture"}}}
SCHEMES = {"http", "https", "mailto", "xmpp", "matrix"}
_WITH_CONTENT = {
    "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title",
}  # fmt: skip
# What one body may hold; over any of these it is kept as text. nh3 takes time by the square of
# some of them, and nothing can interrupt it: at the bounds, a body costs 0.1 to 0.4 s.
MOST_CHARACTERS = 1_000_000
FEW_CHARACTERS = 4_000  # too few for any of the bounds below, whatever they are
# So many tags, or so many entities, or half of both.
MOST_TAGS = 11_000
MOST_ENTITIES = 15_000
MOST_ENTITY_WORK = 7e9  # entities times characters: for each, nh3 moves all that follows
MOST_DEPTH = 2_000  # of elements that do not end by themselves
MOST_ATTRIBUTE_WORK = 5e8  # the sum of the squares of what may be attributes in each tag
_DATA_URI = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=]+")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_NESTING = re.compile(
    r"<(/?)(?!(?:p|br|hr|img|li|t[dhr]|d[dt]|tbody|thead|tfoot|input|wbr|meta|link|col|area|source)\b)[a-z]",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[\s/]+")
# An unclosed one of these is opened anew in every paragraph that follows, and as often as its
# attributes differ: 30 KB swell to a gigabyte. Without attributes three of a kind is the most.
# https://html.spec.whatwg.org/multipage/parsing.html#the-list-of-active-formatting-elements
_FORMATTING = re.compile(
    r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/])[^>]*>?", re.IGNORECASE
)
_RELATIVE = re.compile(r"""href\s*=\s*["']?(?!https?:)""", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^>]*>?")
_ATTRIBUTES = r"""[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*"""
_BLOCK = re.compile(
    rf"</?(?:p|div|br|li|blockquote|pre|tr|hr|d[dt]|h[1-6]|[uo]l|table|summary|details)\b{_ATTRIBUTES}>"
)
_TAG = re.compile(rf"</?[a-z]{_ATTRIBUTES}>")
TINY = 3  # pixels: one that is no larger only counts who opened a mail

# Looking for addresses takes time that grows with their square, "://" by "://": 90 KB of it, 27 s.
MOST_ADDRESSES = 200
# Of Markdown: each mark may open something, and a short row of a table is filled up with cells.
MOST_MARKS = 10_000
MOST_CELLS = 10_000
LONGEST_LINKED = 100_000  # characters of plain text; a longer one is no message that links

_OPTIONS = {"html": False, "linkify": True, "breaks": True}
_markdown = MarkdownIt("commonmark", _OPTIONS).enable(["table", "strikethrough", "linkify"])
_unlinked = MarkdownIt("commonmark", {**_OPTIONS, "linkify": False}).enable(
    ["table", "strikethrough"]
)
_plain = MarkdownIt("zero", _OPTIONS).enable(["newline", "linkify"])


def _whole_addresses_only(parser: MarkdownIt) -> None:
    """A "readme.md" is no place on the web, and "ftp:" none that a browser opens. An address reads
    as it was written: decoded, it may look like another, and is not what the platform says."""
    assert parser.linkify is not None
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "mailto:", "//"):
        parser.linkify.add(scheme, None)


_whole_addresses_only(_markdown)
_whole_addresses_only(_plain)

# Made once: to hand over with each body what is allowed takes longer than to clean it.
_RULES: dict[str, Any] = {
    "clean_content_tags": _WITH_CONTENT,
    "url_schemes": SCHEMES,
    "link_rel": "noopener noreferrer nofollow ugc",
    "strip_comments": True,
}
_WITH_IMAGES = nh3.Cleaner(tags=TAGS | {"img"}, attributes=ATTRIBUTES | _IMAGE, **_RULES)
_CLEANER = nh3.Cleaner(tags=TAGS, attributes=ATTRIBUTES, url_relative="deny", **_RULES)
_WITH_PICTURES = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    tag_attribute_values=_MARKED,
    url_relative="deny",
    **_RULES,
)


def clean(html: str, base_url: str = "") -> str:
    """HTML reduced to the allow-list. Images become links marked as pictures, since browsers here
    load none from outside; relative links are resolved against `base_url`, and are none where that
    is empty."""
    html = _DATA_URI.sub("data:", storable(html))
    if not is_bearable(html):
        return from_plain(entities.unescape(_ANY_TAG.sub(" ", html)))
    html = _FORMATTING.sub(r"<\1>", html)
    if "<img" in html.lower() or (base_url and _RELATIVE.search(html)):
        # Python's parser is quadratic on broken HTML, so it only sees what nh3 has put in order.
        return _WITH_PICTURES.clean(_Rewriter.run(_WITH_IMAGES.clean(html), base_url))
    # A link that is still relative would lead to the hub's own pages.
    return _CLEANER.clean(html)


def is_bearable(html: str) -> bool:
    """Whether nh3 can clean it in a fraction of a second. Looks at it in linear time."""
    if len(html) < FEW_CHARACTERS:
        return True
    tags, ampersands = html.count("<"), html.count("&")
    if (
        len(html) > MOST_CHARACTERS
        or tags / MOST_TAGS + ampersands / MOST_ENTITIES > 1
        or ampersands * len(html) > MOST_ENTITY_WORK
    ):
        return False
    # Where a tag ends is the parser's to say (quotes may hide its end), so what follows it up to
    # the next one counts as its attributes.
    parts = _TAG_START.split(html)[1:]
    work = sum(len(_SEPARATOR.findall(part)) ** 2 for part in parts)
    depth = deepest = 0
    for found in _NESTING.finditer(html):
        depth = max(depth - 1, 0) if found[1] else depth + 1
        deepest = max(deepest, depth)
    return work <= MOST_ATTRIBUTE_WORK and deepest <= MOST_DEPTH


def from_markdown(text: str, base_url: str = "") -> str:
    """Clean HTML of Markdown; raw HTML in it is shown as text, an address becomes a link, one that
    is relative is resolved against `base_url`. A text that is made of marks more than of words is
    kept as it is typed."""
    lines = text.split("\n")
    cells = max(line.count("|") for line in lines) * len(lines)
    if cells > MOST_CELLS or sum(map(text.count, "[*_`~|")) > MOST_MARKS:
        return from_plain(text)
    parser = _markdown if text.count("://") <= MOST_ADDRESSES else _unlinked
    rendered: str = parser.render(storable(text))
    return clean(rendered, base_url)


def from_plain(text: str) -> str:
    """Clean HTML of plain text: paragraphs and line breaks are kept, an address becomes a link."""
    if 0 < text.count("://") <= MOST_ADDRESSES and len(text) <= LONGEST_LINKED:
        rendered: str = _plain.render(storable(text))
        return clean(rendered)
    paragraphs = storable(text).replace("\r\n", "\n").split("\n\n")
    return "".join(
        f"<p>{entities.escape(part.strip(), quote=False).replace(chr(10), '<br>')}</p>"
        for part in paragraphs
        if part.strip()
    )


def to_text(html: str) -> str:
    """The words of clean HTML (what clean() returned), one line a block."""
    spoken = entities.unescape(_TAG.sub("", _BLOCK.sub("\n", html)))
    lines = (" ".join(line.split()) for line in spoken.split("\n"))
    return "\n".join(line for line in lines if line)


class _Rewriter(HTMLParser):
    """Images to links and links made absolute; the result still goes through nh3."""

    def __init__(self, base_url: str) -> None:
        super().__init__(convert_charrefs=False)
        self.base_url = base_url
        self.links = 0
        self.parts: list[str] = []
        self.link_address = ""  # of the link that is open
        self.link_at = 0  # where in `parts` it begins
        self.inside: list[tuple[str, str]] = []  # address and words of its pictures

    @classmethod
    def run(cls, html: str, base_url: str) -> str:
        rewriter = cls(base_url)
        rewriter.feed(html)
        rewriter.close()
        return "".join(rewriter.parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self._image(dict(attrs))
            return
        if tag == "a":
            self.links += 1
            self.link_address = self._absolute("href", dict(attrs).get("href") or "")
            self.link_at, self.inside = len(self.parts), []
        written = "".join(
            f' {name}="{entities.escape(self._absolute(name, value or ""))}"'
            for name, value in attrs
        )
        self.parts.append(f"<{tag}{written}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        if tag == "a" and self.links:
            self.links -= 1
            self._after_link()

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def _absolute(self, name: str, value: str) -> str:
        if name != "href" or not self.base_url:
            return value
        try:
            return value if urlsplit(value).scheme else urljoin(self.base_url, value)
        except ValueError:
            return ""

    def _image(self, attrs: dict[str, str | None]) -> None:
        words = attrs.get("alt") or attrs.get("title") or ""
        source = attrs.get("src") or ""
        if not source or _is_decoration(attrs):
            self.parts.append(entities.escape(words))
        elif self.links:  # a link can't stand in a link
            self.inside.append((self._absolute("href", source), words))
            self.parts.append(entities.escape(words))
        else:
            self.parts.append(picture_link(self._absolute("href", source), words))

    def _after_link(self) -> None:
        """The pictures of a link stand after it. One alone that leads to its larger version
        becomes that."""
        if not self.inside:
            return
        said = "".join(map(entities.escape, (words for _, words in self.inside)))
        text = _ANY_TAG.sub("", "".join(self.parts[self.link_at :])).strip()
        if text == said.strip() and is_picture_file(self.link_address):
            self.inside = [(self.link_address, self.inside[0][1])]
            del self.parts[self.link_at :]
        elif not text:
            self.parts.insert(len(self.parts) - 1, entities.escape(host_of(self.link_address)))
        self.parts += [f" {picture_link(*picture)}" for picture in self.inside]
        self.inside = []


def _is_decoration(attrs: dict[str, str | None]) -> bool:
    """A smiley, the face beside a quotation, or a picture nobody can see."""
    names = attrs.get("class") or ""
    sides = [attrs.get(side) or "" for side in ("width", "height")]
    tiny = all(side.isdecimal() and len(side) < 3 and int(side) <= TINY for side in sides)
    return "emoji" in names or "avatar" in names.split() or tiny
