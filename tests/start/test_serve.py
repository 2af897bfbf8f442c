"""The sockets that browsers connect to, and what is loaded before the workers are forked."""

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

from community_hub.runtime.serve import listen
from tests.start.running import free_port

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from community_hub.runtime import serve
serve.load("127.0.0.1", 1)
from django.template.loader import get_template
from django.template.loaders import filesystem
filesystem.Loader.get_contents = None  # whoever reads a file from now on fails
for name in sys.argv[1:]:
    get_template(name, using="django")
print("inbox.connectors.mastodon.connector" in sys.modules, "jinja2" in sys.modules)
"""


def test_every_template_is_compiled_before_the_fork() -> None:
    """Not with each worker's first page: then each keeps its own."""
    folder = ROOT / "templates"
    names = [str(path.relative_to(folder)) for path in folder.rglob("*.html")]
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "community_hub.settings"},
    ).stdout
    assert said.split() == ["True", "True"]


def test_each_worker_listens_on_a_socket_of_its_own() -> None:
    port = free_port()
    with listen("127.0.0.1", port) as one, listen("127.0.0.1", port) as other:
        assert one.fileno() != other.fileno()
        callers = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
        for listener in (one, other):
            listener.settimeout(5)
            listener.accept()[0].close()  # the kernel gave each of them some
        for caller in callers:
            caller.close()


def test_the_body_does_not_wait_for_the_browser_to_acknowledge_the_head() -> None:
    async def no_delay() -> int:
        heard: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            link = writer.get_extra_info("socket")
            heard.set_result(link.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        port = free_port()
        server = await asyncio.start_server(connected, sock=listen("127.0.0.1", port))
        async with server:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            said = await asyncio.wait_for(heard, 5)
            writer.close()
        return said

    assert asyncio.run(no_delay()) == 1
