"""Subjects of mails about events, in the language that is active where they are written."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .models import Answer, Event, Notice


def confirm(event: Event) -> str:
    return _("Confirm your answer: %(event)s") % {"event": event}


def confirmed(notice: Notice) -> str:
    said = {
        Answer.WAITING: _("Waiting list: %(event)s"),
        Answer.MAYBE: _("You may come: %(event)s"),
    }.get(Answer(notice.attendance.answer), _("You’re going: %(event)s"))
    return said % {"event": notice.attendance.event}


def seat(notice: Notice) -> str:
    return _("You have a seat: %(event)s") % {"event": notice.attendance.event}


def moved(notice: Notice) -> str:
    return _("Changed: %(event)s") % {"event": notice.attendance.event}


def cancelled(notice: Notice) -> str:
    return _("Cancelled: %(event)s") % {"event": notice.attendance.event}


def restored(notice: Notice) -> str:
    return _("It takes place: %(event)s") % {"event": notice.attendance.event}


def reminder(notice: Notice) -> str:
    return _("Reminder: %(event)s") % {"event": notice.attendance.event}


def thanks(notice: Notice) -> str:
    event = notice.attendance.event
    if event.thanks:
        return _("Thanks for coming: %(event)s") % {"event": event}
    return _("How was it? %(event)s") % {"event": event}


def invitation(notice: Notice) -> str:
    return _("Invitation: %(event)s") % {"event": notice.attendance.event}
