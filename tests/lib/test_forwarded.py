"""Nobody tells the hub where a request comes from but the proxy that was named."""

import pytest

from community_hub.lib.forwarded import filter_from_environment

HEADERS = [
    (b"host", b"hub.example"),
    (b"x-forwarded-for", b"192.0.2.1"),
    (b"x-forwarded-proto", b"https"),
    (b"forwarded", b"for=192.0.2.1"),
]


def names(client: str | None) -> list[bytes]:
    scope = {"headers": HEADERS, "client": (client, 1234) if client else None}
    return [name for name, _value in filter_from_environment()(scope)["headers"]]


def test_without_a_proxy_nobody_is_believed(monkeypatch):
    monkeypatch.delenv("BEHIND_PROXY", raising=False)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert names("127.0.0.1") == [b"host"]


@pytest.mark.parametrize(
    ("allowed", "client", "believed"),
    [
        ("", "127.0.0.1", True),
        ("", "10.0.0.7", False),
        ("10.0.0.0/8, 192.0.2.7", "10.0.0.7", True),
        ("10.0.0.0/8, 192.0.2.7", "192.0.2.7", True),
        ("10.0.0.0/8, 192.0.2.7", "127.0.0.1", False),
        ("10.0.0.0/8", "::1", False),
        ("10.0.0.0/8", None, False),
        ("10.0.0.0/8", "not an address", False),
        ("*", "203.0.113.9", True),
    ],
)
def test_behind_a_proxy_only_the_named_are_believed(monkeypatch, allowed, client, believed):
    monkeypatch.setenv("BEHIND_PROXY", "1")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", allowed)
    assert (len(names(client)) == len(HEADERS)) is believed


def test_what_is_no_address_stops_the_start(monkeypatch):
    monkeypatch.setenv("BEHIND_PROXY", "1")
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "proxy.internal")
    with pytest.raises(ValueError, match=r"proxy\.internal"):
        filter_from_environment()
