"""What the list of members can be asked, in the query language of all lists.

Apps above register operators of their own with `PEOPLE.register(...)` when they are ready.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.language_names import meant
from community_hub.lib.query import (
    Context,
    Language,
    OperatorDefinition,
    Term,
    dates,
    no_such,
    searchable,
)
from team import hours
from team.models import User

from . import by_name
from .colleagues import colleague, colleagues
from .models import Activity, FollowUp, FollowUpKind, Identity, MemberTag, Stage, Tag
from .models.member import CONTACTS, NEVER, in_stage
from .models.scopes import hidden_scopes, rows_as_seen_by

if TYPE_CHECKING:
    from .models.member import MemberQuerySet

MOST_OFFERED = 10
MOST_NAMES = 500  # that a name which nothing has is compared with


def apply(found: MemberQuerySet, text: str, user: User) -> MemberQuerySet:
    """Those of `found`, which has `seen_at`, that a query asks for. Raises Mistake."""
    return found.filter(condition(text, user))


def condition(text: str, user: User) -> Q:
    """On members with `seen_at`. Raises Mistake."""
    query = searchable(PEOPLE.parse(text))
    context = Context(user=user, now=timezone.now(), timezone=hours.zone_of_hub(user))
    named = by_name.conditions((term.text for term in query.terms), user)
    return PEOPLE.q(query, context, words=lambda term, _context: named[term.text])


def words(term: Term, context: Context) -> Q:
    """By words in the name, or in the handle or name of an account that this reader may see."""
    return by_name.condition(term.text, context.user)


# One function an operator: a value, as it was typed, becomes a condition ------------------------


def tag_called(value: str, context: Context) -> Tag:
    """Raises Mistake where this reader sees none."""
    tags: list[Tag] = rows_as_seen_by(context.user, ("tag named",), _tags_named, name=value)
    if not tags:
        seen = Tag.objects.visible_to(context.user).current().order_by("name")
        names = seen.values_list("name", flat=True)[:MOST_NAMES]
        raise no_such(_("There’s no tag “%(name)s”."), value, names)
    return tags[0]


def _tags_named(reader: User | None, name: str) -> QuerySet[Tag]:
    """The one there is. `reader`: None for one from whom nothing is hidden."""
    seen = Tag.objects.visible_to(reader) if reader else Tag.objects.all()
    return seen.current().filter(name__iexact=name).order_by("pk")[:1]


def tagged(value: str, context: Context) -> Q:
    tag = tag_called(value, context)
    return Q(Exists(MemberTag.objects.filter(member=OuterRef("pk"), tag=tag)))


def looked_after(field: str, value: str, context: Context) -> Q:
    """By `me`, `nobody`, or a teammate by name or email. `field`: owner or backup."""
    if value.lower() == "nobody":
        return Q(**{f"{field}__isnull": True})
    return Q(**{f"{field}__isnull": False, field: colleague(value, context)})


def of_kind(value: str, context: Context) -> Q:
    return {
        "teammate": Q(user__isnull=False),
        "bot": Q(is_bot=True),
        "mine": Q(owner__isnull=False, owner=context.user),
        "do-not-contact": Q(do_not_contact=True),
    }[value]


def with_follow_up(kind: str) -> Callable[[str, Context], Q]:
    """With an open, late, kept or broken one that this reader may see."""

    def build(value: str, context: Context) -> Q:
        rows = FollowUp.objects.visible_to(context.user).filter(member=OuterRef("pk"))
        if kind:
            rows = rows.filter(kind=kind)
        if value == "late":
            rows = rows.open().filter(due_on__lt=context.now.astimezone(context.timezone).date())
        else:
            rows = rows.filter(state={"done": "kept"}.get(value, value))
        return Q(Exists(rows))

    return build


def on_network(value: str, context: Context) -> Q:
    """The name of a network before its colon, as in `mastodon` or `discourse:forum.example`."""
    known = Identity.objects.visible_to(context.user).networks()
    wanted = value.lower()
    meant = [it for it in known if it.lower() == wanted or it.lower().startswith(f"{wanted}:")]
    if not meant:
        names = dict.fromkeys(it.partition(":")[0] for it in known)
        said = _("There’s no network “%(name)s”.")
        raise no_such(said, value, [*names, *known])
    accounts = Identity.objects.visible_to(context.user).filter(member=OuterRef("pk"))
    return Q(Exists(accounts.filter(network__in=meant)))


def speaking(value: str, context: Context) -> Q:
    return Q(languages__contains=[meant(value)])


def in_contact(value: str, context: Context) -> Q:
    """Nobody of us wrote to them, or met them, for so long (`>`), or somebody has since (`<`), as
    far as this reader's sources tell. Whoever was never in contact has been out of it for long;
    `never` finds them alone."""
    if value.lower() == "never":
        return ~_contacted_since(NEVER, context)
    age = dates.read_age(value, context)
    lately = _contacted_since(age.moment, context)
    return ~lately if age.is_older else lately


def _contacted_since(moment: datetime, context: Context) -> Q:
    lately = Q(last_contact_at__isnull=False, last_contact_at__gte=moment)
    if hidden_scopes(context.user) is not None:  # few are left to look at the lines of
        lines = Activity.objects.visible_to(context.user).present()
        lines = lines.filter(member=OuterRef("pk"), kind__in=CONTACTS)
        lately &= Q(Exists(lines.filter(occurred_at__gte=moment)))
    return lately


def seen(condition: Callable[[str, str, Context], Q]) -> Callable[[str, Context], Q]:
    """A condition on when this reader's sources saw them last, which is never null: whom none of
    them saw is not in the list."""
    return partial(condition, "seen_at")


# What is offered while one types ----------------------------------------------------------------


def tag_names(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    tags = Tag.objects.visible_to(user).current().filter(name__istartswith=beginning)
    return [(tag.name, tag.name) for tag in tags.by_name()[:MOST_OFFERED]]


def networks(user: User, beginning: str) -> Iterable[tuple[str, str]]:
    """The kinds of networks that this reader sees accounts on."""
    known = Identity.objects.visible_to(user).networks()
    names = dict.fromkeys(name.partition(":")[0] for name in known)
    wanted = beginning.lower()
    return [(name, name) for name in names if name.lower().startswith(wanted)][:MOST_OFFERED]


PEOPLE = Language("members", words=words)
PEOPLE.register(
    OperatorDefinition(
        name="stage",
        help=gettext_lazy("In this stage"),
        example="stage:contributor",
        build=lambda value, context: in_stage(value),
        values={stage.value: stage.label for stage in Stage},
    ),
    OperatorDefinition(
        name="tag",
        help=gettext_lazy("With this tag"),
        example="tag:newcomer",
        build=tagged,
        complete=tag_names,
        refers_to="tag",
    ),
    OperatorDefinition(
        name="owner",
        help=gettext_lazy("Whose owner is this teammate, you (me) or nobody"),
        example="owner:me",
        build=partial(looked_after, "owner"),
        complete=colleagues,
        refers_to="user",
    ),
    OperatorDefinition(
        name="is",
        help=gettext_lazy("Of this kind"),
        example="is:mine",
        build=of_kind,
        values={
            "mine": gettext_lazy("Owned by you"),
            "teammate": gettext_lazy("Teammates"),
            "bot": gettext_lazy("Automated accounts"),
            "do-not-contact": gettext_lazy("Asked not to be contacted"),
        },
    ),
    OperatorDefinition(
        name="followup",
        help=gettext_lazy("With an open follow-up or promise, a late one, or one that is done"),
        example="followup:late",
        build=with_follow_up(""),
        values={
            "open": gettext_lazy("Open"),
            "late": gettext_lazy("Late"),
            "done": gettext_lazy("Done"),
        },
    ),
    OperatorDefinition(
        name="promise",
        help=gettext_lazy("Promised something that is open, late, kept or not kept"),
        example="promise:open",
        build=with_follow_up(FollowUpKind.PROMISE),
        values={
            "open": gettext_lazy("Open"),
            "late": gettext_lazy("Late"),
            "kept": gettext_lazy("Kept"),
            "broken": gettext_lazy("Not kept"),
        },
    ),
    OperatorDefinition(
        name="contact",
        help=gettext_lazy(
            "Last contact with your team longer ago (>) or more recent (<), or never"
        ),
        example="contact:>90d",
        build=in_contact,
        complete=dates.complete_age_or_never,
    ),
    OperatorDefinition(
        name="last",
        help=gettext_lazy("Last seen longer ago (>) or more recently (<)"),
        example="last:<7d",
        build=seen(dates.aged),
        complete=dates.complete_age,
    ),
    OperatorDefinition(
        name="before",
        help=gettext_lazy("Last seen before a date"),
        example="before:2026-06-01",
        build=seen(dates.before),
        complete=dates.complete_date,
    ),
    OperatorDefinition(
        name="after",
        help=gettext_lazy("Last seen on a date or after it"),
        example="after:last-week",
        build=seen(dates.after),
        complete=dates.complete_date,
    ),
    OperatorDefinition(
        name="on",
        help=gettext_lazy("Last seen on a day, or in a week or month"),
        example="on:yesterday",
        build=seen(dates.on),
        complete=dates.complete_date,
    ),
    OperatorDefinition(
        name="network",
        help=gettext_lazy("With an account on this network"),
        example="network:mastodon",
        build=on_network,
        complete=networks,
        example_for=lambda user: next((f"network:{name}" for name, _it in networks(user, "")), ""),
    ),
    OperatorDefinition(
        name="lang",
        help=gettext_lazy("Speaks this language (its code or name)"),
        example="lang:de",
        build=speaking,
    ),
)
