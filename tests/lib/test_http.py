"""Guarded HTTP, by both of its clients: httpx and requests."""

import gzip
import resource
import socket
import time
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest
import requests

from community_hub.lib import addresses, http
from community_hub.lib.addresses import BlockedAddress, is_public
from community_hub.lib.http import UnsafeRedirect, guarded_client
from community_hub.lib.http_body import CappedStream, TooLarge
from community_hub.lib.http_session import guarded_session
from inbox.connectors.local_server import Answer, LocalServer, ReceivedRequest

SECRETS = {"Authorization": "Bearer s3cret", "Api-Key": "s3cret", "Cookie": "id=s3cret"}


@pytest.fixture(params=["httpx", "requests"])
def connect(request: pytest.FixtureRequest) -> Callable[..., httpx.Client | requests.Session]:
    return guarded_client if request.param == "httpx" else guarded_session


@pytest.fixture
def allow(settings) -> Callable[..., None]:
    def allow(*servers: LocalServer) -> None:
        settings.HTTP_ALLOWED_ORIGINS = [server.url for server in servers]

    return allow


def hello(asked: ReceivedRequest) -> Answer:
    return Answer({"hello": asked.path})


def caused(info: pytest.ExceptionInfo[BaseException], kind: type[BaseException]) -> bool:
    error: BaseException | None = info.value
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2002:a00:1::",
    "2001:0:1::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_address_inside_a_private_network_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_address_on_the_internet_is_let_through(address: str) -> None:
    assert is_public(address)


def test_private_address_is_never_asked(connect) -> None:
    with LocalServer(hello) as server:
        with pytest.raises((httpx.HTTPError, requests.RequestException)) as info:
            connect().get(server.url)
        assert caused(info, BlockedAddress)
        assert server.asked == []


def test_allowed_origin_is_exact_in_scheme_host_and_port(connect, settings) -> None:
    with LocalServer(hello) as server:
        for near in (f"https://127.0.0.1:{server.port}", f"http://127.0.0.1:{server.port - 1}"):
            settings.HTTP_ALLOWED_ORIGINS = [near]
            with pytest.raises((httpx.HTTPError, requests.RequestException)) as info:
                connect().get(server.url)
            assert caused(info, BlockedAddress)
        settings.HTTP_ALLOWED_ORIGINS = [server.url + "/"]
        assert connect().get(server.url + "/x").json() == {"hello": "/x"}


def test_name_is_looked_up_once_and_its_checked_address_is_connected(connect, monkeypatch) -> None:
    """A second look-up could give another address: DNS rebinding."""
    names: list[str] = []

    def look_up(host: str, port: int, *args: object, **kwargs: object) -> list[tuple]:
        if host == "rebinding.example":
            names.append(host)
            host = "127.0.0.1" if len(names) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]

    with LocalServer(hello) as server:
        monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.1")
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        url = f"http://rebinding.example:{server.port}/"
        assert connect().get(url).status_code == 200
        assert names == ["rebinding.example"]
        with pytest.raises((httpx.HTTPError, requests.RequestException)) as info:
            connect().get(url)
        assert caused(info, BlockedAddress)
        assert [request.headers["host"] for request in server.asked] == [url[7:-1]]


def test_redirect_into_a_private_network_is_refused(connect, allow) -> None:
    with LocalServer(hello) as inside:
        bounce = lambda asked: Answer(status=302, headers={"Location": inside.url})  # noqa: E731 - one line reads best
        with LocalServer(bounce) as outside:
            allow(outside)
            with pytest.raises((httpx.HTTPError, requests.RequestException)) as info:
                connect().get(outside.url)
            assert caused(info, BlockedAddress)
        assert inside.asked == []


def test_credentials_stay_at_their_origin_when_redirected(connect, allow) -> None:
    with LocalServer(hello) as other:

        def bounce(asked: ReceivedRequest) -> Answer:
            target = "/here" if asked.path == "/" else other.url + "/there"
            return Answer(status=302, headers={"Location": target})

        with LocalServer(bounce) as first:
            allow(first, other)
            client = connect()
            client.headers.update(SECRETS)
            assert client.get(first.url + "/").json() == {"hello": "/there"}
            assert [asked.headers["api-key"] for asked in first.asked] == ["s3cret"] * 2
            assert "s3cret" not in str(other.asked[0].headers)


def test_redirects_in_circles_end(connect, allow) -> None:
    with LocalServer(lambda asked: Answer(status=302, headers={"Location": "/"})) as server:
        allow(server)
        with pytest.raises((httpx.TooManyRedirects, requests.TooManyRedirects)):
            connect().get(server.url + "/")
        assert len(server.asked) == http.MAX_REDIRECTS + 1


def test_request_that_writes_is_never_redirected(connect, allow) -> None:
    with LocalServer(lambda asked: Answer(status=307, headers={"Location": "/b"})) as server:
        allow(server)
        with pytest.raises(UnsafeRedirect):
            connect().post(server.url, data={"status": "hello"})
        assert len(server.asked) == 1


def flood(asked: ReceivedRequest) -> Answer:
    return Answer(b"x" * 1_000_000 for _ in range(200))


def bomb(asked: ReceivedRequest) -> Answer:
    squeeze = zlib.compressobj(level=1, wbits=zlib.MAX_WBITS | 16)
    packed = b"".join(squeeze.compress(bytes(1_000_000)) for _ in range(200)) + squeeze.flush()
    return Answer(packed, headers={"Content-Encoding": "gzip"})


@pytest.mark.parametrize("answer", [flood, bomb])
def test_huge_body_is_given_up_before_it_fills_memory(connect, allow, answer) -> None:
    with LocalServer(answer) as server:
        allow(server)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        with pytest.raises((httpx.HTTPError, requests.RequestException)) as info:
            connect(max_bytes=5_000_000).get(server.url)
        assert caused(info, TooLarge)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert grown < 60_000  # kB


def test_announced_length_over_the_cap_is_not_read(connect, allow) -> None:
    with LocalServer(lambda asked: Answer(bytes(3_000_000))) as server:
        allow(server)
        with pytest.raises((httpx.HTTPError, requests.RequestException)) as info:
            connect(max_bytes=1_000_000).get(server.url)
        assert caused(info, TooLarge)


def test_packed_body_arrives_unpacked(connect, allow) -> None:
    packed: Iterator[bytes] = iter([gzip.compress(b"one ") + gzip.compress(b"two")])
    answer = Answer(next(packed), headers={"Content-Encoding": "gzip"})
    with LocalServer(lambda asked: answer) as server:
        allow(server)
        assert connect().get(server.url).text == "one two"
        assert server.asked[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("url", ["ftp://example.org/x", "file:///etc/passwd", "http://"])
def test_only_web_addresses_are_reached(connect, url: str) -> None:
    with pytest.raises((httpx.HTTPError, requests.RequestException, ValueError)):
        connect().get(url)


def members(*texts: bytes) -> bytes:
    return b"".join(gzip.compress(text) for text in texts)


@pytest.mark.parametrize("cut", [0, 1, 2, 5])
def test_a_body_of_several_gzip_members_is_read_whole_wherever_it_is_cut(cut) -> None:
    first, second = gzip.compress(b"one, "), gzip.compress(b"two")
    packed = first + second
    at = len(first) + cut
    assert unpacked([packed[:at], packed[at:]]) == b"one, two"
    assert unpacked([packed[n : n + 1] for n in range(len(packed))]) == b"one, two"
    assert unpacked([packed + b"\0" * 300]) == b"one, two"


def test_a_gzip_body_that_was_cut_off_is_an_error_and_never_half_a_page() -> None:
    packed = members(b"one, " * 1000, b"two" * 1000)
    for kept in (packed[:-1], packed[:-30], packed[: len(gzip.compress(b"one, " * 1000)) + 5]):
        with pytest.raises(httpx.DecodingError):
            unpacked([kept])


def unpacked(chunks: list[bytes]) -> bytes:
    class Pieces(httpx.SyncByteStream):
        def __iter__(self):
            return iter(chunks)

    request = httpx.Request("GET", "http://forum.example")
    response = httpx.Response(200, stream=Pieces())
    ends = time.monotonic() + 10
    return b"".join(CappedStream(request, response, "gzip", 10_000_000, ends))
