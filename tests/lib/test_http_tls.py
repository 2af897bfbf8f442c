"""The connection goes to a checked address, and the certificate is still checked by name."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from community_hub.lib import addresses, http
from community_hub.lib.http import guarded_client
from community_hub.lib.http_session import guarded_session
from inbox.connectors.base import Transient
from inbox.connectors.errors import translate

NAMED = "named.example"


def write_certificate(path: Path) -> None:
    """A key and a certificate for NAMED alone, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAMED)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAMED)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A TLS server that every name leads to, its certificate trusted."""
    pem = tmp_path / "both.pem"
    write_certificate(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = HTTPServer(("127.0.0.1", 0), Hello)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()

    def look_up(host: str, port: int, *args: object, **kwargs: object) -> list[tuple]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(addresses, "is_public", lambda address: ipaddress.ip_address(address))
    monkeypatch.setattr(http, "tls", lambda: ssl.create_default_context(cafile=str(pem)))
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("connect", [guarded_client, guarded_session])
def test_certificate_of_the_name_is_accepted(port: int, connect) -> None:
    assert connect().get(f"https://{NAMED}:{port}/").text == "{}"


@pytest.mark.parametrize("connect", [guarded_client, guarded_session])
def test_certificate_of_another_name_is_refused(port: int, connect) -> None:
    with pytest.raises((httpx.HTTPError, requests.RequestException)) as caught:
        connect().get(f"https://other.example:{port}/")
    error = translate(caught.value, "other.example")
    assert isinstance(error, Transient)
    assert "certificate" in str(error)


@pytest.mark.parametrize("connect", [guarded_client, guarded_session])
def test_certificate_that_nobody_vouches_for_is_refused(port: int, connect, monkeypatch) -> None:
    monkeypatch.setattr(http, "tls", httpx.create_ssl_context)
    with pytest.raises((httpx.HTTPError, requests.RequestException)) as caught:
        connect().get(f"https://{NAMED}:{port}/")
    assert "certificate" in str(translate(caught.value, NAMED))
