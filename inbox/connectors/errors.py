"""Turns what HTTP clients raise, and what platforms answer, into the errors of base.py.

Each becomes a sentence that says what happened and what to do. Nothing here reads a model, and no
sentence ever holds a token or a query string.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import requests
from django.utils.translation import gettext as _

from community_hub.lib.addresses import BlockedAddress
from community_hub.lib.http import UnsafeRedirect
from community_hub.lib.http_body import TooLarge
from inbox.connectors.base import (
    AuthExpired,
    ConnectorError,
    Forbidden,
    Misconfigured,
    RateLimited,
    Rejected,
    Transient,
    Unknown,
    WebPage,
)
from inbox.connectors.waits import Response, json_of, retry_at

READS = ("GET", "HEAD", "OPTIONS")
LONGEST_WAIT = timedelta(days=1)
# Raised before a byte of the request left, so that nothing can have been posted.
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    requests.exceptions.ConnectTimeout,
)
BAD_ADDRESS = (
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)


def translate(
    problem: BaseException | Response, where: str, *, wrote: bool | None = None
) -> ConnectorError:
    """The error of base.py for an exception of httpx or requests, or for a refused response.

    `where` names the place as a person knows it ("forum.example.org"). `wrote` says that the
    request was one that posts, so that silence means Unknown; left None, the method says it.
    """
    if isinstance(problem, httpx.Response | requests.Response):
        return from_response(problem, where, wrote=wrote)
    chain = list(_causes(problem))
    for error in chain:
        if isinstance(error, ConnectorError):
            return error
        answer = getattr(error, "response", None)
        if isinstance(answer, httpx.Response | requests.Response):
            return from_response(answer, where, wrote=wrote)
    if wrote is None:
        wrote = any(_method(error) not in ("", *READS) for error in chain)
    return _address_problem(chain, where) or _transport_problem(chain, where, wrote)


def from_response(response: Response, where: str, *, wrote: bool | None = None) -> ConnectorError:
    """The error for an answer that is not a success: 3xx, 4xx or 5xx."""
    if wrote is None:
        wrote = response.request is not None and response.request.method not in READS
    status = response.status_code
    if status == 429 or (status == 403 and _is_limit(response)):
        return rate_limited(retry_at(response), where)
    if wrote and status in (404, 410) and json_of(response) is None:
        return unexpected_page(status, where)
    return from_status(status, where, wrote=wrote, said=said_by(response))


def from_status(status: int, where: str, *, wrote: bool, said: str = "") -> ConnectorError:
    """The error for a status code; `said` is the platform's own explanation, if it gave one."""
    quoted = _(" It said: “%(said)s”") % {"said": said} if said else ""
    values = {"where": where, "status": status, "said": quoted}
    if status == 401:
        return AuthExpired(_("%(where)s rejected the sign-in. Enter a valid key.") % values)
    if status in (403, 451):
        return Forbidden(
            _("%(where)s doesn’t allow this account to do that.%(said)s") % values,
            scope=_scope_in(said),
        )
    if status >= 500 or status in (408, 425):
        return _server_trouble(values, wrote)
    if 300 <= status < 400:
        return Misconfigured(
            _("%(where)s redirects to another address. Enter its current address.") % values
        )
    if not wrote and status in (404, 405, 410):
        return Misconfigured(
            _("%(where)s has nothing at that address (%(status)s). Is the address right?") % values
        )
    if not wrote:
        return Misconfigured(_("%(where)s rejected the request (%(status)s).%(said)s") % values)
    if status in (404, 410):
        return Rejected(
            _(
                "%(where)s no longer has the message you’re replying to. It was deleted or "
                "hidden.%(said)s"
            )
            % values
        )
    if status == 413:
        return Rejected(_("%(where)s says this is too long.%(said)s") % values)
    return Rejected(_("%(where)s refused this message (%(status)s).%(said)s") % values)


def unexpected_page(status: int, where: str) -> WebPage:
    """The error for a 404 that is not the platform's own: a proxy with nothing behind it answers
    so, and nothing was posted or deleted."""
    sentence = _("%(where)s returned an unexpected page (%(status)s). Retrying.")
    return WebPage(sentence % {"where": where, "status": status})


def rate_limited(when: datetime, where: str, *, scope: str = "") -> RateLimited:
    """`when` is kept as the platform said it; a missing or absurd time becomes a sane one."""
    now = datetime.now(UTC)
    when = min(max(when, now), now + LONGEST_WAIT)
    sentence = _("%(where)s asked the hub to wait until %(time)s UTC.")
    return RateLimited(
        sentence % {"where": where, "time": f"{when:%H:%M:%S}"}, retry_at=when, scope=scope
    )


def json_or_problem(response: Response, where: str) -> Any:
    """The answer as plain JSON values. Raises the fitting ConnectorError for a refused request,
    and WebPage where a web page or anything else came instead of JSON."""
    if not 200 <= response.status_code < 300:
        raise translate(response, where)
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        wrote = response.request is not None and response.request.method not in READS
        raise not_json(response, where, wrote=wrote) from error


def not_json(response: Response, where: str, *, wrote: bool = False) -> ConnectorError:
    """The error for a success that is not JSON. After a write the message may have been posted."""
    start = response.content[:400].lstrip().lower()
    is_page = start.startswith(b"<") or "html" in response.headers.get("Content-Type", "").lower()
    if wrote:
        return Unknown(
            _("%(where)s sent an unreadable response. The message may have been posted.")
            % {"where": where}
        )
    if is_page:
        return WebPage(
            _(
                "%(where)s answered with a web page where JSON was expected. Is the address right?"
                " It may also be down for maintenance."
            )
            % {"where": where}
        )
    return WebPage(
        _(
            "%(where)s answered with something that is not JSON. Is the address right?"
            " It may also be down for maintenance."
        )
        % {"where": where}
    )


def said_by(response: Response) -> str:
    """The platform's own words for a refusal, short, or "" when it gave none."""
    data = json_of(response)
    for key in ("error_description", "error", "errors", "message", "detail"):
        words = data.get(key) if isinstance(data, dict) else None
        if isinstance(words, list):
            words = "; ".join(str(word) for word in words if isinstance(word, str))
        if isinstance(words, str) and words.strip():
            return " ".join(words.split())[:300]
    return ""


def _address_problem(chain: list[BaseException], where: str) -> ConnectorError | None:
    """The problems that a person mends by changing the address."""
    values = {"where": where}
    if _has(chain, BlockedAddress):
        return Misconfigured(
            _(
                "%(where)s is a private address, so the hub won’t connect to it. An "
                "administrator can allow it in HTTP_ALLOWED_ORIGINS."
            )
            % values
        )
    if _has(chain, UnsafeRedirect):
        return Misconfigured(
            _("%(where)s redirects to another address. Enter its current address.") % values
        )
    if _has(chain, httpx.TooManyRedirects, requests.exceptions.TooManyRedirects):
        return Misconfigured(_("%(where)s redirects in a loop. Enter the final address.") % values)
    if _has(chain, *BAD_ADDRESS):
        return Misconfigured(
            _("“%(where)s” is not a web address. It should start with https://") % values
        )
    return None


def _transport_problem(chain: list[BaseException], where: str, wrote: bool) -> ConnectorError:
    values = {"where": where}
    if _has(chain, *NEVER_LEFT):
        if _has(chain, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(chain[0]):
            return Transient(
                _("The certificate of %(where)s can’t be verified. Its owner must fix it.") % values
            )
        return Transient(_("%(where)s can’t be reached. Is the address right?") % values)
    if wrote:
        return Unknown(
            _(
                "The message was sent to %(where)s, but there was no response. It may have "
                "been posted."
            )
            % values
        )
    if _has(chain, TooLarge):
        return Misconfigured(
            _("%(where)s sent more data than the hub accepts. Is the address right?") % values
        )
    if _has(chain, httpx.DecodingError, requests.exceptions.ContentDecodingError):
        return Transient(_("The response from %(where)s was unreadable. Retrying.") % values)
    if _has(chain, httpx.TimeoutException, requests.exceptions.Timeout):
        return Transient(_("%(where)s took too long to respond. Retrying.") % values)
    return Transient(_("The connection to %(where)s was lost. Retrying.") % values)


def _server_trouble(values: dict[str, Any], wrote: bool) -> ConnectorError:
    if wrote:  # a 5xx can follow a message that was stored: only a look tells
        return Unknown(
            _("%(where)s had an error (%(status)s) while posting. It may have been posted.")
            % values
        )
    return Transient(_("%(where)s is down (%(status)s). Retrying.") % values)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _has(chain: list[BaseException], *classes: type[BaseException]) -> bool:
    return any(isinstance(error, classes) for error in chain)


def _method(error: BaseException) -> str:
    try:
        return getattr(getattr(error, "request", None), "method", "") or ""
    except RuntimeError:  # httpx: an error that was raised outside a request
        return ""


def _is_limit(response: Response) -> bool:
    headers = response.headers
    return "Retry-After" in headers or headers.get("X-RateLimit-Remaining") == "0"


def _scope_in(said: str) -> str:
    found = re.search(r"\b(?:read|write)(?::\w+)?\b", said)
    return found.group() if found else ""
