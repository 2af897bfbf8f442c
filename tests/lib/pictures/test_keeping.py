"""From an address to a file on disk: what is fetched, what is refused, and for how long."""

import os
import time
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from community_hub.lib.pictures import fetching, keeping, store
from community_hub.lib.pictures.failures import Refused
from community_hub.lib.pictures.keeping import State, Use, Wanted, look_up, obtain
from inbox.connectors.local_server import Answer, LocalServer

from . import samples


def test_a_picture_is_asked_for_once_then_kept(gallery):
    wanted = Wanted("message-1", gallery.url())
    assert look_up(wanted) == (State.MISSING, b"")
    assert look_up(wanted) == (State.COMING, b"")
    assert obtain(wanted)
    state, data = look_up(wanted)
    assert state == State.HERE
    assert data[8:12] == b"WEBP"
    assert obtain(wanted)
    assert len(gallery.server.asked) == 1


def test_the_other_server_learns_nothing_of_who_looks(gallery):
    obtain(Wanted("message-1", gallery.url()))
    headers = gallery.server.asked[0].headers
    assert headers.keys().isdisjoint({"cookie", "referer", "authorization"})


def test_the_large_version_is_the_same_where_there_is_none(gallery):
    gallery.answers["/large.png"] = Answer(samples.picture(size=(2000, 1000)))
    small, large = (
        Wanted("message-1", gallery.url()),
        Wanted("message-1", gallery.url("/large.png")),
    )
    for wanted in (small, large):
        obtain(wanted)
    assert look_up(small) == look_up(small, large=True)
    assert look_up(large) != look_up(large, large=True)


def test_the_same_picture_is_fetched_for_each_message(gallery):
    """Else a quick answer would tell that it stands in another one, which may be secret."""
    for owner in ("message-1", "message-2"):
        obtain(Wanted(owner, gallery.url()))
    assert len(gallery.server.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(samples.SVG, headers={"Content-Type": "image/png"}),
        Answer(samples.PAGE, headers={"Content-Type": "image/png"}),
        Answer(samples.bomb()),
        Answer(samples.picture(size=(40_000, 2))),
        Answer(samples.picture(size=(300, 300))[:-300]),
        Answer(b"", 404),
        Answer(b"", 403),
        Answer(b"", 200),
        Answer(bytes(1_000_000) for _ in range(50)),
        Answer(b"", 302, {"Location": "http://127.0.0.1:1/a.png"}),
        Answer(b"", 302, {"Location": "http://10.0.0.1/a.png"}),
        Answer(b"", 302, {"Location": "http://169.254.169.254/latest/meta-data/"}),
        Answer(b"", 302, {"Location": "file:///etc/passwd"}),
        Answer(b"", 302, {"Location": "/circle"}),
    ],
    ids=["svg", "page", "bomb", "wide", "cut off", "404", "403", "empty", "50 MB",
         "to this machine", "to a private network", "to a cloud's own", "to a file", "in circles"],
)  # fmt: skip
def test_what_is_refused_is_remembered_and_not_fetched_again(gallery, answer):
    gallery.answers |= {"/b.png": answer, "/circle": Answer(b"", 302, {"Location": "/circle"})}
    wanted = Wanted("message-1", gallery.url("/b.png"))
    begun = time.monotonic()
    assert not obtain(wanted)
    assert time.monotonic() - begun < 10
    asked = len(gallery.server.asked)
    assert look_up(wanted) == (State.REFUSED, b"")
    assert not obtain(wanted)
    assert len(gallery.server.asked) == asked
    assert store.owners() == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(b"", 404), "gone"),
        (Answer(b"", 410), "gone"),
        (Answer(b"<p>Not a picture</p>"), "no-picture"),
        (Answer(b"", 403), ""),
        (Answer(b"", 503), "unreached"),
        (Answer(b"x" * 20_000_001), "too-large"),
    ],
    ids=["404", "410", "page", "403", "503", "20 MB"],
)
def test_why_a_picture_is_not_shown_is_remembered(gallery, answer, why):
    gallery.answers["/b.png"] = answer
    wanted = Wanted("message-1", gallery.url("/b.png"))
    assert not obtain(wanted)
    assert keeping.why_not(wanted) == why


def test_a_host_that_nobody_knows_is_not_reached(gallery):
    wanted = Wanted("message-1", "https://nowhere.invalid/a.png")
    assert not obtain(wanted)
    assert keeping.why_not(wanted) == "unreached"


def test_what_was_refused_is_tried_again_later(gallery, monkeypatch):
    monkeypatch.setattr(Refused, "wait", 1)
    wanted = Wanted("message-1", gallery.url("/b.png"))
    assert not obtain(wanted)
    gallery.answers["/b.png"] = Answer(samples.picture())
    time.sleep(1.1)
    assert look_up(wanted) == (State.MISSING, b"")
    assert obtain(wanted)


@pytest.fixture
def other() -> Iterator[LocalServer]:
    with LocalServer(lambda asked: Answer(samples.picture())) as server:
        yield server


def test_a_private_address_is_never_asked(gallery, other):
    assert not obtain(Wanted("message-1", f"{other.url}/a.png"))
    assert other.asked == []


@pytest.mark.parametrize(
    "address", ["", "x", "file:///etc/passwd", "http://", "https://[x/", "http://e.example:99999/"]
)
def test_an_address_that_is_none_is_refused(gallery, address):
    assert not obtain(Wanted("message-1", address))


def dripping() -> Iterator[bytes]:
    for _ in range(200):
        time.sleep(0.05)
        yield b"x"


def test_a_server_that_drips_is_given_up_and_asked_again_sooner(gallery, monkeypatch):
    monkeypatch.setattr(fetching, "MOST_SECONDS", 0.4)
    gallery.answers["/slow.png"] = Answer(dripping())
    wanted = Wanted("message-1", gallery.url("/slow.png"))
    begun = time.monotonic()
    assert not obtain(wanted)
    assert time.monotonic() - begun < 2
    assert look_up(wanted) == (State.REFUSED, b"")


def test_a_message_full_of_slow_pictures_is_not_waited_for_again_and_again(gallery):
    gallery.answers |= {f"/{n}.png": Answer(b"", 503) for n in range(9)}
    for n in range(9):
        assert not obtain(Wanted("message-1", gallery.url(f"/{n}.png")))
    assert len(gallery.server.asked) == keeping.MOST_SLOW
    assert obtain(Wanted("message-2", gallery.url()))


def test_two_workers_do_not_fetch_one_picture_at_once(gallery):
    wanted = Wanted("message-1", gallery.url())
    cache.set(f"{wanted.key}:refused", keeping.TRIED, 60)
    assert not obtain(wanted)
    assert look_up(wanted) == (State.COMING, b"")
    assert gallery.server.asked == []


def test_files_are_for_nobody_but_the_hub(gallery, tmp_path):
    obtain(Wanted("message-1", gallery.url()))
    obtain(Wanted("identity-7", gallery.url(), Use.FACE))
    found = list((tmp_path / "pictures").rglob("*"))
    assert len([path for path in found if path.is_file()]) == 2
    for path in [tmp_path / "pictures", *found]:
        assert path.stat().st_mode & 0o077 == 0


def test_the_disk_is_bounded_and_what_was_used_last_stays(gallery, settings):
    now = time.time()
    for number in range(10):
        store.write(f"message-{number}", "aa", bytes(1000))
        age = (10 - number) * 3600
        set_times(f"message-{number}", used=now - age, made=now - age)
    set_times("message-0", used=now, made=now - 36_000)
    assert store.trim(6000) == 6
    assert sorted(store.owners()) == ["message-0", "message-7", "message-8", "message-9"]
    assert store.trim(6000) == 0


def test_a_picture_is_asked_for_anew_after_a_month(gallery):
    store.write("message-1", "aa", b"old")
    set_times("message-1", used=time.time(), made=time.time() - store.KEPT - 60)
    store.write("message-2", "aa", b"new")
    assert store.trim(1_000_000) == 1
    assert store.owners() == ["message-2"]


def test_reading_a_picture_counts_as_using_it(gallery):
    store.write("message-1", "aa", b"x")
    long_ago = time.time() - 10 * store.TOUCHED
    set_times("message-1", used=long_ago, made=long_ago)
    assert store.load("message-1", "aa") == b"x"
    state = store.path_of("message-1", "aa").stat()
    assert time.time() - state.st_atime < 60
    assert abs(state.st_mtime - long_ago) < 1


def test_a_full_disk_shows_no_picture_and_breaks_nothing(gallery, monkeypatch):
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "write", full)
    assert not obtain(Wanted("message-1", gallery.url()))


def set_times(owner: str, *, used: float, made: float) -> None:
    os.utime(store.path_of(owner, "aa"), (used, made))
