"""The values of operators: who and what is meant by what was typed, and what is offered while one
types. Only what the reader may see is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.conf.global_settings import LANGUAGES
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from community_hub.lib.query import Context, Mistake, no_such
from inbox.models import Channel, SearchedMessage, Source
from members.by_name import members_named, names_offered
from members.filters import MOST_OFFERED
from members.models import Identity
from team.models import User

MOST_PEOPLE = 500  # accounts that one name may stand for
NEWEST = 1_000  # messages whose languages are offered first
MOST_NAMES = 500  # that a name which nobody has is compared with


def sources_meant(value: str, context: Context) -> list[int]:
    """By name, or by its beginning, or by the kind of source, such as `mastodon`, or by a part of
    the name: all that have it."""
    seen = Source.objects.visible_to(context.user).order_by("name")
    rows = list(seen.values_list("pk", "name", "kind"))
    wanted = value.casefold()
    tests: list[Callable[[str, str], bool]] = [
        lambda name, kind: name == wanted,
        lambda name, kind: name.startswith(wanted),
        lambda name, kind: kind == wanted,
        lambda name, kind: wanted in name,
    ]
    for is_so in tests:
        found = [pk for pk, name, kind in rows if is_so(name.casefold(), kind.casefold())]
        if found:
            return found
    names = [name for _pk, name, _kind in rows]
    raise no_such(_("There’s no source “%(name)s”."), value, names)


def channels_meant(value: str, context: Context) -> list[int]:
    """By name, in whichever source."""
    seen = Channel.objects.filter(source__in=Source.objects.visible_to(context.user))
    found = list(seen.filter(name__iexact=value).values_list("pk", flat=True))
    if not found:
        names = seen.exclude(name="").order_by("name").values_list("name", flat=True)
        raise no_such(_("There’s no channel “%(name)s”."), value, names[:MOST_NAMES])
    return found


def accounts_meant(value: str, context: Context) -> list[int]:
    """Of `me`, the reader's own accounts. Else those with this name or handle; where there are
    none, of members in whose names or handles words begin so. None where nobody has it; raises
    Mistake where too many do."""
    if is_me(value):
        own = Identity.objects.filter(member__user=context.user)
        return list(own.values_list("pk", flat=True)[:MOST_PEOPLE])
    return _all_or_same(_accounts(value, context), value)


def writers_meant(value: str, context: Context) -> tuple[list[int], list[int]]:
    """Accounts as accounts_meant() has them, and the ids of all teammates with this name, email or
    beginning of a name, or `me`. One query."""
    if is_me(value):
        return accounts_meant(value, context), [context.user.pk]
    called = Q(name__iexact=value) | Q(email__iexact=value) | Q(name__istartswith=value)
    team = User.objects.filter(called).values_list("pk", Value(None, BooleanField()))
    rows = list(_accounts(value, context).union(team[:MOST_PEOPLE], all=True))
    teammates = [pk for pk, is_same in rows if is_same is None]
    return _all_or_same([row for row in rows if row[1] is not None], value), teammates


def _accounts(value: str, context: Context) -> QuerySet[Identity, Any]:
    """(id, has this very name), those first that have it; one more than may be meant."""
    name = value.removeprefix("@")
    members = members_named(name.split(), context.user).values("pk")
    seen = Identity.objects.visible_to(context.user).filter(member__in=members)
    same = Q(handle__iexact=name) | Q(handle__iexact=value) | Q(member__name__iexact=name)
    # null is what teammates have in its place
    is_same = Coalesce(ExpressionWrapper(same, BooleanField()), False)
    return seen.order_by(is_same.desc()).values_list("pk", is_same)[: MOST_PEOPLE + 1]


def _all_or_same(accounts: Iterable[tuple[int, bool]], value: str) -> list[int]:
    rows = list(accounts)
    found = [pk for pk, is_it in rows if is_it] or [pk for pk, _is_it in rows]
    if len(found) > MOST_PEOPLE:
        said = _("“%(name)s” stands for too many people. Write more of the name.")
        raise Mistake(said % {"name": value})
    return found


def is_me(value: str) -> bool:
    """Whoever asks, and nobody of such a name."""
    return value.lower() == "me"


def nobody_called(value: str, context: Context) -> Mistake:
    """With somebody whose name or handle begins with the same two letters."""
    name = value.removeprefix("@").strip()
    team = User.objects.active().order_by("name").values_list("name", flat=True)
    begun = name.split()[:1]
    seen = members_named([word[:2] for word in begun], context.user)
    members = seen.values_list("name", flat=True)[:MOST_NAMES]
    return no_such(_("There’s nobody called “%(name)s”."), value, [*team[:MOST_NAMES], *members])


def source_names(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    found = Source.objects.visible_to(user).filter(name__istartswith=beginning).order_by("name")
    return [(source.name, source.name) for source in found.only("name")[:MOST_OFFERED]]


def channel_names(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    seen = Channel.objects.filter(source__in=Source.objects.visible_to(user))
    found = seen.filter(name__istartswith=beginning).exclude(name="").order_by("name")
    return [
        (name, source) for name, source in found.values_list("name", "source__name")[:MOST_OFFERED]
    ]


def people(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    """Members with such a beginning in a name or handle; those seen last come first."""
    name = beginning.removeprefix("@")
    if not name:
        return [("me", _("You"))]
    mine = [("me", _("You"))] if "me".startswith(name.lower()) else []
    rows = names_offered([name], user, most=MOST_OFFERED - len(mine))
    names = Counter(name.casefold() for name, _handle in rows)
    return [*mine, *(_offered(name, handle, names) for name, handle in rows)]


def _offered(name: str, handle: str, names: Counter[str]) -> tuple[str, str]:
    """Of several members with one name, each is meant by their handle."""
    at = f"@{handle.removeprefix('@')}" if handle else ""
    if at and (not name or names[name.casefold()] > 1):
        return at, name or _("Member")
    return name, at or _("Member")


def languages(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    """Of all that Django has a name for, first those of the newest messages that this reader may
    see: of other messages nothing is told."""
    wanted = beginning.lower()
    newest = SearchedMessage.objects.visible_to(user).present().order_by("-sent_at")
    written = newest.values_list("language", flat=True)[:NEWEST]
    often = Counter(code.partition("-")[0] for code in written if code)
    known = sorted((it for it in LANGUAGES if "-" not in it[0]), key=lambda it: (-often[it[0]], it))
    like = [it for it in known if it[0].startswith(wanted) or it[1].lower().startswith(wanted)]
    return [(code, _(name)) for code, name in like[:MOST_OFFERED]]
