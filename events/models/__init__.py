"""What the team makes happen, who said they would come, and who came."""

from .attendance import Answer, Attendance, Origin, Part
from .event import Content, Event, EventLink, EventTag, Kind, State, Visibility
from .series import Series

__all__ = [
    "Answer",
    "Attendance",
    "Content",
    "Event",
    "EventLink",
    "EventTag",
    "Kind",
    "Origin",
    "Part",
    "Series",
    "State",
    "Visibility",
]
