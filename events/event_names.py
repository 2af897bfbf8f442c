"""Events by their titles, as queries name them: event:"Berlin meet-up". Several may have one title,
such as the dates of a series: all of them are meant."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community_hub.lib.query import Context, no_such
from community_hub.lib.query.syntax import quoted
from team import saved_queries
from team.models import User

from .models import Event

REFERS_TO = "event"  # what these operators name, for saved queries
MOST_MEANT = 1000  # events that one value may stand for, the newest
MOST_NAMES = 500  # that a title which nothing has is compared with
MOST_OFFERED = 10


def meant(value: str, context: Context) -> list[int]:
    """Ids of those with this title, in any case; where there are none, with one that begins so, or
    else that has it somewhere. Raises Mistake where this reader sees none."""
    seen = Event.objects.visible_to(context.user).present().order_by("-starts_at", "-pk")
    for lookup in ("iexact", "istartswith", "icontains"):
        found = seen.filter(**{f"title__{lookup}": value}).values_list("pk", flat=True)
        if ids := list(found[:MOST_MEANT]):
            return ids
    names = dict.fromkeys(seen.values_list("title", flat=True)[:MOST_NAMES])
    raise no_such(_("There’s no event “%(name)s”."), value, names)


def offered(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    """Titles that begin so, each once, with the newest day; what happened last comes first."""
    seen = Event.objects.visible_to(user).present().filter(title__istartswith=beginning)
    titles = seen.values_list("title").annotate(last=Max("starts_at")).order_by("-last", "title")
    return [(title, date_format(localtime(last), "j F Y")) for title, last in titles[:MOST_OFFERED]]


def example(user: User) -> str:
    """For the help; nothing where there is no event."""
    name = next((name for name, _day in offered(user, "")), "")
    return f"event:{quoted(name)}" if name else ""


def renamed(pk: int, old: str, new: str) -> None:
    """Saved queries follow, unless another event has the old title still. In the transaction of
    the renaming."""
    if old.casefold() == new.casefold():
        return
    others = Event.objects.present().filter(title__iexact=old).exclude(pk=pk)
    if not others.exists():
        saved_queries.rename_value(REFERS_TO, old, new)
