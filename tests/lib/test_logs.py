"""Log lines without secrets."""

import logging
from logging.config import dictConfig

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseForbidden, HttpResponseServerError
from django.urls import reverse
from django.utils.log import log_response

from community_hub.lib.logs import LONGEST_PATH, RedactingFormatter


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("one-time-link", {"token": "WzEsImRj:1xVw:HJej"}),
        ("invitation", {"token": "a-token"}),
        ("event-confirmation", {"token": "WzEsImRj:1xVw:HJej"}),
        ("my-answer", {"token": "a-token"}),
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
    kept = path.rstrip("/").rpartition("/")[0]
    assert f"{kept}/…/" in line
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


def test_what_a_role_may_not_do_is_one_line_without_a_traceback(client, olga, caplog):
    client.force_login(olga)
    assert client.get(reverse("audit-trail"), {"by": "a-secret"}).status_code == 403
    (record,) = [one for one in caplog.records if one.name == "django.request"]
    line = RedactingFormatter().format(record)
    assert line == f"Forbidden: user {olga.pk}, GET {reverse('audit-trail')}"


def test_the_path_of_a_refused_request_is_cut(rf, caplog):
    request = rf.get("/" + "x" * 5_000)
    response = HttpResponseForbidden()
    log_response(
        "Forbidden (Permission denied): %s",
        request.path,
        response=response,
        request=request,
        exception=PermissionDenied(),
    )
    (record,) = caplog.records
    assert record.getMessage() == f"Forbidden: user anonymous, GET /{'x' * (LONGEST_PATH - 1)}…"


def test_an_unexpected_error_keeps_its_traceback(rf, caplog):
    request, response = rf.get("/"), HttpResponseServerError()
    error = ValueError("broken")
    log_response("Error: %s", "/", response=response, request=request, exception=error)
    assert "ValueError: broken" in RedactingFormatter().format(caplog.records[0])
