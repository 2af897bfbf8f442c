"""Why a picture is not shown."""

from __future__ import annotations


class NotShown(Exception):
    """`wait`: how many seconds it is not asked for again."""

    wait = 60 * 60


class Refused(NotShown):
    """No picture, too large or damaged, or the other server says it isn't there."""


class Unreachable(NotShown):
    """The other server did not answer, or too slowly; it may later."""

    wait = 5 * 60
