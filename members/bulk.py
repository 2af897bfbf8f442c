"""One verb for the members that a reader selected: at once, or by a job where they are many.

What may be changed is decided by the verb, and which members by visible_to(): in the request, and
again in each step of a job.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community_hub.lib.query import Mistake
from community_hub.lib.text import number
from team import jobs
from team.actions import Changes
from team.jobs import background_job
from team.models import BackgroundJob, User
from team.models.job import ACTIONS

from . import verbs
from .listing import MemberListing
from .models import Member, Stage
from .models.tag import tag_name
from .owner_verbs import set_backup, set_owner

if TYPE_CHECKING:
    from .models.member import MemberQuerySet

AT_ONCE = 2_000  # members that are changed within a request
STEP = 500
COUNTED = 10_000  # a count of those that match ends here
JOB = "change-members"


@dataclass(frozen=True)
class Change:
    """`value`: a tag's name, a stage, the id of a colleague or "" for nobody. `what` says it:
    "tag “bug”"."""

    noun: str
    value: str
    what: str

    @classmethod
    def parse(cls, noun: str, form: Mapping[str, str], user: User) -> Change:
        """ValueError with a sentence about what is missing; KeyError for an unknown noun."""
        return cls(noun, *_KINDS[noun].read(form, user))

    def require(self, user: User) -> None:
        """Raises PermissionDenied."""
        _KINDS[self.noun].verb.require(user)

    def apply(self, members: Iterable[Member], *, by: User, group: uuid.UUID) -> Changes:
        return _KINDS[self.noun].apply(list(members), self.value, by=by, group=group)


def require(noun: str, user: User) -> None:
    """For a menu that is shown before anything is chosen. Raises PermissionDenied, KeyError."""
    _KINDS[noun].verb.require(user)


def change(found: MemberQuerySet, wanted: Change, *, by: User) -> Changes:
    """All of `found`, in one group; those that are so already are left alone."""
    group = uuid.uuid4()
    return wanted.apply(found.order_by("pk"), by=by, group=group)


def change_all(listing: MemberListing, wanted: Change, *, by: User) -> Changes | BackgroundJob:
    """All that match: at once up to AT_ONCE, else by a job, whose actions are one group as well.
    Raises Mistake."""
    wanted.require(by)
    group = uuid.uuid4()
    rows = list(listing.found(by).order_by("pk")[: AT_ONCE + 1])
    if len(rows) <= AT_ONCE:
        return wanted.apply(rows, by=by, group=group)
    cursor = {"listing": listing.as_json(), "change": [wanted.noun, wanted.value, wanted.what]}
    return jobs.start(JOB, f"{ACTIONS}{group}", by=by, name=wanted.what, cursor=cursor)


def count(listing: MemberListing, user: User) -> int:
    """Of those that match, COUNTED + 1 at most. Raises Mistake."""
    return listing.count(user, COUNTED + 1)


@background_job(JOB, words=_("Changing members: %(name)s"))
def change_step(job: BackgroundJob) -> bool:
    """By id, up to the highest there was when it began: each member once, whatever comes, goes or
    changes meanwhile. It ends where whoever began it may not do this any more."""
    by, wanted = job.by, Change(*job.cursor["change"])
    if by is None:
        return False
    try:
        found = MemberListing.parse(job.cursor["listing"]).found(by).order_by("pk")
        if job.total is None:
            last = found.order_by("-pk").values_list("pk", flat=True).first()
            job.total = found.count()
            job.cursor = {**job.cursor, "after": 0, "last": last or 0}
        rows = list(found.filter(pk__gt=job.cursor["after"], pk__lte=job.cursor["last"])[:STEP])
        if not rows:
            return False
        wanted.apply(rows, by=by, group=uuid.UUID(job.group))
    except (PermissionDenied, Mistake):
        return False
    job.done += len(rows)
    job.cursor = {**job.cursor, "after": rows[-1].pk}
    return True


# What can be changed of many: the value that a form gives, and the verb that takes it ---------


@dataclass(frozen=True)
class _Kind:
    read: Callable[[Mapping[str, str], User], tuple[str, str]]
    verb: Any
    apply: Callable[..., Changes]
    said: Callable[[int], str]


def _tag(form: Mapping[str, str], user: User) -> tuple[str, str]:
    """`name`, or `new` as typed."""
    name = tag_name(form.get("name") or form.get("new", ""))
    return name, _now("tag “%(name)s”") % {"name": name}


def _stage(form: Mapping[str, str], user: User) -> tuple[str, str]:
    stage = form.get("to", "")  # `stage` is what narrows the list
    if stage not in Stage.values:
        raise ValueError(_now("Select a stage."))
    return stage, _now("stage %(stage)s") % {"stage": Stage(stage).label}


def _owner(form: Mapping[str, str], user: User) -> tuple[str, str]:
    owner = _colleague(form, user)
    if owner is None:
        return "", _now("no owner")
    return str(owner.pk), _now("owner %(owner)s") % {"owner": owner}


def _backup(form: Mapping[str, str], user: User) -> tuple[str, str]:
    backup = _colleague(form, user)
    if backup is None:
        return "", _now("no backup")
    return str(backup.pk), _now("backup %(backup)s") % {"backup": backup}


def _colleague(form: Mapping[str, str], user: User) -> User | None:
    """`owner`: somebody's id, "me" or "nobody"."""
    wanted = form.get("owner", "")
    if wanted == "nobody":
        return None
    pk = user.pk if wanted == "me" else number(wanted)
    found = User.objects.active().filter(pk=pk).first()
    if found is None:
        raise ValueError(_now("Select a teammate."))
    return found


def _apply_stage(members: list[Member], value: str, *, by: User, group: uuid.UUID) -> Changes:
    """Teammates and bots have none, and stay as they are."""
    having = [member for member in members if not (member.user_id or member.is_bot)]
    return verbs.set_stage(having, value, by=by, group=group)


def _applied(set_colleague: Callable[..., Changes]) -> Callable[..., Changes]:
    def apply(members: list[Member], value: str, *, by: User, group: uuid.UUID) -> Changes:
        """Nothing, where that colleague was deactivated meanwhile."""
        colleague = User.objects.active().filter(pk=value).first() if value else None
        if value and colleague is None:
            return Changes(group)
        return set_colleague(members, colleague, by=by, group=group)

    return apply


_KINDS = {
    "tags": _Kind(_tag, verbs.tag, verbs.tag, lambda n: ngettext(
        "%(n)s member tagged", "%(n)s members tagged", n)),
    "stages": _Kind(_stage, verbs.set_stage, _apply_stage, lambda n: ngettext(
        "%(n)s member changed", "%(n)s members changed", n)),
    "owners": _Kind(_owner, set_owner, _applied(set_owner), lambda n: ngettext(
        "%(n)s member changed", "%(n)s members changed", n)),
    "backups": _Kind(_backup, set_backup, _applied(set_backup), lambda n: ngettext(
        "%(n)s member changed", "%(n)s members changed", n)),
}  # fmt: skip
NOUNS = tuple(_KINDS)


def sentence(noun: str, n: int) -> str:
    """About what was done: "12 members tagged"."""
    return _KINDS[noun].said(n) % {"n": n}
