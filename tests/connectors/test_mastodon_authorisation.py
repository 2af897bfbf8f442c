"""What a Mastodon server answers on the way to an access token, and the errors it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from inbox.connectors.authorisation import challenge_of, code_in, new_verifier
from inbox.connectors.base import (
    AuthExpired,
    ConnectorError,
    Forbidden,
    Misconfigured,
    RateLimited,
    Transient,
)
from inbox.connectors.local_server import Answer
from inbox.connectors.mastodon.authorisation import MastodonAuthorisation
from tests.platforms.mastodon import TOKEN, MastodonServer
from tests.platforms.mastodon_oauth import decide

CALLBACK = "https://hub.example.org/sources/authorisation/"
sign_in = MastodonAuthorisation()


@pytest.fixture
def site(settings) -> Iterator[MastodonServer]:
    with MastodonServer() as site:
        settings.HTTP_ALLOWED_ORIGINS = [site.url]
        yield site


@pytest.fixture
def config(site: MastodonServer) -> dict[str, Any]:
    return {"instance": site.url, "hashtags": []}


def query_of(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def begin(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    application = sign_in.register(config, CALLBACK, {})
    return sign_in.begin(config, CALLBACK, "a-state", application)


def answer_from_now_on(site: MastodonServer, answer: Answer) -> None:
    site.web._answer = lambda asked: answer


def test_the_code_becomes_an_access_token_only_with_what_was_kept(config):
    address, kept = begin(config)
    query = query_of(decide(address))
    assert query["state"] == "a-state"
    with pytest.raises(AuthExpired):
        sign_in.finish(config, {**kept, "code_verifier": new_verifier()}, query)
    query = query_of(decide(address))
    keys = {name: kept[name] for name in ("client_id", "client_secret")}
    assert sign_in.finish(config, kept, query) == {"access_token": TOKEN, **keys}


def test_an_application_is_registered_once_a_server_and_anew_where_it_was_deleted(site, config):
    known = sign_in.register(config, CALLBACK, {})
    assert sign_in.register(config, CALLBACK, known) == known
    assert len(site.oauth.registered) == 1
    site.oauth.registered.clear()
    again = sign_in.register(config, CALLBACK, known)
    assert again["client_id"] in site.oauth.registered
    assert (
        sign_in.register(config, CALLBACK, {**again, "scopes": "read"}) != again
    )  # of a version before


def test_a_token_that_was_signed_in_for_is_revoked_and_a_pasted_one_is_not(site, config):
    _address, kept = begin(config)
    sign_in.revoke(config, {"access_token": "pasted"})
    assert site.oauth.revoked == []
    sign_in.revoke(config, {"access_token": TOKEN, **kept})
    assert site.oauth.revoked == [TOKEN]
    with pytest.raises(ConnectorError):
        sign_in.revoke(config, {"access_token": TOKEN, **kept, "client_secret": "other"})


def test_nothing_of_what_is_kept_stands_in_the_address_but_the_client_id(config):
    address, kept = begin(config)
    assert query_of(address)["client_id"] == kept["client_id"]
    assert kept["client_secret"] not in address
    assert kept["code_verifier"] not in address


def test_the_challenge_is_that_of_the_standard():
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert 43 <= len(new_verifier()) <= 128


def test_where_it_is_is_known_once_the_form_says_so():
    assert sign_in.place({"instance": "https://mastodon.example"}) == "mastodon.example"
    assert sign_in.place({}) == sign_in.place({"instance": None}) == ""


@pytest.mark.parametrize(
    ("query", "kind", "sentence"),
    [
        ({"error": "access_denied", "code": "x"}, Forbidden, "Access was denied at m.example."),
        ({"error": "temporarily_unavailable"}, Transient, "can’t sign you in right now"),
        ({"error": "invalid_scope"}, Misconfigured, "m.example rejected the sign-in (invalid_sc"),
        ({"error": "<b>No</b>"}, Misconfigured, "m.example rejected the sign-in."),
        ({"code": ""}, Misconfigured, "m.example didn’t finish the sign-in. Try again."),
        ({}, Misconfigured, "m.example didn’t finish the sign-in. Try again."),
    ],
)
def test_what_people_are_sent_back_with_in_place_of_a_code(query, kind, sentence):
    with pytest.raises(kind) as raised:
        code_in(query, "m.example")
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (Answer({"error": "Validation failed: No"}, 422), Misconfigured, "Validation failed: No"),
        (Answer("<title>404</title>", 404), Misconfigured, "doesn’t let you sign in from here"),
        (Answer({"error": "This API is closed"}, 403), Misconfigured, "doesn’t let you sign in"),
        (Answer({}), Misconfigured, "doesn’t let you sign in from here"),
        (Answer({"client_id": 7}), Misconfigured, "doesn’t let you sign in from here"),
        (Answer([]), Misconfigured, "doesn’t let you sign in from here"),
        (Answer("<title>Hello</title>"), Transient, "a web page where JSON was expected"),
        (Answer({"error": "Too many"}, 429), RateLimited, "asked the hub to wait"),
        (Answer("", 302, {"Location": "https://x.example/"}), Misconfigured, "redirects to anoth"),
        (Answer("<h1>Down</h1>", 502), Transient, "is down (502)"),
        (Answer(end_live_streams=True), Transient, "was lost"),
    ],
)
def test_what_a_server_says_when_the_hub_registers(site, config, answer, kind, sentence):
    answer_from_now_on(site, answer)
    with pytest.raises(kind) as raised:
        begin(config)
    assert sentence in str(raised.value)
    assert "message" not in str(raised.value)  # nothing was posted


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"error": "invalid_grant"}, 400),
        Answer({"error": "invalid_client"}, 401),
        Answer({"access_token": ""}),
        Answer({"access_token": "a\r\nHeader: x"}),
        Answer({"access_token": ["x"]}),
        Answer("<title>Hello</title>"),
        Answer("<title>404</title>", 404),
        Answer("<h1>Down</h1>", 503),
        Answer(end_live_streams=True),
    ],
)
def test_whatever_answers_a_code_is_an_error_without_a_secret(site, config, answer):
    address, kept = begin(config)
    query = query_of(decide(address))
    answer_from_now_on(site, answer)
    with pytest.raises(ConnectorError) as raised:
        sign_in.finish(config, kept, query)
    for secret in (query["code"], kept["client_secret"], kept["code_verifier"], kept["client_id"]):
        assert secret not in str(raised.value)
