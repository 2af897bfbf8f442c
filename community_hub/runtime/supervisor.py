"""Supervises the embedded servers: starts PostgreSQL and Redis, stops them when nobody is left.

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
from pathlib import Path

from community_hub.runtime.embedded import START_SECONDS, Var
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
        bring_up(var, options.servers, running, throwaway=options.throwaway)
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


def bring_up(
    var: Var, names: list[str], running: dict[str, subprocess.Popen[bytes]], *, throwaway: bool
) -> None:
    """Start both, then wait for both."""
    start = {"postgres": start_postgres, "redis": start_redis}
    for name in names:
        running[name] = start[name](var, throwaway=throwaway)
    for name in names:
        try:
            wait_for(name, running[name], var)
        except CannotStart as error:
            if name != "redis" or not set_redis_aside(var):
                raise
            print(f"{error}\nRedis begins anew; what it had is in redis.unreadable.", flush=True)
            running[name] = start[name](var, throwaway=throwaway)
            wait_for(name, running[name], var)


def wait_for(name: str, process: subprocess.Popen[bytes], var: Var) -> None:
    answers = {"postgres": answer_postgres, "redis": answer_redis}[name]
    until = time.monotonic() + START_SECONDS - 5
    while not answers(var):
        if process.poll() is not None:
            words = last_words(var, name)
            raise CannotStart(f"{name} ended while starting ({process.returncode}).\n{words}")
        if time.monotonic() > until:
            raise CannotStart(f"{name} did not answer within {START_SECONDS - 5} seconds.")
        time.sleep(0.02)


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
                # Held until the servers are down: whoever comes next waits, then starts anew, and
                # must not read then that they are at work.
                (var.run / "ready.json").unlink(missing_ok=True)
                stop(running)
                return 0


def announce(var: Var, servers: list[str]) -> None:
    draft = var.run / "ready.new"
    draft.write_text(json.dumps({"pid": os.getpid(), "servers": servers}))
    draft.rename(var.run / "ready.json")


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


if __name__ == "__main__":
    sys.exit(main())
