"""What the audit trail says of actions on members, and of tags wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from team import trail_nouns
from team.models import Action, User
from team.trail_nouns import Noun
from team.verb_entry import Sentence

from .models import Stage, Tag

trail_nouns.register(
    "members.member", Noun(hidden=_lazy("a member"), gone=_lazy("a deleted member"))
)
trail_nouns.register(
    "members.tag",
    Noun(hidden=_lazy("a tag"), gone=_lazy("a deleted tag"), named=_lazy("the tag “%(name)s”")),
)
trail_nouns.register(
    "members.field",
    Noun(hidden=_lazy("a field"), gone=_lazy("a deleted field"), named=_lazy("“%(name)s”")),
)


def tags(batch: Sequence[Action]) -> dict[int, Sentence]:
    """Which tag was added or removed. A tag that was deleted since has no name any more."""
    by_action = {
        action.pk: (action.after if action.verb == "tag" else action.before)["tag"]
        for action in batch
    }
    names = dict(Tag.objects.filter(pk__in=by_action.values()).values_list("pk", "name"))
    words = {
        "tag": _("added the tag “%(tag)s” to %(object)s"),
        "untag": _("removed the tag “%(tag)s” from %(object)s"),
    }
    return {
        action.pk: Sentence(words[action.verb], {"tag": names[by_action[action.pk]]})
        for action in batch
        if by_action[action.pk] in names
    }


def edited_tags(batch: Sequence[Action]) -> dict[int, Sentence]:
    """Renamed, where the name was changed: from what to what."""
    words = _("renamed the tag “%(from)s” to “%(to)s”")
    return {
        action.pk: Sentence(words, {"from": action.before["name"], "to": action.after["name"]})
        for action in batch
        if "name" in action.after
    }


def merged_tags(batch: Sequence[Action]) -> dict[int, Sentence]:
    names = dict(
        Tag.objects.filter(pk__in={action.after["into"] for action in batch}).values_list(
            "pk", "name"
        )
    )
    words = _("merged %(object)s into “%(into)s”")
    return {
        action.pk: Sentence(words, {"into": names[action.after["into"]]})
        for action in batch
        if action.after["into"] in names
    }


def stages(batch: Sequence[Action]) -> dict[int, Sentence]:
    words = _("changed the stage of %(object)s to %(stage)s")
    return {
        action.pk: Sentence(words, {"stage": str(Stage(action.after["stage"]).label)})
        for action in batch
        if action.after["stage"] in Stage
    }


def owners(batch: Sequence[Action]) -> dict[int, Sentence]:
    return _colleagues(
        batch,
        "owner_id",
        _("made %(who)s the owner of %(object)s"),
        _("removed the owner of %(object)s"),
    )


def backups(batch: Sequence[Action]) -> dict[int, Sentence]:
    return _colleagues(
        batch,
        "backup_id",
        _("made %(who)s the backup of %(object)s"),
        _("removed the backup of %(object)s"),
    )


def _colleagues(batch: Sequence[Action], field: str, given: str, taken: str) -> dict[int, Sentence]:
    """Of each action, whom it set. A colleague who is not there any more has no name."""
    people = User.objects.in_bulk({action.after[field] for action in batch} - {None})
    return {
        action.pk: Sentence(given, {"who": str(who)})
        if (who := people.get(action.after[field]))
        else Sentence(taken, {})
        for action in batch
    }
