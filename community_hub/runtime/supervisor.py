"""Supervises the embedded servers: starts PostgreSQL and Redis, starts one again that ends, and
stops both when nobody is left.

Runs as `python -m community_hub.runtime.supervisor VAR postgres redis`, started by
embedded.ensure(). It knows no Django. When it is killed itself, the kernel ends the servers with
it (on Linux).
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from community_hub.runtime.embedded import START_SECONDS, Var
from community_hub.runtime.processes import often
from community_hub.runtime.servers import (
    STOP_SECONDS,
    CannotStart,
    answer_postgres,
    answer_redis,
    last_words,
    set_redis_aside,
    start_postgres,
    start_redis,
)

LOOK_EVERY = 0.2  # seconds
START = {"postgres": start_postgres, "redis": start_redis}
ANSWER = {"postgres": answer_postgres, "redis": answer_redis}
STOP_SIGNAL = {"postgres": signal.SIGINT, "redis": signal.SIGTERM}  # SIGINT: fast shutdown


@dataclass
class Server:
    """One embedded server. `answered`: its present process has taken a connection."""

    name: str
    var: Var
    throwaway: bool = False
    process: subprocess.Popen[bytes] | None = None
    answered: bool = False
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.starts.append(time.monotonic())
        self.answered = False
        self.process = START[self.name](self.var, throwaway=self.throwaway)

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    def wait(self) -> None:
        """Until it answers. Raises CannotStart when it ends before, or takes too long."""
        until = time.monotonic() + START_SECONDS - 5
        while not self.answers():
            if self.exit_code is not None:
                words = last_words(self.var, self.name)
                raise CannotStart(f"{self.name} ended while starting ({self.exit_code}).\n{words}")
            if time.monotonic() > until:
                raise CannotStart(f"{self.name} did not answer within {START_SECONDS - 5} seconds.")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Asked until it has answered once."""
        self.answered = self.answered or ANSWER[self.name](self.var)
        return self.answered

    def start_again(self) -> None:
        """After it ended by itself. Raises CannotStart when it keeps ending."""
        words = f"{self.name} ended by itself ({self.exit_code})"
        if often(self.starts):
            raise CannotStart(f"{words}, again and again.\n{last_words(self.var, self.name)}")
        print(f"{words}; starting it again.", flush=True)
        if not self.answered:
            self.set_aside()
        self.start()

    def set_aside(self) -> bool:
        """Put away the files that it cannot read; False where they must stay, or none are there."""
        if self.name != "redis" or not set_redis_aside(self.var):
            return False
        print("Redis begins anew; what it had is in redis.unreadable.", flush=True)
        return True


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
    servers = [Server(name, var, options.throwaway) for name in options.servers]
    try:
        make_socket_folder(var)
        bring_up(servers)
        announce(var, servers)
        keep(var, servers)
        return 0
    except CannotStart as error:
        print(error, flush=True)
        return 1
    finally:
        (var.run / "ready.json").unlink(missing_ok=True)
        stop(servers)
        if options.throwaway:
            clear_away(var)


def bring_up(servers: list[Server]) -> None:
    """Start both, then wait for both."""
    for server in servers:
        server.start()
    for server in servers:
        try:
            server.wait()
        except CannotStart as error:
            if not server.set_aside():
                raise
            print(error, flush=True)
            server.start()
            server.wait()


def keep(var: Var, servers: list[Server]) -> None:
    """Start again what ends, alone, until no command uses the servers.

    Raises CannotStart when a server keeps ending.
    """
    with (var.run / "users.lock").open("a") as users:
        while True:
            look_after(var, servers)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(LOOK_EVERY)
            else:
                # Held until the servers are down: whoever comes next waits, then starts anew, and
                # must not read then that they are at work.
                (var.run / "ready.json").unlink(missing_ok=True)
                stop(servers)
                return


def look_after(var: Var, servers: list[Server]) -> None:
    """No server waits for another one here: recovery after a crash may take minutes."""
    for server in servers:
        if server.exit_code is not None:
            (var.run / "ready.json").unlink(missing_ok=True)  # a command that joins now waits
            server.start_again()
        elif not server.answered and server.answers() and all(one.answered for one in servers):
            announce(var, servers)


def announce(var: Var, servers: list[Server]) -> None:
    """Say in ready.json who supervises, which servers answer, and how often each was started."""
    draft = var.run / "ready.new"
    starts = {server.name: len(server.starts) for server in servers}
    draft.write_text(json.dumps({"pid": os.getpid(), "servers": list(starts), "starts": starts}))
    draft.rename(var.run / "ready.json")


def stop(servers: list[Server]) -> None:
    running = [(one.name, one.process) for one in servers if one.process]
    for name, process in running:
        if process.poll() is None:
            process.send_signal(STOP_SIGNAL[name])
    for _, process in running:
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


if __name__ == "__main__":
    sys.exit(main())
