"""What the audit trail says of organisations and of who is there."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from team import trail_nouns
from team.models import Action
from team.trail_nouns import Noun
from team.verb_entry import Sentence

from .models import Affiliation, Organisation

trail_nouns.register(
    "members.organisation",
    Noun(
        hidden=_lazy("an organisation"),
        gone=_lazy("a deleted organisation"),
        named=_lazy("the organisation “%(name)s”"),
    ),
)


def edited(batch: Sequence[Action]) -> dict[int, Sentence]:
    """Renamed, where the name was changed: from what to what."""
    words = _("renamed the organisation “%(from)s” to “%(to)s”")
    return {
        action.pk: Sentence(words, {"from": action.before["name"], "to": action.after["name"]})
        for action in batch
        if "name" in action.after
    }


def merged(batch: Sequence[Action]) -> dict[int, Sentence]:
    wanted = Organisation.objects.filter(pk__in={action.after["into"] for action in batch})
    names = dict(wanted.values_list("pk", "name"))
    words = _("merged %(object)s into “%(into)s”")
    return {
        action.pk: Sentence(words, {"into": names[action.after["into"]]})
        for action in batch
        if action.after["into"] in names
    }


def affiliations(batch: Sequence[Action]) -> dict[int, Sentence]:
    """Which: as it is called now."""
    words = {
        "affiliate": _("added “%(affiliation)s” to %(object)s"),
        "reaffiliate": _("changed “%(affiliation)s” of %(object)s"),
        "end-affiliation": _("ended “%(affiliation)s” of %(object)s"),
        "unaffiliate": _("removed “%(affiliation)s” from %(object)s"),
    }
    wanted = {action.after["affiliation"] for action in batch}
    rows = Affiliation.objects.select_related("organisation").in_bulk(wanted)
    return {
        action.pk: Sentence(words[action.verb], {"affiliation": str(row)})
        for action in batch
        if (row := rows.get(action.after["affiliation"]))
    }
