"""The people of the community and the log of what happened between them and us."""

from .activity import Activity, ActivityKind, Visibility
from .encounter import Encounter, EncounterKind, EncounterPerson
from .field import Field, FieldType
from .follow_up import FollowUp, FollowUpKind, FollowUpState
from .identity import Identity
from .member import Member, Stage
from .milestones import Milestones
from .sighting import Sighting
from .tag import MemberTag, Tag

__all__ = [
    "Activity",
    "ActivityKind",
    "Encounter",
    "EncounterKind",
    "EncounterPerson",
    "Field",
    "FieldType",
    "FollowUp",
    "FollowUpKind",
    "FollowUpState",
    "Identity",
    "Member",
    "MemberTag",
    "Milestones",
    "Sighting",
    "Stage",
    "Tag",
    "Visibility",
]
