"""A browser that goes through the sign-in of a local Mastodon, for the tests of both halves."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

from inbox.models import Source
from tests.make import one_line
from tests.platforms.mastodon import MastodonServer
from tests.platforms.mastodon_oauth import decide

FORM = "/sources/new/mastodon/"
CHOICES = "/sources/new/mastodon/choices/"
CALLBACK = "/sources/authorisation/"
OLD = "That sign-in expired, was already used or wasn’t started here. Start again."


def words_of(page: HttpResponse) -> str:
    return one_line(page.content)


def start_sign_in(browser: Client, site: MastodonServer, path: str = FORM) -> str:
    """The address that the page after the button leads to."""
    typed = {"instance": site.url, "hashtags": "soldering MIDI", "authorise": "yes"}
    page = browser.post(path, typed)
    assert page.status_code == 200
    text = page.content.decode()
    (address,) = re.findall(r'<meta http-equiv="refresh" content="0;url=([^"]+)">', text)
    assert f'href="{address}"' in text
    return unescape(address)


def path_of(address: str) -> str:
    """The callback's path and query, as the browser is sent to it."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def sentence_after(browser: Client, address: str) -> str:
    """The sentence on the form that the callback ends on."""
    page = browser.get(path_of(address), follow=True)
    assert page.redirect_chain[-1][0] == FORM
    (sentence,) = re.findall(r'<p class="alert" role="alert" dir="auto">(.*?)</p>', words_of(page))
    assert sentence not in words_of(browser.get(FORM))
    return sentence


def connect(browser: Client, site: MastodonServer) -> Source:
    browser.get(path_of(decide(start_sign_in(browser, site))))
    browser.post(CHOICES, {"name": "Our account", "history": "none"})
    return Source.objects.get()
