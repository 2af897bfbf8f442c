"""The people of the community and the log of what happened between them and us."""

from .activity import Activity, ActivityKind, Visibility
from .bond import Bond, SoleContact
from .derived import DerivedRun, StaleMember
from .encounter import Encounter, EncounterKind, EncounterPerson
from .field import Field, FieldType
from .follow_up import FollowUp, FollowUpKind, FollowUpState
from .gift import GiftDetails
from .identity import Identity
from .member import Member, Stage
from .milestones import Milestones
from .organisation import Affiliation, Organisation, Precision
from .outreach import Outreach, Step
from .reminder import Reminder
from .rhythm import Rhythm
from .sighting import Sighting
from .tag import MemberTag, Tag

__all__ = [
    "Activity",
    "ActivityKind",
    "Affiliation",
    "Bond",
    "DerivedRun",
    "Encounter",
    "EncounterKind",
    "EncounterPerson",
    "Field",
    "FieldType",
    "FollowUp",
    "FollowUpKind",
    "FollowUpState",
    "GiftDetails",
    "Identity",
    "Member",
    "MemberTag",
    "Milestones",
    "Organisation",
    "Outreach",
    "Precision",
    "Reminder",
    "Rhythm",
    "Sighting",
    "SoleContact",
    "Stage",
    "StaleMember",
    "Step",
    "Tag",
    "Visibility",
]
