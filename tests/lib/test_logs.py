"""Log lines without what opens a door."""

import logging
from logging.config import dictConfig

import pytest
from django.conf import settings


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in/WzEsImRj:1xVw:HJej/",
        "/invitations/a-token/",
        "/account/password/reset/key/7-abc-de/",
    ],
)
def test_a_link_that_signs_somebody_in_is_not_logged(path):
    dictConfig(settings.LOGGING)
    root = logging.getLogger()
    line = root.handlers[-1].format(
        logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", (path,), None)
    )
    door = path.rstrip("/").rpartition("/")[0]
    assert f"{door}/…/" in line
    assert path not in line


def test_other_addresses_are_logged_whole():
    dictConfig(settings.LOGGING)
    handler = logging.getLogger().handlers[-1]
    for path in ("/team/invitations/7/revocation/", "/conversations/42/"):
        record = logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", (path,), None)
        assert path in handler.format(record)
