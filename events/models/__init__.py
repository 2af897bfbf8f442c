"""What the team makes happen, who said they would come, and who came."""

from .attendance import Answer, Attendance, Origin, Part
from .calendars import CalendarLink, Feed, FeedEntry
from .door_link import DoorLink
from .event import Content, Event, EventLink, EventTag, Kind, State, Visibility
from .feedback import Feedback
from .imports import AttendanceImport
from .invitation import Invitation, InvitationRun, InvitationState, RunState
from .notice import Notice
from .pending import PendingAnswer
from .scan import Scan, ScanKind
from .series import Series

__all__ = [
    "Answer",
    "Attendance",
    "AttendanceImport",
    "CalendarLink",
    "Content",
    "DoorLink",
    "Event",
    "EventLink",
    "EventTag",
    "Feed",
    "FeedEntry",
    "Feedback",
    "Invitation",
    "InvitationRun",
    "InvitationState",
    "Kind",
    "Notice",
    "Origin",
    "Part",
    "PendingAnswer",
    "RunState",
    "Scan",
    "ScanKind",
    "Series",
    "State",
    "Visibility",
]
