"""What the team makes happen, who said they would come, and who came."""

from .attendance import Answer, Attendance, Origin, Part
from .calendars import CalendarLink, Feed, FeedEntry
from .event import Content, Event, EventLink, EventTag, Kind, State, Visibility
from .imports import AttendanceImport
from .notice import Notice
from .pending import PendingAnswer
from .series import Series

__all__ = [
    "Answer",
    "Attendance",
    "AttendanceImport",
    "CalendarLink",
    "Content",
    "Event",
    "EventLink",
    "EventTag",
    "Feed",
    "FeedEntry",
    "Kind",
    "Notice",
    "Origin",
    "Part",
    "PendingAnswer",
    "Series",
    "State",
    "Visibility",
]
