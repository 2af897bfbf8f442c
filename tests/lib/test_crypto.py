"""Credentials at rest."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from community_hub.lib import crypto
from inbox.models import Source

SECRET = "a-token-nobody-may-read"


@pytest.mark.django_db
def test_the_table_holds_no_readable_credential():
    source = Source.objects.create(
        kind="feed", name="x", network="x", credentials={"token": SECRET}
    )
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(s)::text from inbox_source s where id = %s", [source.pk])
        assert SECRET not in cursor.fetchone()[0]
    source.refresh_from_db()
    assert source.credentials["token"] == SECRET


@pytest.mark.django_db
def test_credentials_do_not_show_in_logs_and_tracebacks():
    source = Source.objects.create(
        kind="feed", name="x", network="x", credentials={"token": SECRET}
    )
    source.refresh_from_db()
    assert SECRET not in f"{source.credentials} {source.credentials!r}"


def test_an_older_key_still_opens_and_the_newest_writes(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [old]
    text = crypto.encrypt_json({"token": SECRET})
    settings.CREDENTIAL_KEYS = [new, old]
    assert crypto.decrypt_json(text) == {"token": SECRET}
    written = crypto.encrypt_json({})
    settings.CREDENTIAL_KEYS = [new]
    assert crypto.decrypt_json(written) == {}


def test_a_lost_key_says_what_to_do(settings):
    text = crypto.encrypt_json({"token": SECRET})
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(crypto.Unreadable, match="connect the source again"):
        crypto.decrypt_json(text)


@pytest.mark.django_db
def test_searching_by_credentials_is_refused():
    with pytest.raises(Exception, match="Unsupported lookup"):
        Source.objects.filter(credentials={"token": SECRET}).exists()
