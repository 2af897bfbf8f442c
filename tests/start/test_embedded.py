"""The embedded servers: joined by many, stopped by the last, and up again after a kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from community_hub.runtime import embedded, processes, supervisor
from community_hub.runtime.embedded import Var
from community_hub.runtime.servers import CannotStart
from tests.start import running

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, sys
from community_hub.runtime import embedded
embedded.ensure(throwaway="kept" not in sys.argv)
import psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
    connection.execute("create table if not exists visits (at timestamptz default now())")
    connection.execute("insert into visits default values")
    count = connection.execute("select count(*) from visits").fetchone()[0]
print(count, redis.from_url(os.environ["REDIS_URL"]).incr("visits"), flush=True)
sys.stdin.read()
"""


class Hub:
    """A command of a hub in its own var/."""

    def __init__(self, var: Path, *words: str) -> None:
        left_out = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIAL_KEYS", "HUB_EMBEDDED"}
        env = {key: value for key, value in os.environ.items() if key not in left_out}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=ROOT,
            env=env | {"HUB_VAR": str(var)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if "kept" in words else None,
            text=True,
        )

    def says(self) -> str:
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.stdin.close()
        self.process.wait(20)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


def servers(var: Path) -> list[psutil.Process]:
    mark = str(var)
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(mark in word for word in words) and "-c" not in words[1:2]:
            found.append(process)
    return found


def wait_until_gone(var: Path) -> None:
    until = time.monotonic() + 20
    while servers(var):
        assert time.monotonic() < until, servers(var)
        time.sleep(0.05)


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    wait_until_gone(folder)


def test_two_commands_share_the_servers_and_the_last_one_stops_them(var):
    first = Hub(var)
    assert first.says() == "1 1"
    second = Hub(var)
    assert second.says() == "2 2"
    first.leave()
    time.sleep(1)
    assert servers(var), "the servers stopped while a command still used them"
    second.leave()
    wait_until_gone(var)


def test_killing_the_command_stops_the_servers(var):
    hub = Hub(var)
    assert hub.says() == "1 1"
    hub.kill()
    wait_until_gone(var)


def test_killing_the_keeper_ends_the_servers_and_the_next_start_recovers(var):
    hub = Hub(var)
    assert hub.says() == "1 1"
    supervising = next(p for p in servers(var) if "community_hub.runtime.supervisor" in p.cmdline())
    supervising.kill()
    wait_until_gone(var)
    hub.kill()
    # what a killed server leaves behind, naming a process that is somebody else
    (Var(var).postgres / "postmaster.pid").write_text(f"{os.getpid()}\n{var}/postgres\n")
    again = Hub(var)
    assert again.says() == "2 1"  # the rows are there; a throwaway Redis keeps nothing
    again.leave()


def test_what_a_power_cut_tears_is_no_obstacle(var):
    hub = Hub(var)
    assert hub.says() == "1 1"
    next(p for p in servers(var) if "community_hub.runtime.supervisor" in p.cmdline()).kill()
    wait_until_gone(var)
    hub.kill()
    place = Var(var)
    (place.postgres / "postmaster.pid").write_bytes(b"\0" * 64)
    (place.postgres_socket / ".s.PGSQL.5432.lock").write_bytes(b"")
    (place.run / "ready.json").write_bytes(b"")
    (place.redis / "dump.rdb").write_bytes(b"\0" * 64)
    again = Hub(var)
    assert again.says() == "2 1"
    assert (var / "redis.unreadable" / "dump.rdb").exists()
    again.leave()


def test_a_process_that_outlived_its_server_is_ended_before_another_starts_there(var):
    hub = Hub(var, "kept")
    assert hub.says() == "1 1"
    first = next(p for p in servers(var) if p.name() == "postgres")
    outlived = next(p for p in first.children() if "checkpointer" in " ".join(p.cmdline()))
    outlived.suspend()  # so that it does not notice that the first is gone
    next(p for p in servers(var) if "community_hub.runtime.supervisor" in p.cmdline()).kill()
    first.kill()
    wait_until_gone(var)
    hub.kill()
    again = Hub(var, "kept")
    assert again.says() == "2 2"
    assert not outlived.is_running() or outlived.status() == psutil.STATUS_ZOMBIE
    again.leave()


def process_of(var: Path, program: str) -> psutil.Process:
    """The server itself, not the processes that it starts."""
    found = [p for p in running.processes(var) if p.name() == program]
    (process,) = (p for p in found if p.parent() not in found)
    return process


def until_answers(ask: Callable[[], object], seconds: float) -> object:
    """What `ask` returns once it no longer fails for want of a server."""
    until = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except (psycopg.OperationalError, redis.RedisError):
            assert time.monotonic() < until, f"no answer within {seconds} s"
            time.sleep(0.05)


def visits(var: Path) -> int:
    with psycopg.connect(Var(var).database_url) as connection:
        return connection.execute("select count(*) from visits").fetchone()[0]


def test_redis_that_is_killed_comes_back_alone(var):
    hub = Hub(var, "kept")
    assert hub.says() == "1 1"
    database, victim = process_of(var, "postgres"), process_of(var, "redis-server")
    with (
        psycopg.connect(Var(var).database_url) as connection,
        redis.from_url(Var(var).redis_url) as client,
    ):
        connection.execute("select 1")
        victim.kill()
        victim.wait(5)
        assert until_answers(lambda: client.get("visits"), 5) == b"1"
        assert process_of(var, "redis-server").pid != victim.pid
        assert process_of(var, "postgres") == database
        assert connection.execute("select count(*) from visits").fetchone() == (1,)
    hub.leave()
    wait_until_gone(var)


def test_postgresql_that_is_killed_comes_back_alone_with_what_was_committed(var):
    hub = Hub(var, "kept")
    assert hub.says() == "1 1"
    with psycopg.connect(Var(var).database_url, autocommit=True) as connection:
        connection.execute("insert into visits select from generate_series(1, 1000)")
    victim, other = process_of(var, "postgres"), process_of(var, "redis-server")
    with redis.from_url(Var(var).redis_url) as client:
        client.set("volatile", "1")
        victim.kill()
        victim.wait(5)
        assert until_answers(lambda: visits(var), 20) == 1001
        assert process_of(var, "postgres").pid != victim.pid
        assert process_of(var, "redis-server") == other
        assert client.get("volatile") == b"1"
    second = Hub(var, "kept")  # a command that comes after that joins what runs
    assert second.says() == "1002 2"
    hub.leave()
    second.leave()
    wait_until_gone(var)


def test_both_that_are_killed_at_once_come_back(var):
    hub = Hub(var, "kept")
    assert hub.says() == "1 1"
    victims = [process_of(var, program) for program in ("postgres", "redis-server")]
    for victim in victims:
        victim.kill()
    psutil.wait_procs(victims, timeout=5)
    assert until_answers(lambda: visits(var), 20) == 1
    with redis.from_url(Var(var).redis_url) as client:
        assert until_answers(lambda: client.get("visits"), 5) == b"1"
    hub.leave()
    wait_until_gone(var)


def test_a_server_that_keeps_ending_is_given_up(var):
    class Broken(supervisor.Server):
        def start(self) -> None:
            self.starts.append(time.monotonic())
            self.process = subprocess.Popen(["false"])
            self.process.wait()

    embedded.make_folders(Var(var))
    broken = Broken("postgres", Var(var))
    broken.start()
    for _ in range(processes.RESTARTS):
        supervisor.look_after(Var(var), [broken])
    with pytest.raises(CannotStart, match="postgres ended by itself"):
        supervisor.look_after(Var(var), [broken])


def test_a_start_that_was_cut_off_while_the_database_was_made_begins_it_again(var):
    (var / "postgres.new" / "base").mkdir(parents=True)
    (var / "postgres").mkdir()
    hub = Hub(var)
    assert hub.says() == "1 1"
    hub.leave()


def test_a_folder_that_is_no_database_is_left_alone_and_the_reason_is_said(var):
    (var / "postgres").mkdir(parents=True)
    (var / "postgres" / "letter.txt").write_text("mine")
    hub = Hub(var, "kept")
    said = hub.process.communicate(timeout=20)[1]
    assert hub.process.returncode == 1
    assert "has files in it, but no database" in said
    assert "Traceback" not in said
    assert (var / "postgres" / "letter.txt").read_text() == "mine"


def test_two_hubs_do_not_meet(tmp_path, var):
    here, there = Hub(var), Hub(tmp_path / "other")
    assert (here.says(), there.says()) == ("1 1", "1 1")
    there.leave()
    wait_until_gone(tmp_path / "other")
    assert servers(var)
    here.leave()


def test_a_folder_too_deep_for_sockets_works_too(tmp_path):
    deep = tmp_path / ("deep" * 25) / "var"
    hub = Hub(deep)
    assert hub.says() == "1 1"
    hub.leave()
    wait_until_gone(deep)


def test_secrets_are_made_once_and_only_we_may_read_them(var):
    hub = Hub(var)
    hub.says()
    path = var / "secrets"
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_text()
    second = Hub(var)
    second.says()
    assert path.read_text() == before
    hub.leave()
    second.leave()


def test_whoever_comes_as_the_servers_go_is_not_told_that_they_are_there(tmp_path):
    """The next command gets the lock when the supervisor drops it, and looks who is there."""
    var = Var(tmp_path / "var")
    embedded.make_folders(var)
    supervisor.announce(var, [supervisor.Server("postgres", var)])
    supervisor.keep(var, [])
    assert not (var.run / "ready.json").exists()


def test_mails_and_logs_are_for_nobody_but_whoever_runs_the_hub(tmp_path):
    var = Var(tmp_path / "var")
    for folder in (var.log, var.mail):
        folder.mkdir(parents=True)
        (folder / "old.log").write_text("a sign-in link")
        folder.chmod(0o755)
        (folder / "old.log").chmod(0o644)
    embedded.make_folders(var)
    for folder in (var.log, var.mail):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "old.log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_grew_long_is_cut_and_the_program_goes_on_writing(tmp_path, monkeypatch):
    monkeypatch.setattr(processes, "LOG_BYTES", 1000)
    program = processes.Program("web", [], tmp_path / "web.log", {})
    with processes.open_private(program.log) as output:
        output.write(b"x" * 1500 + b"newest")
        output.flush()
        program.rotate_logs()
        output.write(b"and on")
    assert program.log.read_bytes() == b"and on"
    kept = program.log.with_suffix(".before.log")
    assert kept.read_bytes().endswith(b"newest")
    assert len(kept.read_bytes()) == 1000
    assert program.log.stat().st_mode & 0o777 == kept.stat().st_mode & 0o777 == 0o600
