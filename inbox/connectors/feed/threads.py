"""Which thread each entry of a document stands in, which one it answers, and what that is about.

Worked out once for a whole document. A feed is a window over the last entries: what is said here of
a comment must come out the same when the article has left the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inbox.connectors.feed.document import Document, Entry
from inbox.connectors.feed.keys import short
from inbox.connectors.feed.places import Place, place_of
from inbox.connectors.feed.titles import article_title, commented_title, topic_title


@dataclass(frozen=True)
class Thread:
    """`id` as the hub keeps it; `title` and `permalink` are those of the article or topic;
    `parent_id` is the key of the entry that is answered, or ""."""

    id: str
    title: str
    permalink: str
    parent_id: str = ""
    is_root: bool = True


class Threads:
    """`keys`: the lasting key of each entry, in the order of the document."""

    def __init__(self, document: Document, keys: Sequence[str]) -> None:
        self._tops = tops_of(document.entries)
        self._by_guid = {entry.guid: entry for entry in document.entries if entry.guid}
        self._roots: dict[str, tuple[str, Entry]] = {}
        self._commented: set[str] = set()
        for key, entry in zip(keys, document.entries, strict=True):
            if entry.place and entry.is_comment:
                self._commented.add(entry.place.key)
            elif entry.place:
                self._roots.setdefault(entry.place.key, (key, entry))
        home = place_of(document.link)
        self._feed_about = {home.key: commented_title(document.title)} if home else {}

    def of(self, key: str, entry: Entry) -> Thread:
        return self._comment(entry) if entry.is_comment else self._root(key, entry)

    def _root(self, key: str, entry: Entry) -> Thread:
        place = entry.place
        if place and place.is_topic:
            return Thread(thread_id(place), topic_title(entry.title, forum=entry.forum), place.page)
        is_commented = place is not None and place.key in self._commented
        name = thread_id(place) if place and is_commented else key
        return Thread(name, entry.title, entry.link)

    def _comment(self, entry: Entry) -> Thread:
        """Its page is its thread. An article that is known under its own key is joined with it by
        what the comment answers."""
        place = entry.place
        top = self._tops.get(entry.in_reply_to, entry.in_reply_to)
        key, root = self._roots.get(place.key, ("", None)) if place else ("", None)
        root = root or self._by_guid.get(top)
        on_page = place if place and (place.part or place.is_topic) else None
        parent = short(entry.in_reply_to) or ("" if place and place.is_topic else key)
        return Thread(
            id=thread_id(on_page) if on_page else short(top),
            title=self._title(entry, root),
            permalink=root.link if root else on_page.page if on_page else "",
            parent_id=parent,
            is_root=False,
        )

    def _title(self, entry: Entry, root: Entry | None) -> str:
        place, author = entry.place, entry.authors[0].name if entry.authors else ""
        if place and place.is_topic:
            return topic_title(entry.title, author, entry.forum)
        if root and root.title:
            return root.title
        if place and place.key in self._feed_about:
            return self._feed_about[place.key]
        return article_title(entry.title, author)


def thread_id(place: Place) -> str:
    return short(f"page:{place.key}")


def tops_of(entries: Iterable[Entry]) -> dict[str, str]:
    """The topmost entry above each that answers another, by guid, as far as the document knows
    (RFC 4685). Where they answer each other in a circle, one of them stands for all."""
    parents = {entry.guid: entry.in_reply_to for entry in entries if entry.guid}
    tops: dict[str, str] = {}
    for guid in parents:
        path: dict[str, None] = {}
        top = guid
        while parents.get(top) and top not in tops and top not in path:
            path[top] = None
            top = parents[top]
        if top in path:
            circle = list(path)
            top = min(circle[circle.index(top) :])
        top = tops.get(top, top)
        tops |= dict.fromkeys(path, top)
    return tops
