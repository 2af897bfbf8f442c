"""Where an entry stands by its link alone: on which page, and which part of that page it is.

Comments and forum posts link to a part of a page ("post/#comment-3", "/t/slug/11/3"), and those of
one page are one thread. What an address means is said here, by the software that writes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

LONGEST_LINK, LONGEST_FRAGMENT = 2000, 200

# WordPress #comment-3, GitHub #issuecomment-3, Stack Exchange #comment3_11, Invision
# #findComment-3; then XenForo #post-3, vBulletin #post3, SMF #msg3, MyBB #pid3, phpBB #p3,
# Blogger #c3, GitLab #note_3.
_COMMENT = re.compile(r"[\w-]*comment[-_:=]?[\w-]*\d[\w-]*", re.IGNORECASE)
_POST = re.compile(
    r"(?:kommentar|commentaire|comentario|reply|answer|post|msg|message|note|pid|isso|c|p)"
    r"[-_]?\d+",
    re.IGNORECASE,
)
_LATER_PAGES = re.compile(r"/(?:comment-page-\d+|page-\d+|page/\d+)/?$")

_NO_YEAR = r"(?!(?:19|20)\d\d-[^/]*/?$)"  # an article's: /topic/2026-in-review

# The topics of forums, whose addresses hold a title that may change: what identifies the topic,
# and the post in it. https://meta.discourse.org/t/11/3, /d/11-slug/3 (Flarum), /topic/11/slug/3
# (NodeBB), /topic/11-slug/ (Invision), /threads/slug.11/post-3 (XenForo), /questions/11/slug/3
# (Stack Exchange), /r/place/comments/k1b2/slug/c3 (Reddit).
_TOPICS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<topic>.*/t)/(?P<id>\d+)(?:/(?P<part>\d+))?/?",
        r"(?P<topic>.*/t)/(?=[^/]*[^/\d])[^/]+/(?P<id>\d+)(?:/(?P<part>\d+))?/?",
        rf"(?P<topic>.*/d)/{_NO_YEAR}(?P<id>\d+)(?:-[^/]*)?(?:/(?P<part>\d+))?/?",
        rf"(?P<topic>.*/topic)/{_NO_YEAR}(?P<id>\d+)(?:[-/][^/]*)?(?:/(?P<part>\d+))?/?",
        r"(?P<topic>.*/threads)/(?:[^/]*\.)?(?P<id>\d+)(?:/post-(?P<part>\d+))?/?",
        r"(?P<topic>.*/questions)/(?P<id>\d+)(?:/[^/]*)?(?:/(?P<part>\d+))?/?",
    )
)
_REDDIT = re.compile(r"(?P<topic>.*/comments)/(?P<id>\w+)(?:/[^/]*)?(?:/(?P<part>\w+))?/?")
_SMF_TOPIC = re.compile(r"(?P<id>\d+)(?:\.(?:msg(?P<part>\d+)|\w+))?")

# Parameters that name a part of a page, or nothing that matters.
_PARTS = ("showcomment", "commentid", "comment", "lc")
_PASSING = ("cpage", "replytocom", "do", "sid", "phpsessid", "fbclid", "ref")


@dataclass(frozen=True)
class Place:
    """`key` stays the same however the page is named and wherever the link comes from;
    `page` is an address to open. `part` is "" for the page itself, and "1" for a topic's first
    post. `is_topic`: a forum's, so that the title is the topic's."""

    key: str
    page: str
    part: str = ""
    is_topic: bool = False

    @property
    def is_comment(self) -> bool:
        return self.part not in ("", "1")


def place_of(link: str) -> Place | None:
    """None for what is no address of the web, and for a site's first page: that is no article,
    though all the news of a site may link to it."""
    if len(link) > LONGEST_LINK:
        return None
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    fragment = parts.fragment if len(parts.fragment) <= LONGEST_FRAGMENT else ""
    named = fragment if _COMMENT.fullmatch(fragment) or _POST.fullmatch(fragment) else ""
    host += port
    query = parse_qsl(parts.query.replace(";", "&"))
    named = next((value for name, value in query if name.lower() in _PARTS), "") or named
    found = _topic_in_query(parts, dict(query), host, named) or _topic_in_path(parts, host, named)
    return found or _page(parts, query, host, named)


def _topic_in_query(
    parts: SplitResult, query: dict[str, str], host: str, named: str
) -> Place | None:
    """viewtopic.php?f=2&t=11&p=3 (phpBB), showthread.php?tid=11&pid=3 (MyBB),
    index.php?topic=11.msg3 (SMF). The forum that a topic stands in may change, so nothing but the
    topic counts."""
    if not parts.path.endswith(".php"):
        return None
    if smf := _SMF_TOPIC.fullmatch(query.get("topic", "")):
        name, topic, part = "topic", smf["id"], smf["part"] or ""
        page = f"topic={topic}.0"
    else:
        name = "tid" if "tid" in query else "t"
        topic, part = query.get(name, ""), query.get("pid") or query.get("p") or ""
        page = f"{name}={topic}"
    if not topic.isdecimal():
        return None
    page = urlunsplit((*parts[:3], page, ""))
    return Place(f"{host}{parts.path}?{name}={topic}", page, part or named, is_topic=True)


def _topic_in_path(parts: SplitResult, host: str, named: str) -> Place | None:
    path = _LATER_PAGES.sub("/", parts.path)
    patterns = _TOPICS
    if host == "reddit.com" or host.endswith(".reddit.com"):
        host, patterns = "reddit.com", (_REDDIT,)
    for pattern in patterns:
        if found := pattern.fullmatch(path):
            part = found["part"] or named
            if found["part"]:
                path = path.rstrip("/").removesuffix(found["part"]).removesuffix("post-")
            page = urlunsplit((*parts[:2], path.rstrip("/"), "", ""))
            key = f"{host}{found['topic']}/{found['id']}"
            return Place(key, page, part, is_topic=True)
    return None


def _page(parts: SplitResult, given: list[tuple[str, str]], host: str, part: str) -> Place | None:
    query = urlencode(
        [
            (name, value)
            for name, value in given
            if name.lower() not in (*_PARTS, *_PASSING) and not name.lower().startswith("utm_")
        ]
    )
    path = _LATER_PAGES.sub("/", parts.path) if part else parts.path
    is_front = path in ("", "/") and not query
    if is_front and not _COMMENT.fullmatch(part):
        return None
    key = f"{host}{path.rstrip('/')}" + (f"?{query}" if query else "")
    return Place(key, urlunsplit((*parts[:2], path, query, "")), part)
