"""`manage.py up` from outside: what a person with a fresh machine sees."""

import signal
import socket
import time

import httpx
import pytest

from community_hub.runtime.probe import ask
from tests.start.running import Up, a_terminal, free_port, manage, processes, wait_until_gone


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("up") / "var"


@pytest.fixture
def var(kept):
    """Of a fresh machine for the first test, whichever that is; as it was left for the others."""
    yield kept
    wait_until_gone(kept)


def test_the_link_signs_in_a_killed_web_worker_is_replaced_and_ctrl_c_stops_everything(var):
    port = free_port()
    with Up(var, "--port", str(port)) as up:
        link = up.until_it_says(r"Sign in, once, within 15 minutes: (http://\S+)").group(1)
        assert link.startswith(f"http://127.0.0.1:{port}/")
        health = httpx.get(f"http://127.0.0.1:{port}/healthz").json()
        assert health["ok"] is True, health
        assert httpx.get(link).status_code in {200, 302}
        web = next(p for p in processes(var) if "community_hub.runtime.serve" in p.cmdline())
        (worker,) = web.children()
        worker.kill()
        until = time.monotonic() + 20
        while ask(f"http://127.0.0.1:{port}", link) is None:
            assert time.monotonic() < until, "the killed web worker was not replaced"
            time.sleep(0.1)
        assert web.children() != [worker]
    assert up.process.returncode == 0
    wait_until_gone(var, 5)


def found(var, words):
    """The process with these words in its command line; it may just be naming itself anew."""
    until = time.monotonic() + 10
    while True:
        for process in processes(var):
            if words in " ".join(process.cmdline()):
                return process
        assert time.monotonic() < until, [process.cmdline() for process in processes(var)]
        time.sleep(0.1)


def until_well(url):
    until = time.monotonic() + 60
    while not (ask(url, url) or {}).get("ok"):
        assert time.monotonic() < until, ask(url, url)
        time.sleep(0.2)


def test_servers_that_are_killed_under_a_running_hub_come_back(var):
    port = free_port()
    with Up(var, "--port", str(port)) as up:
        link = up.until_it_says(r"Sign in, once, within 15 minutes: (http://\S+)").group(1)
        url = f"http://127.0.0.1:{port}"
        browser = httpx.Client(follow_redirects=True)
        browser.get(link)
        postgres, redis = found(var, "bin/postgres"), found(var, "redis-server")
        redis.kill()
        up.until_it_says("Redis had ended; it is back")
        until_well(url)
        assert browser.get(url).status_code == 200
        assert postgres.is_running()
        redis = found(var, "redis-server")
        postgres.kill()
        up.until_it_says("PostgreSQL had ended; it is back")
        until_well(url)
        assert browser.get(url).status_code == 200
        assert redis.is_running()
        found(var, "community_hub.runtime.supervisor").kill()
        up.until_it_says("The database and Redis had ended; they are back")
        until_well(url)
    assert up.process.returncode == 0


def test_ctrl_c_while_it_starts_leaves_no_traceback_and_nothing_running(tmp_path):
    var = tmp_path / "var"
    with Up(var, "--port", "0", started_by=a_terminal) as up:
        until = time.monotonic() + 30
        while not (var / "run" / "start.lock").exists():  # the servers are being started
            assert time.monotonic() < until
            time.sleep(0.01)
        up.process.send_signal(signal.SIGINT)
        assert "Traceback" not in up.rest()
    assert up.process.returncode == 130
    wait_until_gone(var)


def test_a_killed_hub_leaves_nothing_running_and_the_next_start_has_its_data(var):
    port = free_port()
    with Up(var, "--port", str(port), "--owner", "ada@example.org") as up:
        up.until_it_says("Ready after")
        assert len(processes(var)) > 5
        up.process.kill()
        up.process.wait()
        wait_until_gone(var)
    (var / "static" / "staticfiles.json").write_bytes(b"")  # torn, as by a power cut
    with Up(var, "--port", str(port)) as again:
        again.until_it_says("Ready after")
        assert httpx.get(f"http://127.0.0.1:{port}/", follow_redirects=True).status_code == 200
        with Up(var, "--check") as third:
            assert "This hub is running already at http://127.0.0.1" in third.rest()
            assert third.process.returncode == 1
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        link = manage(var, "signin_link", "ada@example.org")
        assert link.startswith(f"http://127.0.0.1:{port}/sign-in/")  # where the hub is


def test_check_starts_everything_and_stops_it_and_a_taken_port_is_no_obstacle(var):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Up(var, "--check", "--port", str(port)) as up:
            said = up.rest()
    assert f"Port {port} is taken, so the hub takes " in said
    assert "All is well" in said
    assert up.process.returncode == 0, said
