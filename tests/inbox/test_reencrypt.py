"""A new key: what is stored is encrypted anew, so that the old one can go."""

from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from inbox.models import Source
from tests.make import make_source


def ciphertext(source: Source) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select credentials from inbox_source where id = %s", [source.pk])
        return str(cursor.fetchone()[0])


def test_every_source_is_encrypted_anew_with_the_first_key(db, settings, capsys):
    gone, old, new = (Fernet.generate_key().decode() for _ in range(3))
    settings.CREDENTIAL_KEYS = [gone]
    lost = make_source(name="Lost", credentials={"token": "x"})
    unreadable = ciphertext(lost)
    settings.CREDENTIAL_KEYS = [old]
    source = make_source(credentials={"token": "y"})
    settings.CREDENTIAL_KEYS = [new, old]
    for _ in range(2):
        call_command("reencrypt")
        said = capsys.readouterr().out
        assert "1 source" in said
        assert "Lost" in said
    settings.CREDENTIAL_KEYS = [new]
    assert Source.objects.get(pk=source.pk).credentials == {"token": "y"}
    assert ciphertext(lost) == unreadable
