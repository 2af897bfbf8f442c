"""`manage.py bench` measures each thing that it promises, on a small community."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from community_hub.bench.figures import Figure, Machine, middle_and_high
from community_hub.bench.served import environment
from community_hub.management.commands.bench import OVERRIDDEN

ROOT = Path(__file__).resolve().parents[2]


def bench(static: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`static`: where it collects files. In our var/, each client of every later test would look
    at all of them."""
    command = [sys.executable, "manage.py", "bench", "--messages", "4000", "--incoming", "200"]
    command += ["--members", "3000"]
    # not the plugin's way of testing, but the hub's own settings
    environment = {k: v for k, v in os.environ.items() if k not in ("HUB_TEST",)}
    static.mkdir()
    environment["STATIC_ROOT"] = str(static)
    return subprocess.run(
        [*command, "--rounds", "2", *options], cwd=ROOT, env=environment, text=True,
        capture_output=True, check=False, timeout=1200,
    )  # fmt: skip


def test_it_measures_all_it_promises_and_writes_it_as_json(tmp_path) -> None:
    file = tmp_path / "bench.json"
    done = bench(tmp_path / "static", "--http", "--seconds", "1", "--json", str(file))
    assert done.returncode == 0, done.stderr
    found = {row["name"]: row for row in json.loads(file.read_text())}
    for row in found.values():
        assert set(row) == {"name", "value", "unit", "budget", "ok"}
        assert row["value"] > 0
    for page in ("list: needs reply", "conversation of 20, a click", "conversation of 20, a page",
                 "member page"):  # fmt: skip
        assert found[f"{page}, p50"]["budget"] > 0
        for clients in (1, 8):
            assert found[f"http, {clients} at once, {page}, rate"]["unit"] == "requests/s"
    for page in ("member of 5,000 activities", "member of 5,000, filtered"):
        assert found[f"{page}, p95"]["budget"] > 0
        assert found[f"{page}, queries"]["ok"]
    for name in ("yardstick", "select 1, there and back", "ingest", "COPY of the same rows",
                 "ingest, of that COPY", "ingest, with the search indexes to without",
                 "http, memory of the web processes"):  # fmt: skip
        assert name in found
    for reader in ("admin", "manager"):
        for whose in ("mine", "the team's"):
            assert found[f"today ({reader}), {whose}, p95"]["budget"] > 0
        for page in ("by name", "by -seen, from the middle", "a common beginning", "tag"):
            assert found[f"members ({reader}), {page}, p95"]["budget"] > 0
        assert [name for name in found if name.startswith(f"count of a view ({reader}), p95 of")]
    for name in ("a rare word", "a word in 30 %, best", "with from:", "a word of long ago"):
        assert found[f"search, {name}, p95"]["budget"] > 0
    for name in ("similar messages", "a rare word", "a word in 30 %"):
        assert found[f"past answers, {name}, p95"]["budget"] > 0
    for name in ("held by one", "quiet", "known by me"):
        assert found[f"members (manager), {name}, p95"]["budget"] > 0
    for name in ("nightly pass of bonds and rhythms", "check of other milestones",
                 "ingest, with stages to without"):  # fmt: skip
        assert found[name]["budget"] > 0
    for page in ("event of 5,000", "check-in list of 5,000", "calendar of 500 events"):
        assert found[f"{page}, p95"]["budget"] > 0
        assert found[f"{page}, queries"]["ok"]
    for name in ("http, 8 at once, RSVP confirmed, p95", "5,000 invitations queued",
                 "import of a calendar of 1,000 events",
                 "http, 8 at once, public event, rate"):  # fmt: skip
        assert found[name]["budget"] > 0
    assert found["suggestions, a member, p95"]["unit"] == "ms"
    assert found["tags of 1,000 members at once"]["unit"] == "s"
    (bulk,) = [name for name in found if name.startswith("done on")]
    assert int(bulk.split()[2].replace(",", "")) > 400  # one conversation in 40 is open at first
    assert "yardstick" in done.stdout


def test_a_part_that_there_is_not_is_refused_before_anything_is_filled_in() -> None:
    with pytest.raises(CommandError, match=r"--only takes events, http, ingest, .*, not pagse"):
        call_command("bench", "--only", "today,pagse")


def test_a_budget_of_pythons_time_is_stretched_by_the_yardstick() -> None:
    assert Machine(yardstick=1.6, round_trip=0.1).scale == 2
    assert Machine(yardstick=0.8, round_trip=0.1).scale == 1


def test_a_figure_is_ok_on_the_right_side_of_its_budget() -> None:
    assert Figure("page", 24.9, "ms", 25).ok
    assert not Figure("page", 25.1, "ms", 25).ok
    assert Figure("rate", 101, "requests/s", 100, at_least=True).ok
    assert not Figure("rate", 99, "requests/s", 100, at_least=True).ok
    assert Figure("size", 10**9, "bytes").ok
    assert Figure("page", 1 / 3, "ms", 25).as_json() == {
        "name": "page", "value": 0.333, "unit": "ms", "budget": 25, "ok": True,
    }  # fmt: skip


def test_the_middle_and_the_95th_of_a_hundred() -> None:
    p50, p95 = middle_and_high(range(1, 101))
    assert (p50, round(p95)) == (50.5, 96)


def test_what_is_measured_runs_as_it_does_for_its_users(monkeypatch) -> None:
    """With DEBUG, Django logs each query, and the hub prepares none."""
    monkeypatch.setenv("DEBUG", "1")
    assert environment(8000)["DEBUG"] == "0"
    with override_settings(DEBUG=True), override_settings(**OVERRIDDEN):
        assert not connection.queries_logged
