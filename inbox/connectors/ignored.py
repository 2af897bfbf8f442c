"""Why something that was fetched is not stored: codes, translated where they are shown."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Ignored(TextChoices):
    """Keys of Page.ignored. A connector may add a word of its own, which is shown as it is."""

    UNCHANGED = "unchanged", _("not changed")
    TWICE = "twice", _("came twice")
    REPORTED = "reported", _("reported before")
    TOO_OLD = "too-old", _("older than the start")
    TOO_MANY = "too-many", _("older than the newest entries, which are read of a long feed")
    NOT_A_MENTION = "not-a-mention", _("not a mention")
    BOOST = "boost", _("a boost")
    GONE = "gone", _("the original post was deleted")
    HIDDEN = "hidden", _("no longer shown to this account")
    NOTICE = "notice", _("moderator notice")
    SYSTEM = "system", _("system line")
    WHISPER = "whisper", _("whisper")
    UNHEARD = "unheard", _("in a channel that isn’t selected")
    NOT_KEPT = "not-kept", _("deleted before, or not kept here")
    UNEXPLAINED = "unexplained", _("skipped by the connector")


def words(code: str) -> str:
    """What a person reads; a word that is no code stays as it is."""
    return str(Ignored(code).label) if code in Ignored.values else code
