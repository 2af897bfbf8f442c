"""What the team makes happen, who said they would come, and who came."""

from .attendance import Answer, Attendance, Origin, Part
from .calendars import CalendarLink, Feed, FeedEntry
from .event import Content, Event, EventLink, EventTag, Kind, State, Visibility
from .imports import AttendanceImport
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
    "Origin",
    "Part",
    "Series",
    "State",
    "Visibility",
]
