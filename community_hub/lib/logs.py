"""What a log line must not hold."""

import logging
import re

LONGEST = 500  # characters of one line
# A link that signs somebody in stands in the address, which Django logs with each answer of 4xx.
_SIGN_IN_LINKS = re.compile(
    r"(?<!/team)(/(?:sign-in|invitations)/|/password/reset/(?!(?:sent|done)/))[^/\s\"']+"
)


class RedactingFormatter(logging.Formatter):
    """Leaves out of whole lines, tracebacks too, the part of an address that signs somebody in, and
    cuts lines: whoever asks for an address of 60 KB does not fill the disk."""

    def format(self, record: logging.LogRecord) -> str:
        lines = _SIGN_IN_LINKS.sub(r"\1…", super().format(record)).splitlines()
        return "\n".join(line if len(line) <= LONGEST else f"{line[:LONGEST]}…" for line in lines)
