"""The cast: one colleague of each role, and mallory, whom nobody knows."""

from __future__ import annotations

import gc
import os
from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.test import Client
    from pytest_django import DjangoDbBlocker
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from team.models import User
    from tests.gallery import Gallery


# So long that they begin first: one that began last would run alone, and a core would be idle.
LONG = (
    "tests/bench/test_bench.py::test_it_measures",
    "tests/inbox/test_rereading_pace.py::test_hundreds",
    "tests/inbox/test_rereading_pace.py::test_a_discourse_forum",
    "tests/inbox/test_rereading.py::test_a_word_deleted_in_one_of_200",
    "tests/start/test_workers.py",
    "tests/start/test_hanging.py",
)

# Three workers on two cores: the one with the browsers takes the longest and often waits, so it
# goes first, and the others take what it leaves. It is gw0: OneVar gives it the largest group.
if os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0":
    os.nice(5)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """One worker takes the browser tests, which share a hub, one the starts, which share a var/,
    and the first visit to an empty hub; all take the rest, one by one, those of LONG first.

    xdist's own groups do nothing with pytest 9.2, which keeps a test's name elsewhere.
    """
    from xdist.scheduler import LoadScopeScheduling

    class OneVar(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if nodeid.startswith(("tests/start/test_up.py", "tests/browser/test_first_run.py")):
                return "starts"
            return "browser" if nodeid.startswith("tests/browser/") else nodeid

        def schedule(self) -> None:
            """The workers in the order of their names, and not in that in which they were ready."""
            nodes = sorted(self.assigned_work.items(), key=lambda one: one[0].gateway.id)
            self.assigned_work = dict(nodes)
            super().schedule()

    return OneVar(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """xdist takes the largest groups first, and groups of one size in this order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish() -> None:
    """What is there by now stays, so the collector of garbage need not look at it: looking as often
    as usual was a sixth of the time of all tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


# Of this run alone: on a server that is there for longer, migrations may change between two runs.
TEMPLATE = os.environ.setdefault("HUB_TEST_TEMPLATE", f"template_{uuid4().hex}")
IS_ONE_OF_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Where several processes each make a database, they copy one that is migrated once."""
    if IS_ONE_OF_SEVERAL:
        from django.db import connections

        from tests.template_database import migrated

        with django_db_blocker.unblock():
            connections["default"].settings_dict["TEST"]["TEMPLATE"] = migrated(TEMPLATE)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """By the process that started the others, once they have ended."""
    if not IS_ONE_OF_SEVERAL and config.getoption("numprocesses", None):
        from tests.template_database import drop

        drop(TEMPLATE)


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """That a password takes long to hash is Django's to test, and takes long."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


OFTEN_ENOUGH = 5  # times a kept statement is compared with one that is compiled anew
_compared: Counter[Any] = Counter()


def closed_over(build: Any) -> str:
    """What a function takes from around it, also through functions it closes over."""
    cells = [cell.cell_contents for cell in build.__closure__ or ()]
    inner = [closed_over(each) for each in cells if hasattr(each, "__code__")]
    return repr([each for each in cells if not hasattr(each, "__code__")] + inner)


@pytest.fixture(autouse=True)
def kept_sql_is_what_would_be_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement that a page uses again is compiled anew and compared: its key names all that
    decides what it is. Whatever `build` closes over could decide it too, so each is compared with
    each of those, OFTEN_ENOUGH times a process: compiling all of them was a third of a page's time.
    """
    from community_hub.lib import compiled_sql

    kept = compiled_sql.statement

    def compared(key: Any, build: Any, values: Any) -> compiled_sql.Statement:
        found = kept(key, build, values)
        case = (key, build.__code__, closed_over(build))
        if _compared[case] < OFTEN_ENOUGH:
            anew = compiled_sql.compiled(build, values)
            assert (found.sql, found.params) == (anew.sql, anew.params), key
            _compared[case] += 1
        return found

    monkeypatch.setattr(compiled_sql, "statement", compared)


@pytest.fixture
def gallery(db: None, settings: Any, tmp_path: Path) -> Iterator[Gallery]:
    """A server with pictures that the hub may ask, and a folder of its own for what is kept."""
    from tests.gallery import Gallery

    gallery = Gallery()
    settings.VAR_DIR = tmp_path
    with gallery.server:
        settings.HTTP_ALLOWED_ORIGINS = [gallery.server.url]
        yield gallery


@pytest.fixture
def alice(db: None) -> User:
    return colleague("admin", "Alice Andersen")


@pytest.fixture
def lena(db: None) -> User:
    return colleague("lead", "Lena Lindqvist")


@pytest.fixture
def bob(db: None) -> User:
    return colleague("manager", "Bob Baker")


@pytest.fixture
def carol(db: None) -> User:
    return colleague("contributor", "Carol Castillo")


@pytest.fixture
def olga(db: None) -> User:
    return colleague("observer", "Olga Orlova")


@pytest.fixture
def mallory(db: None) -> Client:
    """A browser without a session."""
    from django.test import Client

    return Client()


def colleague(role: str, name: str) -> User:
    from tests.make import make_user

    return make_user(role, name=name, email=f"{name.split()[0].lower()}@team.example")
