"""Rows and messages are Jinja2's: hostile words stay words there as everywhere."""

from __future__ import annotations

import pytest
from django.template import engines

from inbox.verbs import tags, writing
from tests.make import make_conversation, make_identity, make_member, make_message, make_source

HOSTILE = '"><script>alert(1)</script>&%(name)s%d{{ 7*7 }}'


@pytest.fixture
def talk(bob):
    source = make_source(name=HOSTILE, account_label=HOSTILE)
    conversation = make_conversation(source, subject=HOSTILE)
    member = make_member(HOSTILE)
    make_message(
        conversation,
        author=make_identity(member, handle=HOSTILE),
        body_text=HOSTILE,
        content_warning=HOSTILE,
        language=HOSTILE[:16],
        permalink="https://forum.example/" + HOSTILE,
        attachments=[{"url": "https://x.example/" + HOSTILE, "alt_text": HOSTILE, "kind": "image"}],
    )
    tags.tag([conversation], HOSTILE[:40], by=bob)
    writing.reply(conversation, "Hello", by=bob)
    return conversation


def test_hostile_words_stay_words_in_rows_and_messages(client, bob, talk) -> None:
    client.force_login(bob)
    for address in ("/inbox/everything/", talk.get_absolute_url()):
        shown = client.get(address).content.decode()
        assert "<script>alert" not in shown
        assert '"><script' not in shown
        assert "&lt;script&gt;alert(1)" in shown
        assert "{{ 7*7 }}" in shown


def test_jinja2_escapes_by_itself() -> None:
    template = engines["jinja2"].from_string("{{ words }}")
    assert template.render({"words": "<b>"}) == "&lt;b&gt;"
