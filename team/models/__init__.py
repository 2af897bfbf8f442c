"""The people who use the hub, what they may do, and what they did."""

from .action import Action
from .export import Export
from .file import File
from .hub import Hub
from .invitation import Invitation
from .job import BackgroundJob
from .mail_failure import MailFailure
from .notification import Notification
from .saved_query import SavedQuery
from .user import NO_ADDRESS, Grant, NoAdminLeft, Role, User

__all__ = [
    "NO_ADDRESS",
    "Action",
    "BackgroundJob",
    "Export",
    "File",
    "Grant",
    "Hub",
    "Invitation",
    "MailFailure",
    "NoAdminLeft",
    "Notification",
    "Role",
    "SavedQuery",
    "User",
]
