"""The expected failures of a connector: what the hub does next depends on which it is.

errors.py makes them from what HTTP clients raise and platforms answer; base.py hands them on.
"""

from __future__ import annotations

from datetime import datetime


class ConnectorError(Exception):
    """An expected failure. str(error) is a sentence for a person; it never holds a secret."""

    permanent = False


class RateLimited(ConnectorError):
    """Come back at `retry_at`, exactly."""

    def __init__(self, message: str, *, retry_at: datetime, scope: str = "") -> None:
        super().__init__(message)
        self.retry_at = retry_at
        self.scope = scope


class Transient(ConnectorError):
    """Time-outs before the request left, refused connections, 5xx: try again by and by."""


class WebPage(Transient):
    """A web page, or nothing readable, came where data was expected: the platform is being
    maintained, something stands before it, or the address is wrong. A source that still meets one
    after a day is paused."""


class AuthExpired(ConnectorError):
    """The credentials are no longer good: a person must reconnect."""

    permanent = True


class Forbidden(ConnectorError):
    """Signed in, but not allowed; `scope` names what is missing."""

    permanent = True

    def __init__(self, message: str, *, scope: str = "") -> None:
        super().__init__(message)
        self.scope = scope


class Misconfigured(ConnectorError):
    """The address is wrong, or what answers there is not this platform."""

    permanent = True


class Rejected(ConnectorError):
    """The platform refused this message for good: too long, locked, deleted."""

    permanent = True


class Unknown(ConnectorError):
    """The request left and no answer came: it may have been posted."""


class BadSignature(ConnectorError):
    """What was posted to the hub is not signed by the platform, or too long ago."""
