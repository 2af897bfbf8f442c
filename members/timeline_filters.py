"""What a member's history can be narrowed to: kinds of lines, who, where, when and words, all of it
in the address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BooleanField, Func, Q, TextField, Value
from django.db.models.functions import Upper
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.query import Context, Mistake, dates
from community_hub.lib.text import one_line

from .models import ActivityKind

LONGEST_TEXT = 200
MOST_WORDS = 8
_PERSON = re.compile(r"(us|account)-(\d{1,18})", re.ASCII)
_WORD = re.compile(r'"([^"]+)"?|([^\s"]+)')
_RANGE = re.compile(r"\s*(?:\.\.|…|\s(?:to|until|–|-)\s)\s*")


@dataclass(frozen=True)
class KindGroup:
    """Kinds of lines that are asked for together."""

    slug: str
    label: Any
    icon: str
    kinds: tuple[str, ...]


# Kinds that only other versions know are shown among all of them alone.
GROUPS = {
    group.slug: group
    for group in (
        KindGroup(
            "words",
            gettext_lazy("Their words"),
            "message-square",
            tuple(kind.value for kind in ActivityKind if kind in ("message", "edited", "deleted")),
        ),
        KindGroup("replies", gettext_lazy("Our replies"), "reply", ("reply",)),
        KindGroup(
            "meetings",
            gettext_lazy("Meetings"),
            "users",
            ("call", "meeting", "chat", "gift", "introduction"),
        ),
        KindGroup("events", gettext_lazy("Events"), "calendar", ("event", "attended")),
        KindGroup("notes", gettext_lazy("Notes"), "sticky-note", ("note",)),
        KindGroup("promises", gettext_lazy("Promises"), "flag", ("promise", "follow-up")),
        KindGroup("credits", gettext_lazy("Credits"), "award", ("credit",)),
        KindGroup("stage", gettext_lazy("Stage"), "sprout", ("stage",)),
    )
}


@dataclass(frozen=True)
class Period:
    """From `start` until right before `end`, both aware; None where it has no such limit."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def condition(self) -> Q:
        found = Q()
        if self.start:
            found &= Q(occurred_at__gte=self.start)
        if self.end:
            found &= Q(occurred_at__lt=self.end)
        return found


@dataclass(frozen=True)
class Removable:
    """A filter that is on: what it says, and the address without it."""

    label: str
    value: str
    address: str


@dataclass(frozen=True)
class TimelineFilters:
    """`kinds`: slugs of GROUPS. `person`: "us-3", a teammate, or "account-12", one of the member's.
    `source`: a scope. `when`: as it was typed."""

    kinds: tuple[str, ...] = ()
    person: str = ""
    source: str = ""
    when: str = ""
    text: str = ""

    @classmethod
    def parse(cls, given: QueryDict) -> TimelineFilters:
        """Of an address. What cannot be meant is left out."""
        asked = set(given.getlist("kind"))
        person = given.get("person", "")
        return cls(
            kinds=tuple(slug for slug in GROUPS if slug in asked),
            person=person if _PERSON.fullmatch(person) else "",
            source=one_line(given.get("source", ""), 60),
            when=one_line(given.get("when", ""), 60),
            text=one_line(given.get("text", ""), LONGEST_TEXT),
        )

    def __bool__(self) -> bool:
        return bool(self.kinds or self.person or self.source or self.when or self.text)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """As they stand in the address."""
        named = (
            ("person", self.person),
            ("source", self.source),
            ("when", self.when),
            ("text", self.text),
        )
        return [*(("kind", slug) for slug in self.kinds), *((k, v) for k, v in named if v)]

    def address(self, **more: str) -> str:
        """The query of an address, with "?"; "?" alone where there is nothing to say."""
        return "?" + urlencode([*self.pairs, *((k, v) for k, v in more.items() if v)])

    def but(self, **changes: Any) -> str:
        """The address with other filters."""
        return replace(self, **changes).address()

    def toggled(self, slug: str) -> str:
        """The address with this kind too, or without it where it is asked for."""
        asked = {*self.kinds} ^ {slug}
        return self.but(kinds=tuple(each for each in GROUPS if each in asked))

    @property
    def words(self) -> list[str]:
        """What a line must contain; “in quotes” is one."""
        found = [quoted or plain for quoted, plain in _WORD.findall(self.text)]
        return [word for word in found if word.strip()][:MOST_WORDS]

    @property
    def who(self) -> tuple[str, int]:
        """Which side, "us" or "account", and an id; "" and 0 for everybody."""
        found = _PERSON.fullmatch(self.person)
        return (found[1], int(found[2])) if found else ("", 0)

    def condition(self, period: Period) -> Q:
        """On lines of the log."""
        found = period.condition
        if self.kinds:
            found &= Q(kind__in=[each for slug in self.kinds for each in GROUPS[slug].kinds])
        if self.source:
            found &= Q(scope=self.source)
        side, pk = self.who
        if side:
            found &= Q(actor=pk) if side == "us" else Q(identity=pk)
        return found & contains(self.words)  # last, as it takes most

    def period(self, context: Context) -> Period:
        """What `when` means: a date or span as in queries ("2025", "last month", "<30d"), or two of
        them with "to" between. Raises Mistake."""
        if not self.when:
            return Period()
        if self.when.lstrip().startswith(("<", ">")):
            age = dates.read_age(self.when, context)
            return Period(end=age.moment) if age.is_older else Period(start=age.moment)
        parts = _RANGE.split(self.when)
        if len(parts) != 2:
            span = dates.read_span(self.when, context)
            return Period(span.start, span.end)
        spans = [dates.read_span(part, context) if part.strip() else None for part in parts]
        start = spans[0].start if spans[0] else None
        end = spans[1].end if spans[1] else None
        if start and end and start >= end:
            raise Mistake(_("The period ends before it begins. Write the earlier date first."))
        return Period(start, end)

    def removable(self, sources: Mapping[str, str], people: Mapping[str, str]) -> list[Removable]:
        """Each filter that is on but for the kinds, which are switches of their own."""
        found = []
        if self.text:
            found.append(Removable(_("Text"), self.text, self.but(text="")))
        if self.when:
            found.append(Removable(_("Period"), self.when, self.but(when="")))
        if self.source:
            name = sources.get(self.source) or _("another source")
            found.append(Removable(_("Source"), name, self.but(source="")))
        if self.person:
            name = people.get(self.person) or _("somebody else")
            found.append(Removable(_("Person"), name, self.but(person="")))
        return found


def contains(words: Iterable[str]) -> Q:
    """Lines that have all of these in their words or in where it was, whatever their case. A line
    break, which no word has, stands between both; PostgreSQL changes the case of a line once, and
    not of each text for each word."""
    likes = [Value(f"%{connection.ops.prep_for_like_query(word)}%") for word in words]
    if not likes:
        return Q()
    text = Func(
        "summary",
        "where",
        template="upper(%(expressions)s)",
        arg_joiner=" || e'\\n' || ",
        output_field=TextField(),
    )
    patterns = Func(
        *(Upper(like) for like in likes),
        template="all (array[%(expressions)s])",
        output_field=TextField(),
    )
    return Q(
        Func(
            text,
            patterns,
            template="%(expressions)s",
            arg_joiner=" like ",
            output_field=BooleanField(),
        )
    )


def shown_groups(
    kinds: Sequence[str], filters: TimelineFilters
) -> list[tuple[KindGroup, str, bool]]:
    """The groups that this member's lines are of, with those that are asked for: each with the
    address that switches it, and whether it is on."""
    there = set(kinds)
    return [
        (group, filters.toggled(group.slug), group.slug in filters.kinds)
        for group in GROUPS.values()
        if group.slug in filters.kinds or there.intersection(group.kinds)
    ]
