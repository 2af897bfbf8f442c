"""Handing mails about events to the mail server: many over one connection, and what it says when
it does not take one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.mime.text import MIMEText
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection

from community_hub.lib.text import one_line
from team import mail

from .calendar_words import public_url
from .models import Attendance, Event
from .when_words import place_of, when_of

LONGEST_WAIT = timedelta(hours=4)
LONGEST_ERROR = 200


@dataclass(frozen=True)
class Refusal:
    """`final`: of the address, for good. `server`: it takes no mail at all now."""

    words: str
    final: bool = False
    server: bool = False


def refusal_of(error: OSError) -> Refusal:
    """A 5xx to the address is final. One to the mail itself need not be of the next one."""
    if isinstance(error, SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return Refusal(_words(code, answer), final=500 <= code < 600)
    if isinstance(error, SMTPDataError):
        return Refusal(_words(error.smtp_code, error.smtp_error))
    return Refusal(one_line(str(error) or type(error).__name__, LONGEST_ERROR), server=True)


def wait_after(failures: int) -> timedelta:
    """A minute, two, four, up to LONGEST_WAIT. `failures`: so many before this one."""
    return min(timedelta(minutes=2 ** min(failures, 20)), LONGEST_WAIT)


@contextmanager
def open_connection() -> Iterator[Any]:
    """For EmailMessage.connection; it is opened by the first mail. What closing it says is of no
    mail."""
    connection = get_connection()
    try:
        yield connection
    finally:
        with suppress(OSError):
            connection.close()


def compose(
    template: str, subject: str, to: str, event: Event, more: dict[str, Any]
) -> EmailMultiAlternatives:
    """`template`: the name of a pair in templates/events/email/."""
    context = {
        "event": event,
        "when": when_of(event),
        "place": place_of(event),
        "link": public_url(event) if event.has_public_page else "",
        **more,
    }
    return mail.compose(f"events/email/{template}", subject, [to], context)


def attach_invitation(message: EmailMultiAlternatives, attendance: Attendance, method: str) -> None:
    """As calendars read it. `method`: "REQUEST", or "CANCEL"."""
    from events import ics  # icalendar is read by who needs it alone

    part = MIMEText(ics.for_attendance(attendance, method).decode(), "calendar", "utf-8")
    part.set_param("method", method)
    part.add_header("Content-Disposition", "attachment", filename="event.ics")
    message.attach(part)


def _words(code: int, answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return one_line(f"{code} {words}", LONGEST_ERROR)
