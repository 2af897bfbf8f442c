"""`manage.py up`: the whole hub in one terminal."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from community_hub.runtime import embedded
from community_hub.runtime.files import collect_static, compile_modules
from community_hub.runtime.probe import ask, ill
from community_hub.runtime.processes import (
    FEW_HEAPS,
    Program,
    often,
    open_private,
    programs,
    stop_all,
)

GREEN_SECONDS = 90
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with what was asked for
SERVER_NAMES = {"postgres": "PostgreSQL", "redis": "Redis"}
MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]


class Stop(BaseException):
    """Somebody asked us to stop. No `except Exception` on the way may swallow it."""


class Command(BaseCommand):
    help = "Start the hub: database, Redis, web, worker and beat. Ctrl-C stops it."
    requires_system_checks = []  # migrations come first

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="with a made-up community")
        parser.add_argument("--check", action="store_true", help="start, wait for green, stop")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--owner", default="", help="the owner's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        var = embedded.Var(embedded.var_folder())
        embedded.make_folders(var)
        with only_one(var), signals_stop_us():
            running: list[Program] = []
            try:
                self.run(var, options, running)
            except Stop:
                self.say("Stopping.")
            finally:
                with signals_ignored():
                    stop_all(running)
                    embedded.leave(var)

    def run(self, var: embedded.Var, options: dict[str, Any], running: list[Program]) -> None:
        demo = options["demo"] or demo_marker(var).exists()
        host, port = options["host"], self.free_port(options["host"], options["port"])
        env = environment(var, host, port, demo=demo)
        self.say("Preparing the database and the pages …")
        call_command("migrate", verbosity=0, interactive=False)
        collect_static(var)
        compile_modules()
        web, *others = programs(var.log, env, host=host, port=port)
        running += [web, *others]
        for program in running:
            for log in program.logs:
                open_private(log, truncate=True).close()
            program.start()
        hub = own_address(host, port), env["HUB_URL"]
        self.wait_for_web(web, hub)
        if options["owner"]:  # before the demo, which takes the first admin for its owner
            call_command("owner", email=options["owner"], stdout=StringIO())
        if demo:
            self.load_demo(var, env)
        self.wait_until_green(running, hub)
        var.running.write_text(json.dumps(env["HUB_URL"]))
        seconds = time.time() - psutil.Process().create_time()  # as somebody waited for it
        if options["check"]:
            self.say(f"All is well: database, Redis, worker and beat, after {seconds:.0f} s.")
            return
        settings.HUB_URL = env["HUB_URL"]  # decided just now, and the link is made in this process
        link = call_command("owner", email=options["owner"], stdout=StringIO())
        self.say(f"Ready after {seconds:.0f} s at {env['HUB_URL']} (logs: {var.log}).")
        self.say(f"Sign in, once, within 15 minutes: {link}")
        self.watch(var, running)

    def load_demo(self, var: embedded.Var, env: dict[str, str]) -> None:
        """Once, into an empty hub. A load that was cut off begins again from nothing."""
        from inbox.models import Source

        marker = demo_marker(var)
        if marker.exists() and marker.read_text() == "loading":
            if "postgres" not in os.environ.get("HUB_EMBEDDED", ""):
                raise CommandError(
                    "Loading the demo was cut off. Empty the database that DATABASE_URL names, "
                    f"remove {marker}, and start again."
                )
            call_command("flush", verbosity=0, interactive=False)
        elif Source.objects.exists():
            marker.write_text("loaded")
            return
        self.say("Loading the demo community …")
        marker.write_text("loading")
        manage("demo", env=env)
        marker.write_text("loaded")

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def free_port(self, host: str, wanted: int) -> int:
        for port in (wanted, 0):
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as attempt:
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    attempt.bind((host, port))
                except OSError as error:
                    if port == 0:
                        raise CommandError(f"Cannot listen on {host}: {error}.") from error
                    continue
                chosen: int = attempt.getsockname()[1]
            if chosen != wanted and wanted:
                self.say(f"Port {wanted} is taken, so the hub takes {chosen}.")
            return chosen
        raise AssertionError("unreachable")

    def wait_for_web(self, web: Program, hub: tuple[str, str]) -> None:
        until = time.monotonic() + GREEN_SECONDS
        while ask(*hub) is None:
            if not web.alive or time.monotonic() > until:
                raise CommandError(f"The web server did not start.\n{web.last_words()}")
            time.sleep(0.1)

    def wait_until_green(self, running: list[Program], hub: tuple[str, str]) -> None:
        until = time.monotonic() + GREEN_SECONDS
        while True:
            health = ask(*hub) or {"ok": False}
            if health["ok"]:
                return
            for program in running:
                if not program.alive:
                    raise CommandError(f"{program.name} ended.\n{program.last_words()}")
            if time.monotonic() > until:
                words = "\n".join(program.last_words() for program in running)
                raise CommandError(
                    f"Not well after {GREEN_SECONDS} s: {', '.join(ill(health, []))}.\n{words}"
                )
            time.sleep(0.2)

    def watch(self, var: embedded.Var, running: list[Program]) -> None:
        """Until somebody stops us; what falls is started again, but not for ever."""
        mended: list[float] = []
        known = embedded.starts(var)
        while True:
            time.sleep(0.5)
            if now := embedded.starts(var):
                for name in [name for name, count in now.items() if count > known.get(name, 1)]:
                    self.say(f"{SERVER_NAMES[name]} had ended; it is back (logs: {var.log}).")
                known = now
            if embedded.mend(var):
                self.say(f"The database and Redis had ended; they are back (logs: {var.log}).")
                mended.append(time.monotonic())
                if often(mended):
                    raise CommandError(f"The database or Redis keeps ending. See {var.log}.")
            for program in running:
                program.rotate_logs()
                if program.alive:
                    continue
                self.say(f"{program.name} ended; starting it again.\n{program.last_words(4)}")
                if program.keeps_falling:
                    raise CommandError(f"{program.name} keeps ending. See {program.log}.")
                program.send(signal.SIGKILL)
                program.start()


# Steps, in the order they are called ---------------------------------------------------------


@contextmanager
def only_one(var: embedded.Var) -> Iterator[None]:
    """Two beats in one hub would ring everything twice."""
    with (var.run / "up.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = embedded.running_at(var)
            raise CommandError(
                f"This hub is running already{f' at {where}' if where else ''}. For another one, "
                "set HUB_VAR to another folder; for a sign-in link, run manage.py owner."
            ) from None
        var.running.unlink(missing_ok=True)
        yield


@contextmanager
def signals_stop_us() -> Iterator[None]:
    """SIGINT too: a shell script's `&` starts us with it ignored, and Python leaves it so. A
    SIGHUP that `nohup` has us ignore stays ignored."""
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        wanted.append(signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in wanted:
            signal.signal(number, signal.SIG_IGN)  # once is enough
        raise Stop

    before = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def signals_ignored() -> Iterator[None]:
    """While we stop: a second Ctrl-C must not leave half of it running."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def environment(var: embedded.Var, host: str, port: int, *, demo: bool) -> dict[str, str]:
    """What web, worker and beat are told; what somebody set stays as it was set."""
    env = dict(os.environ)
    # Five processes that compile every import each time take three times as long to start.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    env.update({name: value for name, value in FEW_HEAPS.items() if name not in env})
    env.setdefault("HUB_URL", own_address(host, port))
    if "ALLOWED_HOSTS" not in env:
        known = {host, "127.0.0.1", "localhost", urlsplit(env["HUB_URL"]).hostname or ""}
        env["ALLOWED_HOSTS"] = "*" if host in EVERYWHERE else ",".join(sorted(known - {""}))
    if demo:
        env["HUB_DEMO"] = env["SANDBOX_ENABLED"] = "1"
        # The practice sites are read over HTTP like any platform, and they are on this machine.
        allowed = {*filter(None, env.get("HTTP_ALLOWED_ORIGINS", "").split(",")), env["HUB_URL"]}
        env["HTTP_ALLOWED_ORIGINS"] = ",".join(sorted(allowed))
    return env


def own_address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def manage(*words: str, env: dict[str, str]) -> str:
    """Another command of ours, with the address that the web server got."""
    done = subprocess.run(  # noqa: S603 - our own
        [*MANAGE, *words], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"manage.py {words[0]} failed.\n{done.stdout}{done.stderr}")
    return done.stdout.strip()


def demo_marker(var: embedded.Var) -> Path:
    return var.root / "demo"
