"""How a picture is answered: as a file that can do nothing but be looked at."""

from __future__ import annotations

from base64 import b64decode

from django.http import HttpResponse

from .keeping import State

# One transparent pixel: how the script of a page knows that it has to ask again.
NOTHING_YET = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
KEPT = 7 * 24 * 60 * 60  # seconds, in this person's browser: the address names its content
KEPT_EMPTY = 60 * 60


def respond(state: State, data: bytes, *, empty: bool = False, why: str = "") -> HttpResponse:
    """200 with the WebP file, 202 while it is fetched, 404 where it can't be shown. `empty`: 200
    with nothing to see instead, for a picture that something else stands behind. `why` of
    the 404 is its header Picture-Not-Shown."""
    if state == State.HERE:
        return _image(data, "image/webp", f"private, max-age={KEPT}, immutable")
    if state != State.REFUSED:
        return _image(NOTHING_YET, "image/gif", "no-store", status=202)
    if empty:
        return _image(NOTHING_YET, "image/gif", f"private, max-age={KEPT_EMPTY}")
    return HttpResponse(status=404, headers={"Cache-Control": "no-store", "Picture-Not-Shown": why})


def _image(data: bytes, kind: str, kept: str, *, status: int = 200) -> HttpResponse:
    headers = {
        "Cache-Control": kept,
        "Content-Disposition": "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type=kind, status=status, headers=headers)
