"""What a log line must not hold."""

import logging
import re

# A link that signs somebody in stands in the address, which Django logs with each answer of 4xx.
_DOORS = re.compile(
    r"(?<!/team)(/(?:sign-in|invitations)/|/password/reset/(?!(?:sent|done)/))[^/\s\"']+"
)


class RedactingFormatter(logging.Formatter):
    """Leaves out of whole lines, tracebacks too, the part of an address that signs somebody in."""

    def format(self, record: logging.LogRecord) -> str:
        return _DOORS.sub(r"\1…", super().format(record))
