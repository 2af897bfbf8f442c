"""What a search has found so far: one hit for each conversation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from community_hub.lib import keyset

from .windows import Place

FIRST_ID = 1  # below the ids of all other messages
Row = tuple[int, int, datetime, float]


class Hit(NamedTuple):
    """`message`: the message with the words, or by whoever is looked for; 0 where the subject has
    them, whose place is that of the last message."""

    conversation: int
    message: int
    place: Place
    rank: float = 0.0

    @property
    def cursor(self) -> str:
        return keyset.cursor(*self.place)

    @property
    def key(self) -> str:
        """Its place among those that are ranked, for an address."""
        return f"{self.conversation}-{self.message}"


@dataclass
class Found:
    """`hits`: one for each conversation, in order. `older`: the place below which nothing was
    looked for yet; None where there is nothing below. `read`: hits in messages that were found, of
    which a conversation may have several."""

    hits: list[Hit] = field(default_factory=list)
    older: Place | None = None
    read: int = 0


def hits(rows: Iterable[Row]) -> Iterator[Hit]:
    for conversation, message, sent_at, rank in rows:
        yield Hit(conversation, message, (sent_at, message or FIRST_ID), rank)


def within(place: Place, lowest: Place, top: Place | None) -> bool:
    return lowest <= place and (top is None or place < top)


def keep(kept: dict[int, Hit], found: Iterable[Hit]) -> None:
    """One hit for each conversation: the newest place, the best rank, and the message of the best;
    a message rather than the subject, as it has words to show."""
    for hit in found:
        other = kept.get(hit.conversation)
        if other is None:
            kept[hit.conversation] = hit
            continue
        better = hit if (hit.message > 0, hit.rank) > (other.message > 0, other.rank) else other
        place = max(hit.place, other.place)
        kept[hit.conversation] = better._replace(place=place, rank=max(hit.rank, other.rank))
