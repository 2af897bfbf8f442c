"""A pytest plugin: real PostgreSQL and Redis, started for this run and deleted after it.

pyproject.toml loads it with `-p`, since a conftest.py comes too late for pytest-django. Packages
that bring a connector of their own may do the same.

With DATABASE_URL and REDIS_URL set, those servers are used instead. The database is then named
test_<name>; the Redis database is emptied, so it must be a numbered one that nobody needs.
"""

import os
from urllib.parse import parse_qsl, urlsplit

import pytest

from community_hub.runtime import embedded

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1, ... or nothing


def numbered(url: str, add: int) -> str:
    """The Redis URL with `add` on top of its database number: one database a test process."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        number = int(dict(parse_qsl(parts.query)).get("db", "0")) + add
        return f"unix://{parts.path}?db={number}"
    number = int(parts.path.strip("/") or 0) + add
    if number == 0:
        pytest.exit("Tests empty their Redis database: give REDIS_URL a number, /9 for one.", 2)
    return parts._replace(path=f"/{number}").geturl()


def prepare() -> None:
    os.environ["HUB_TEST"] = "1"
    os.environ["DATABASE_CONN_MAX_AGE"] = "0"  # a server's threads must not keep the test database
    if not WORKER:  # xdist's workers inherit the environment of the process that starts them
        if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
            var = embedded.throwaway_var()
            os.environ["HUB_VAR"] = str(var)
            embedded.ensure(var, throwaway=True)
        else:
            var = embedded.var_folder()
            embedded.ensure()
        (var / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    os.environ["REDIS_URL"] = numbered(
        os.environ["REDIS_URL"], int(WORKER.removeprefix("gw") or 0) if WORKER else 0
    )


prepare()


@pytest.fixture(autouse=True)
def _empty_redis(request: pytest.FixtureRequest) -> None:
    """Each test that uses the database begins with an empty Redis: presence, caches, heartbeats."""
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        from community_hub.lib import live

        live.client().flushdb()
