"""Who said what, in a thread: colleagues, the team's own account, members, deleted accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community_hub.lib.html import to_text
from inbox.models import Message
from team import verbs as team_verbs
from tests.make import make_message

pytestmark = pytest.mark.django_db


def test_what_the_teams_account_wrote_natively_is_the_teams(client, bob, alice) -> None:
    team_verbs.name_hub("Polyphon", by=alice)
    asked = make_message(sent_at=timezone.now() - timedelta(hours=1))
    conversation = asked.conversation
    ours = Message.objects.create(
        conversation=conversation,
        source_id=asked.source_id,
        kind="outbound",
        external_id="native",
        body_html="<p>Hold both.</p>",
        body_text="Hold both.",
        parent=asked,
        sent_at=timezone.now(),
    )
    make_message(conversation, "Thanks!", parent=ours, mention_reason="reply_to_team")
    client.force_login(bob)
    words = " ".join(to_text(client.get(conversation.get_absolute_url()).content.decode()).split())
    assert "Polyphon as @team on the practice forum" in words
    assert "Deleted account" not in words
    assert "Somebody" not in words


def test_a_deleted_account_is_named_as_that(client, bob) -> None:
    conversation = make_message().conversation
    Message.objects.filter(conversation=conversation).update(author=None)
    client.force_login(bob)
    assert "Deleted account" in client.get(conversation.get_absolute_url()).content.decode()
