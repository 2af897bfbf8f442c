"""Why a picture is not shown."""

from __future__ import annotations


class NotShown(Exception):
    """`wait`: how many seconds it is not asked for again. `why`: what a page says of it, see
    `<picture-dialog>`; "" where it has nothing to add."""

    wait = 60 * 60
    why = ""


class Refused(NotShown):
    """For good: see the others, or its server is one that the hub never asks."""


class Gone(Refused):
    """The other server says that it isn't there."""

    why = "gone"


class NoPicture(Refused):
    """It is something else, or damaged."""

    why = "no-picture"


class TooBig(Refused):
    """In bytes, or in pixels."""

    why = "too-large"


class Unreachable(NotShown):
    """The other server did not answer, or too slowly; it may later."""

    wait = 5 * 60
    why = "unreached"
