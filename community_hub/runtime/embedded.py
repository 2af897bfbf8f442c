"""PostgreSQL and Redis of our own, in var/, where no URL names others.

`ensure()` is called before Django loads. It starts the two servers, or joins those another command
of the same hub has started, and fills in the environment that settings.py reads.

Who stops them: each command holds a shared lock on `users.lock`. The kernel lets go of it when
the command ends, however it ends. The supervisor (supervisor.py), a process of its own that a
Ctrl-C in the terminal does not reach, starts a server again that ends, and stops both when nobody
holds the lock any more.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 60
SOCKET_PATH_LIMIT = 100  # the kernel allows 107 bytes; PostgreSQL appends ".s.PGSQL.5432.lock"
DATABASE = USER = "hub"
held: list[int] = []  # descriptors of users.lock, kept open for as long as this process lives


@dataclass(frozen=True)
class Var:
    """The places below var/."""

    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def redis(self) -> Path:
        return self.root / "redis"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def mail(self) -> Path:
        return self.root / "mail"

    @property
    def running(self) -> Path:
        """Where `up` writes its address, as JSON; it holds up.lock beside it as long as it runs."""
        return self.run / "up.json"

    @property
    def sockets(self) -> Path:
        """Where the sockets are: below var/, or in a short folder where var/ lies too deep."""
        inside = self.run / "pg"
        if len(os.fsencode(inside)) + len("/.s.PGSQL.5432.lock") <= SOCKET_PATH_LIMIT:
            return self.run
        mark = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path("/tmp") / f"community-hub-{os.geteuid()}-{mark}"  # noqa: S108 - made 0711 and ours

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / "pg"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def database_url(self) -> str:
        return f"postgres://{USER}@/{DATABASE}?host={quote(str(self.postgres_socket))}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.redis_socket))}?db=0"


def var_folder() -> Path:
    given = os.environ.get("HUB_VAR")
    return Path(given).absolute() if given else Path(__file__).resolve().parents[2] / "var"


def ensure(root: Path | None = None, *, throwaway: bool = False) -> None:
    """Fill in DATABASE_URL, REDIS_URL, SECRET_KEY and CREDENTIAL_KEYS where they are not given.

    throwaway: for tests; fast, unsafe when the machine crashes, and deleted with all of var/ when
    the last user is gone. Raises SystemExit with a sentence when a server cannot be started.
    """
    var = Var(root or var_folder())
    needs = [
        name
        for name, variable in (("postgres", "DATABASE_URL"), ("redis", "REDIS_URL"))
        if not os.environ.get(variable)
    ]
    lacks_secrets = not (os.environ.get("SECRET_KEY") and os.environ.get("CREDENTIAL_KEYS"))
    if needs or lacks_secrets:
        make_folders(var)
        os.environ.setdefault("HUB_VAR", str(var.root))
    if lacks_secrets:
        for name, value in read_secrets(var.root / "secrets").items():
            os.environ.setdefault(name, value)
    if needs:
        join(var, needs, throwaway=throwaway)
        os.environ["HUB_EMBEDDED"] = ",".join(needs)
    os.environ.setdefault("DATABASE_URL", var.database_url)
    os.environ.setdefault("REDIS_URL", var.redis_url)


def running_at(var: Var) -> str:
    """The address of the hub that `up` runs here; "" where none does, or it has not started yet."""
    if not var.running.exists() or not is_locked(var.run / "up.lock"):
        return ""
    with suppress(OSError, ValueError):
        return str(json.loads(var.running.read_text()))
    return ""


def take_address() -> None:
    """Fill in HUB_URL where it is not given, for commands that print links into a running hub."""
    if "HUB_URL" not in os.environ and (url := running_at(Var(var_folder()))):
        os.environ["HUB_URL"] = url


def make_folders(var: Var) -> None:
    # PostgreSQL refuses to run as root: its own user must be able to walk through, not to look.
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for folder in (var.root, var.run):
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    var.root.chmod(mode)
    for folder in (var.log, var.mail):  # sign-in links and addresses stand in both
        make_private(folder)


def make_private(folder: Path) -> None:
    """Only whoever runs the hub may look inside, also into what an earlier version left there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    for file in folder.iterdir():
        if file.is_file() and not file.is_symlink():
            file.chmod(0o600)


def read_secrets(path: Path) -> dict[str, str]:
    """The hub's secrets, made once. Losing them signs everybody out and makes the stored
    credentials unreadable: back the file up with the database."""
    with locked(path.parent / "run" / "secrets.lock"):
        if not path.exists():
            made = {
                "SECRET_KEY": secrets.token_urlsafe(50),
                "CREDENTIAL_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            }
            draft = path.with_suffix(".new")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.writelines(f"{name}={value}\n" for name, value in made.items())
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def join(var: Var, needs: list[str], *, throwaway: bool) -> None:
    """Hold the users' lock, and start the supervisor unless one is at work."""
    users = os.open(var.run / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_SH)  # waits while a supervisor that is leaving stops its servers
    held.append(users)
    with locked(var.run / "start.lock"):
        running = servers_at_work(var)
        if running is None:
            start_supervisor(var, needs, throwaway=throwaway)
            running = servers_at_work(var) or []
    if missing := set(needs) - set(running):
        raise SystemExit(
            f"The hub in {var.root} runs with another server for {' and '.join(sorted(missing))}. "
            "Stop it first, or set the same DATABASE_URL and REDIS_URL here."
        )


def servers_at_work(var: Var) -> list[str] | None:
    """What the supervisor runs; None without one. Waits for one that is about to leave, and for a
    server that is being started again."""
    ready = var.run / "ready.json"
    while is_locked(var.run / "keeper.lock"):
        if ready.exists():
            servers: list[str] = json.loads(ready.read_text())["servers"]
            return servers
        time.sleep(0.05)
    ready.unlink(missing_ok=True)
    return None


def mend(var: Var) -> bool:
    """Start the supervisor again, and with it the servers, where it has ended; whether that was
    needed."""
    needs = [name for name in os.environ.get("HUB_EMBEDDED", "").split(",") if name]
    if not needs or is_locked(var.run / "keeper.lock"):
        return False
    with locked(var.run / "start.lock"):
        if servers_at_work(var) is None:  # another command of this hub may have been faster
            start_supervisor(var, needs, throwaway=False)
    return True


def starts(var: Var) -> dict[str, int]:
    """How often the present supervisor started each server; empty while one does not answer."""
    try:
        found: dict[str, int] = json.loads((var.run / "ready.json").read_bytes())["starts"]
    except (OSError, ValueError):
        return {}
    return found


def start_supervisor(var: Var, needs: list[str], *, throwaway: bool) -> None:
    log = var.log / "supervisor.log"
    command = [sys.executable, "-m", "community_hub.runtime.supervisor", str(var.root), *needs]
    if throwaway:
        command.append("--throwaway")
    with log.open("w+b") as output:
        supervisor = subprocess.Popen(  # noqa: S603 - our own module
            command,
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in our terminal is not for the servers
        )
        until = time.monotonic() + START_SECONDS
        while not (var.run / "ready.json").exists():
            if supervisor.poll() is not None or time.monotonic() > until:
                output.seek(0)  # the file may be gone by now: a throwaway hub clears up
                raise SystemExit(
                    "The embedded servers did not start. What they said:\n"
                    f"{output.read().decode(errors='replace')[-3000:]}\n"
                    "Or name your own: DATABASE_URL=postgres://... REDIS_URL=redis://..."
                )
            time.sleep(0.02)
    atexit.register(supervisor.poll)  # collects it when it ends before us


def leave(var: Var, *, wait: float = 15.0) -> None:
    """Stop using the servers now; when nobody else does, wait until they are down."""
    while held:
        os.close(held.pop())
    users = os.open(var.run / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    begun = time.monotonic()
    try:
        while is_locked(var.run / "keeper.lock") and time.monotonic() < begun + wait:
            time.sleep(0.1)
            if time.monotonic() > begun + 1 and shared(users):
                return  # the supervisor did not take the lock, so others use the servers
    finally:
        os.close(users)


def shared(descriptor: int) -> bool:
    """Whether the lock can be had beside others; it is given back at once."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_locked(path: Path) -> bool:
    """Asked with a shared lock, so that two who ask do not take each other for the holder."""
    with path.open("a") as file:
        return not shared(file.fileno())


def throwaway_var() -> Path:
    """A folder for one test run; the supervisor deletes it."""
    return Path(tempfile.mkdtemp(prefix="hub-test-"))
