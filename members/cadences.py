"""How many days may lie between two contacts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .models.rhythm import LONGEST_CADENCE


def check_cadence(days: int) -> None:
    """ValueError with a sentence for what is no cadence."""
    if days < 1:
        raise ValueError(_("Once in 0 days is not possible. Enter 1 day or more."))
    if days > LONGEST_CADENCE:
        raise ValueError(_("Enter %(n)d days at most.") % {"n": LONGEST_CADENCE})
