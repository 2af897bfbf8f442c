"""Log lines without what opens a door."""

import logging
from logging.config import dictConfig

import pytest
from django.conf import settings
from django.urls import reverse

from community_hub.lib.logs import RedactingFormatter


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("one-time-link", {"token": "WzEsImRj:1xVw:HJej"}),
        ("invitation", {"token": "a-token"}),
        ("account_reset_password_from_key", {"uidb36": "7", "key": "abc-def"}),
    ],
)
def test_a_link_that_signs_somebody_in_is_not_logged(name, parts):
    path = reverse(name, kwargs=parts)
    dictConfig(settings.LOGGING)
    root = logging.getLogger()
    line = root.handlers[-1].format(
        logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", (path,), None)
    )
    door = path.rstrip("/").rpartition("/")[0]
    assert f"{door}/…/" in line
    assert path not in line
    assert list(parts.values())[-1] not in line


def test_other_addresses_are_logged_whole():
    dictConfig(settings.LOGGING)
    handler = logging.getLogger().handlers[-1]
    for path in (
        reverse("revocation", args=[7]),
        reverse("conversation", args=[42]),
        reverse("account_reset_password"),
        reverse("account_reset_password_done"),
        reverse("account_reset_password_from_key_done"),
    ):
        record = logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", (path,), None)
        assert path in handler.format(record)


def test_a_very_long_address_does_not_fill_the_log():
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 0, "Not Found: /%s", ("x" * 60_000,), None
    )
    assert len(RedactingFormatter("%(message)s").format(record)) < 600
