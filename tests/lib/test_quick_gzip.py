"""Pages are compressed as Django does it, only by another library."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from isal import igzip

from community_hub.lib.quick_gzip import LEVEL, QuickGZipMiddleware

PAGE = b"<p>Does anybody else hear the clock drift after the update?</p>" * 200


def answer(rf, middleware, response, accepts="gzip, br"):
    request = rf.get("/", headers={"Accept-Encoding": accepts} if accepts else {})
    return middleware(lambda _request: response)(request)


def both(rf, make, accepts="gzip, br"):
    """Django's answer and ours."""
    return (
        answer(rf, GZipMiddleware, make(), accepts),
        answer(rf, QuickGZipMiddleware, make(), accepts),
    )


def page(content=PAGE, **headers):
    return HttpResponse(content, headers=headers)


@pytest.mark.parametrize(
    "make",
    [
        page,
        lambda: page(ETag='"abc"'),
        lambda: page(ETag='W/"abc"'),
        lambda: page(**{"Content-Encoding": "br"}),
        lambda: page(b"short"),
        lambda: page(bytes(range(256))),  # does not get shorter
        lambda: StreamingHttpResponse([PAGE, PAGE]),
    ],
)
@pytest.mark.parametrize("accepts", ["gzip, br", "br", ""])
def test_headers_and_words_are_the_same(rf, make, accepts):
    theirs, ours = both(rf, make, accepts)
    assert ours.headers.keys() == theirs.headers.keys()
    for name in theirs.headers.keys() - {"Content-Length"}:
        assert ours.headers[name] == theirs.headers[name]
    assert words(ours) == words(theirs)
    if not ours.streaming and "Content-Length" in ours.headers:
        assert int(ours.headers["Content-Length"]) == len(ours.content)


def words(response):
    raw = b"".join(response) if response.streaming else response.content
    return gzip.decompress(raw) if response.get("Content-Encoding") == "gzip" else raw


def test_the_level_is_ours_and_the_length_is_not_told_exactly(rf):
    ours = [answer(rf, QuickGZipMiddleware, page()).content for _again in range(20)]
    assert len({len(each) for each in ours}) > 1
    bodies = {each[each.index(b"\0", 10) + 1 :] for each in ours}
    assert bodies == {igzip.compress(PAGE, LEVEL, mtime=0)[10:]}
