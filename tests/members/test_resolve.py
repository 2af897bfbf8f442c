"""Accounts to members: who is somebody at all."""

import pytest

from inbox.connectors.base import Person
from members.models import Identity
from members.resolve import key_of, resolve

pytestmark = pytest.mark.django_db


def test_a_name_that_stands_for_nobody_makes_no_member():
    nobody = [
        Person("hash-of-the-name", "feed:blog.example", display_name="Guest"),
        Person("[deleted]", "reddit", handle="[deleted]", profile_url="https://reddit.example"),
    ]
    assert resolve(nobody) == {}
    assert not Identity.objects.exists()


def test_an_account_that_calls_itself_guest_is_somebody():
    account = Person("42", "discourse:forum.example", handle="guest", display_name="Guest")
    assert list(resolve([account])) == [key_of(account)]
