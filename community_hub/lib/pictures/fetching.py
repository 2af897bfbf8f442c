"""The bytes of a picture, from wherever a message says it is."""

from __future__ import annotations

import httpx

from community_hub.lib.addresses import BlockedAddress
from community_hub.lib.http import UnsafeRedirect, guarded_client
from community_hub.lib.http_body import TooLarge
from community_hub.lib.http_deadline import within

from .failures import Gone, NoPicture, Refused, TooBig, Unreachable

MOST_BYTES = 20_000_000
MOST_SECONDS = 8.0  # for all of it, redirects included: somebody looks at the page
HEADERS = {"Accept": "image/webp,image/png,image/jpeg,image/gif,image/avif,image/*;q=0.5"}
NEVER = (
    BlockedAddress,
    UnsafeRedirect,
    httpx.DecodingError,
    httpx.InvalidURL,
    httpx.TooManyRedirects,
    httpx.UnsupportedProtocol,
)


def fetch(address: str) -> bytes:
    """Without credentials, without a referrer. Raises NotShown."""
    try:
        with within(MOST_SECONDS), guarded_client(headers=HEADERS, max_bytes=MOST_BYTES) as client:
            response = client.get(address)
    except TooLarge as error:
        raise TooBig(type(error).__name__) from error
    except NEVER as error:
        raise Refused(type(error).__name__) from error
    except (httpx.HTTPError, ValueError) as error:  # ValueError: an address that is none
        raise Unreachable(type(error).__name__) from error
    if response.status_code == 429 or response.status_code >= 500:
        raise Unreachable(str(response.status_code))
    if response.status_code in {404, 410}:
        raise Gone(str(response.status_code))
    if response.status_code != 200:
        raise Refused(str(response.status_code))
    if not response.content:
        raise NoPicture("empty")
    return response.content
