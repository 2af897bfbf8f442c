"""At no depth does a call ask the system for memory."""

from __future__ import annotations

import resource
import threading

from community_hub.lib.frame_room import with_frame_room
from community_hub.lib.wsgi_pages import Pages

DEEPEST = 400  # calls: some three pieces of CPython's
CALLS = 200  # at each depth


def nothing():
    return None


def calls_at_each_depth(left: int = DEEPEST):
    for _ in range(CALLS):
        nothing()
    if left:
        calls_at_each_depth(left - 1)


def faults_of(function):
    """How often the system had to find memory for it, in a thread of its own."""
    found = []

    def counted():
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        function()
        found.append(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)

    thread = threading.Thread(target=counted)
    thread.start()
    thread.join()
    return found[0]


def test_calls_at_any_depth_ask_for_no_memory():
    assert faults_of(with_frame_room(lambda: calls_at_each_depth())) < CALLS


def test_a_page_has_that_room():
    def page(asked, start_response):
        calls_at_each_depth()
        start_response("200 OK", [])
        return [b""]

    pages = Pages(page, pool=None)
    assert faults_of(lambda: pages.answer({})) < CALLS
