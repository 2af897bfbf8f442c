"""Files that people attach: checked by their content, and read by whoever may."""

import io
import os
import zipfile
import zlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from members import encounter_verbs
from members.models import Encounter
from team import files
from team.models import File
from team.tasks import forget_files
from tests.make import make_member


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path / "files"


def picture(kind="JPEG", size=(60, 40), **options):
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, kind, **options)
    return made.getvalue()


def upload(client, data, name="card.jpg"):
    return client.post("/files/", {"file": SimpleUploadedFile(name, data)})


def attached(by, *ids, **fields):
    member = make_member()
    encounter_verbs.log_encounter(
        "meeting", [member], by=by, occurred_at=timezone.now(), file_ids=ids, **fields
    )
    return Encounter.objects.latest("pk")


def test_a_picture_is_written_anew_without_where_it_was_taken(client, bob, folder):
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    client.force_login(bob)
    answer = upload(client, picture(exif=exif))
    assert answer.json()["picture"]
    served = client.get(answer.json()["url"])
    assert served["Content-Type"] == "image/webp"
    assert b"Secret Camera" not in served.content
    assert Image.open(io.BytesIO(served.content)).size == (60, 40)
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served["Content-Security-Policy"]
    (kept,) = [path for path in folder.rglob("*") if path.is_file()]
    assert kept.stat().st_mode & 0o777 == 0o600


def test_anything_but_a_picture_is_downloaded_and_never_shown(client, bob):
    client.force_login(bob)
    pdf = upload(client, b"%PDF-1.7 <script>", "slides.html").json()
    served = client.get(pdf["url"])
    assert served["Content-Type"] == "application/pdf"
    assert served["Content-Disposition"] == 'attachment; filename="slides.pdf"'
    text = upload(client, "Grüße\r\n\tund \x1b[1mmehr".encode(), "notes.md").json()
    assert client.get(text["url"])["Content-Disposition"].startswith("attachment")


def zip_bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"0" * 10_000_000)
    return made.getvalue()


def pixel_bomb():
    """A PNG of a few bytes that says it has 900 million pixels."""
    head = b"IHDR" + (30_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    crc = zlib.crc32(head).to_bytes(4, "big")
    begin = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big")
    return begin + head + crc + b"\0\0\0\x0aIDAT" + b"\0" * 14


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("photo.jpg", b"MZ\x90\0\x03 program", "can’t be attached"),
        ("photo.png", b"<html><script>alert(1)</script>", "can’t be attached"),
        ("logo.svg", b"<svg xmlns='x'><script>alert(1)</script></svg>", "SVG"),
        ("fake.pdf", zip_bomb(), "archive"),
        ("broken.zip", b"PK\x03\x04 cut off", "archive"),
        ("broken.docx", b"PK\x05\x06 the end alone", "archive"),
        ("part.zip", b"PK\x07\x08 a part of many", "archive"),
        ("broken.rar", b"Rar!\x1a\x07 cut off", "archive"),
        ("damaged.txt", b"words, then \x01\x02 codes", "can’t be attached"),
        ("big.png", pixel_bomb(), "too many pixels"),
        ("cut.jpg", picture()[:200], "damaged"),
        ("IMG_1.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        ("empty.txt", b"", "empty"),
        ("large.pdf", b"%PDF-" + b"0" * 50_000_000, "larger than 15 MB"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_kept_is_refused_with_a_sentence(client, bob, name, data, words):
    client.force_login(bob)
    answer = upload(client, data, name)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert not File.objects.exists()


def test_it_has_the_permission_of_what_it_belongs_to(client, bob, lena, carol):
    client.force_login(bob)
    found = upload(client, picture()).json()
    for stranger in (lena, carol):  # it is saved with nothing yet
        client.force_login(stranger)
        assert client.get(found["url"]).status_code == 404
    row = attached(bob, found["id"], visibility="leads")
    for user, status in ((bob, 200), (lena, 200), (carol, 404)):
        client.force_login(user)
        assert client.get(found["url"]).status_code == status
    encounter_verbs.edit(row, by=bob, visibility="author")
    client.force_login(lena)
    assert client.get(found["url"]).status_code == 404
    tag = {"HTTP_IF_NONE_MATCH": f'"{File.objects.get().hash}"'}
    assert client.get(found["url"], **tag).status_code == 404  # a browser that had it before
    client.force_login(bob)
    assert client.get(found["url"], **tag).status_code == 304


def test_nobody_attaches_what_a_colleague_uploaded(client, bob, lena):
    client.force_login(lena)
    found = upload(client, picture()).json()
    row = attached(bob, found["id"])
    assert not files.ids_of(row.files_key)


def test_a_removed_file_comes_back_with_the_undo_and_goes_for_good_after_a_month(
    client, bob, folder
):
    client.force_login(bob)
    found = upload(client, picture()).json()
    row = attached(bob, found["id"])
    changes = encounter_verbs.edit(row, by=bob, file_ids=[])
    assert client.get(found["url"]).status_code == 404
    changes.undo(by=bob)
    assert client.get(found["url"]).status_code == 200
    encounter_verbs.edit(row, by=bob, file_ids=[])
    long_ago = timezone.now() - timedelta(days=31)
    File.objects.update(removed_at=long_ago)
    (kept,) = [path for path in folder.rglob("*") if path.is_file()]
    os.utime(kept, (long_ago.timestamp(), long_ago.timestamp()))
    forget_files()
    assert not File.objects.exists()
    assert not kept.exists()


def test_the_same_bytes_stay_while_somebody_has_them(client, bob, lena):
    rows = []
    for user in (bob, lena):
        client.force_login(user)
        rows.append(attached(user, upload(client, picture()).json()["id"]))
    files.forget(rows[0].files_key)
    assert client.get(File.objects.get().get_absolute_url()).status_code == 200
    client.force_login(lena)
    assert len(files.ids_of(rows[1].files_key)) == 1
