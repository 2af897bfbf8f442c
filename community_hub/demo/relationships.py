"""Who is new, quiet and due in the demo: what Today has to show besides what was planned."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from members import bonds, derived, keep_in_touch, owner_verbs, stage_rule, tag_verbs
from members.encounter_verbs import log_encounter
from members.models import (
    Activity,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Identity,
    Member,
    Rhythm,
    Stage,
    Tag,
)
from members.models.member import or_never
from team.models import User

from .team import BO, LENA

NEW = timedelta(days=20)  # whoever is newer was welcomed, but for NEWCOMERS
NEWCOMERS = 5  # the latest
EDUCATORS, OFTEN = "meet-up", 90  # a tag, and how often to be in touch with its members
GONE = timedelta(days=60)  # who was not seen for so long is one to be in touch with
CADENCE = 45
MET = (
    ("call", 12, "", "Plans a class on clocks for the spring. Wants to borrow two units for it."),
    ("meeting", 38, "The meet-up in Berlin", "Showed how they teach the step sequencer."),
    ("call", 71, "", "Read the draft of the new manual and found eleven mistakes."),
)  # with a champion: how many days ago, where, what was said
JOINED = 3  # people who were met on the microblog and came to the forum later


def relate(users: dict[str, User]) -> None:
    welcome_all_but_the_latest(users[LENA])
    keep_in_touch_with_some(users[BO])
    for _again in range(JOINED):
        make_one_of_two_accounts()
    derived.update()
    own_somebody_quiet(users[BO])
    meet_a_champion(users[LENA])
    derived.update()


def welcome_all_but_the_latest(by: User) -> None:
    now = timezone.now()
    new = Member.objects.alias(since=or_never("first_seen")).filter(since__gte=now - NEW, user=None)
    rows = list(new.order_by("-since", "-pk"))[NEWCOMERS:]
    made = FollowUp.objects.bulk_create(
        FollowUp(
            member=member, owner=by, created_by=by, kind=FollowUpKind.WELCOME, text="Welcome them",
            origin="welcome", due_on=now.date(), state=FollowUpState.KEPT, closed_at=now,
        )
        for member in rows
    )  # fmt: skip
    for row, member in zip(made, rows, strict=True):
        row.created_at = member.first_seen or now
        row.closed_at = min(row.created_at + timedelta(hours=5), now)
        row.due_on = row.closed_at.date()
    FollowUp.objects.bulk_update(made, ["created_at", "closed_at", "due_on"])


def keep_in_touch_with_some(by: User) -> None:
    """By a tag, and two of whom nobody has heard for long."""
    tag = Tag.named(EDUCATORS)
    tag_verbs.edit(tag, by=by, cadence_days=OFTEN)
    gone = Member.objects.filter(
        user=None, is_bot=False, owner=None, last_seen__lt=timezone.now() - GONE
    )
    for member in gone.annotate(said=Count("activities")).order_by("-said", "pk")[:2]:
        owner_verbs.set_owner(member, by, by=by)
        keep_in_touch.set_cadence(member, CADENCE, by=by)


def own_somebody_quiet(by: User) -> None:
    quiet = Rhythm.objects.quiet().filter(member__owner=None, member__user=None)
    for row in quiet.select_related("member").order_by("-active_days", "pk")[:1]:
        owner_verbs.set_owner(row.member, by, by=by)


def meet_a_champion(by: User) -> None:
    """Whom nobody else of the team knows: the one of whom the others know least."""
    champions = Member.objects.filter(stage=Stage.CHAMPION, user=None).order_by("pk")

    def known_by_others(member: Member) -> float:
        return sum(each.points for each in bonds.who_knows(member, by) if each.pk != by.pk)

    member = min(champions, key=known_by_others)
    for kind, days, place, text in MET:
        at = timezone.now() - timedelta(days=days)
        log_encounter(kind, [member], by=by, occurred_at=at, place=place, text=text)


def make_one_of_two_accounts() -> None:
    """Somebody of the microblog has an account on the forum too, which is newer: as if a colleague
    had said so. By their first names, of those whom nobody has written anything down about."""
    plain = Identity.objects.filter(
        member__user=None, member__owner=None, member__stage_pinned=False, member__tagged=None
    ).exclude(display_name="")
    accounts = plain.select_related("member").order_by("pk")
    there = {_first_name(each): each for each in accounts.filter(network="sandbox:social")}
    for here in accounts.filter(network="sandbox:forum"):
        met = there.get(_first_name(here))
        if met and met.member_id != here.member_id and _came_later(here.member, met.member):
            _join(met.member, here.member)
            return


def _first_name(account: Identity) -> str:
    return account.display_name.split()[0].lower()


def _came_later(member: Member, other: Member) -> bool:
    return bool(member.first_seen and other.first_seen and member.first_seen > other.first_seen)


def _join(member: Member, other: Member) -> None:
    Activity.objects.filter(member=other).update(member=member)
    FollowUp.objects.filter(member=other).update(member=member)
    Identity.objects.filter(member=other).update(member=member)
    last = max(filter(None, (member.last_seen, other.last_seen)))
    spoken = max(filter(None, (member.last_contact_at, other.last_contact_at)), default=None)
    name = max(member.name, other.name, key=len)  # "Halla Jónsdóttir" rather than "halla"
    Member.objects.filter(pk=member.pk).update(name=name, last_seen=last, last_contact_at=spoken)
    other.delete()
    stage_rule.promote([member.pk])
