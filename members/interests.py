"""What members are interested in: short words such as "ambient", found in either case."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.db.models import Count, Func, JSONField, Q, TextField, Value
from django.db.models.fields.json import DataContains
from django.db.models.functions import Cast, Lower

from community_hub.lib.paths import path
from community_hub.lib.query.syntax import quoted
from team.models import User

from .models import Member
from .models.member import HAS_INTERESTS

MOST = 20  # of one member
LONGEST = 40
MOST_KNOWN = 500  # that a beginning is looked for in, those that most members have


class _Words(Func):
    function = "jsonb_array_elements_text"
    output_field = TextField()
    set_returning = True


def interested_in(word: str) -> Q:
    """In this word, in whatever case somebody wrote it. PostgreSQL lowers both sides, by the same
    rules."""
    wanted = Value(json.dumps([word], ensure_ascii=False), TextField())
    lowered = Cast(Lower(Cast("interests", TextField())), JSONField())
    return HAS_INTERESTS & Q(DataContains(lowered, Cast(Lower(wanted), JSONField())))


def known_to(user: User, beginning: str, most: int) -> list[str]:
    """Of members whom this reader may see, those that most have first. One query."""
    rows = Member.objects.visible_to(user).filter(HAS_INTERESTS).order_by()
    counted = rows.annotate(word=_Words("interests")).values("word").annotate(n=Count("pk"))
    found: dict[str, str] = {}
    for word in counted.order_by("-n", "word").values_list("word", flat=True)[:MOST_KNOWN]:
        if word.casefold().startswith(beginning.casefold()):
            found.setdefault(word.casefold(), word)
    return list(found.values())[:most]


def address_of(word: str) -> str:
    """Where everybody with this interest is listed."""
    return f"{path('members')}?{urlencode({'q': question(word)})}"


def question(word: str) -> str:
    return f"interest:{quoted(word)}"
