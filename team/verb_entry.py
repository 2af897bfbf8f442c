"""What is known of one verb: who may, how it is undone, what the audit trail says of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from .models import Action, User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Right = Literal[
    "can_triage",
    "can_reply",
    "can_note",
    "can_tag",
    "can_manage_tags",
    "can_share_views",
    "can_edit_members",
    "can_edit_events",
    "can_export",
    "can_link_staff",
    "can_manage_sources",
    "can_manage_team",
    "can_allow_approaches",
]
# Takes the actions of one verb, newest first, and whoever undoes them; answers the ids of those
# that were undone. The others have been changed by somebody since.
Undo = Callable[[Sequence[Action], User], Collection[int]]


class Sentence(NamedTuple):
    """What the audit trail says of one action: `words` with %(object)s for what the row is called
    (see trail_nouns.py) and %(name)s for each of `facts`."""

    words: str
    facts: dict[str, str]


# Takes the actions of one verb; answers the ids of those that can still be undone. What came with
# one that cannot (a reply that was sent, and took its conversation over) stays with it.
StillUndoable = Callable[[Sequence[Action]], Collection[int]]


# Takes the actions of one verb; answers, by an action's id, what is said of it in the place of the
# verb's words: which tag, to whom, until when. Those that are left out keep the verb's words.
Details = Callable[[Sequence[Action]], Mapping[int, Sentence]]


@dataclass(frozen=True)
class Verb:
    """`right` names a property of User; None: whoever gets there may. `words` finish the sentence
    "Lena Lindqvist ... <the object>" of the audit trail, with what it is called in %(object)s."""

    name: str
    on: str  # "inbox.conversation"
    right: Right | None
    words: str | _StrPromise
    undo: Undo | None = None
    lead_may_undo: bool = False
    details: Details | None = None
    still_undoable: StillUndoable | None = None  # None: as long as nobody changed it since
    undone: str | _StrPromise = ""  # said once one was undone, such as “Encounter restored”

    def allows(self, by: User | None) -> bool:
        """None is the hub itself (a snooze that ran out, a reply that failed); a rule comes as
        whoever wrote it."""
        if by is None or self.right is None:
            return True
        return by.is_active and bool(getattr(by, self.right))

    def allows_undo(self, action: Action, by: User) -> bool:
        """Who did it, and where the verb says so a lead: both while they have the right."""
        if self.undo is None or not self.allows(by):
            return False
        return action.by_id == by.pk or (self.lead_may_undo and by.is_lead)
