"""The lasting key of each entry: what makes it the same one the next time the feed is read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from inbox.connectors.base import content_version
from inbox.connectors.feed.document import Entry

LONGEST_ID = 200  # longer ones are hashed


def keys_of(entries: Iterable[Entry], seen: Mapping[str, list[str]]) -> list[str]:
    """guid, else link, else a hash of what it says. `seen`: the mark of each known key, first.

    A guid that entries of different links share is none. A new guid on an entry that was known
    under another key, which is gone now, is no news: feeds change guids when a site moves.
    """
    entries = list(entries)
    links: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        links[entry.guid].add(entry.link)
    keys = [
        short(entry.guid if entry.guid and len(links[entry.guid]) == 1 else address_of(entry))
        or content_version(entry.title, entry.body)
        for entry in entries
    ]
    present = set(keys)
    marks = Counter(mark for mark, *_rest in seen.values())
    moved = {
        mark: key
        for key, (mark, *_rest) in seen.items()
        if key not in present and mark and marks[mark] == 1
    }
    return [
        key if key in seen else moved.get(entry.mark, key)
        for key, entry in zip(keys, entries, strict=True)
    ]


def address_of(entry: Entry) -> str:
    return entry.link or next((part.url for part in entry.enclosures), "")


def short(key: str) -> str:
    key = key.replace("\x00", "").strip()
    return key if len(key) <= LONGEST_ID else f"hash:{content_version(key)}"
