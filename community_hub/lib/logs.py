"""Where log lines go, and what they must not hold."""

import logging
import re
import sys
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied

LONGEST = 500  # characters of one line
LONGEST_PATH = 200  # characters, of a refused request
# A link that signs somebody in, or answers for them, stands in the address, which Django logs with
# each answer of 4xx.
_SIGN_IN_LINKS = re.compile(
    r"(?<!/team)(/(?:sign-in|invitations|e/confirm|e/mine)/|/password/reset/(?!(?:sent|done)/))"
    r"[^/\s\"']+"
)


def django_logging(level: str) -> dict[str, Any]:
    """Django's setting LOGGING: one line for each record, to the standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "community_hub.lib.logs.RedactingFormatter",
                "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "filters": {"refusals": {"()": "community_hub.lib.logs.RefusalFilter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"filters": ["refusals"]},
            # httpx logs whole addresses, and some platforms carry tokens in them
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
        },
    }


def configure_structlog() -> None:
    """One line for each event, without the values of variables."""
    # Where `rich` is installed, structlog would print every variable of a frame: messages, keys.
    structlog.configure(
        processors=[
            *structlog.get_config()["processors"][:-1],
            structlog.dev.ConsoleRenderer(
                colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


class RedactingFormatter(logging.Formatter):
    """Leaves out of whole lines, tracebacks too, the part of an address that signs somebody in, and
    cuts lines: whoever asks for an address of 60 KB does not fill the disk."""

    def format(self, record: logging.LogRecord) -> str:
        lines = _SIGN_IN_LINKS.sub(r"\1…", super().format(record)).splitlines()
        return "\n".join(line if len(line) <= LONGEST else f"{line[:LONGEST]}…" for line in lines)


class RefusalFilter(logging.Filter):
    """Writes what a role may not do as one line without a traceback: it is expected. The line
    names the user's id, the method and the path, cut, never the query string."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        error = record.exc_info[1] if record.exc_info else None
        if request is None or not isinstance(error, PermissionDenied):
            return True
        # Django's own argument is the path with line breaks escaped
        path = str(record.args[0]) if isinstance(record.args, tuple) and record.args else ""
        if len(path) > LONGEST_PATH:
            path = f"{path[:LONGEST_PATH]}…"
        user = getattr(getattr(request, "user", None), "pk", None)
        record.msg = "Forbidden: user %s, %s %s"
        record.args = (user or "anonymous", request.method, path)
        record.exc_info = record.exc_text = None
        return True
