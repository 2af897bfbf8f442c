"""The words of pages and mails for people without an account, in other languages.

    uv run python scripts/messages.py          # after words changed: extract, then translate the
                                               # new entries of each django.po, then run it again
    uv run python scripts/messages.py --check  # what a test runs

`community_hub/locale/de/LC_MESSAGES/django.po` is written by hand where it says msgstr; the .mo
beside it is made from it here, and committed, so that no install needs gettext's tools.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "community_hub" / "locale"
LANGUAGES = ("de",)
PAGES = (
    "templates/events/public/*.html",
    "templates/events/email/*.html",
    "templates/events/email/*.txt",
    "templates/_field.html",
    "templates/_fields.html",
)
MODULES = (
    "events/answers.py",
    "events/feedback_form.py",
    "events/mail_subjects.py",
    "events/models/attendance.py",
    "events/rsvp_forms.py",
    "events/views/feedback.py",
    "events/views/personal.py",
    "events/views/public.py",
    "events/when_words.py",
    "community_hub/lib/text.py",
)
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description="Words for visitors in other languages.")
    parser.add_argument("--check", action="store_true", help="Change nothing; say what is wrong.")
    is_check = parser.parse_args().check
    wrong = [line for language in LANGUAGES for line in brought_up_to_date(language, is_check)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def brought_up_to_date(language: str, is_check: bool) -> Iterator[str]:
    """What is not translated, or is no longer used; unless checking, the files are written."""
    folder = LOCALES / language / "LC_MESSAGES"
    text = folder / "django.po"
    with text.open("rb") as file:
        known = read_po(file, locale=language)
    before = set(_ids(known))
    catalog = extracted()
    fresh = read_po(BytesIO(_po(known)), locale=language)
    fresh.update(catalog, no_fuzzy_matching=True)
    fresh.obsolete.clear()
    _without_times(fresh)
    for message in fresh:
        if message.id and not all(_strings(message.string or "")):
            yield f"{language}: not translated: {_first(message.id)}"
    for gone in sorted(before - set(_ids(catalog)), key=str):
        if is_check:
            yield f"{language}: no longer used: {gone[1]}"
    compiled = BytesIO()
    write_mo(compiled, fresh)
    if not is_check:
        text.write_bytes(_po(fresh))
        (folder / "django.mo").write_bytes(compiled.getvalue())
    elif (folder / "django.mo").read_bytes() != compiled.getvalue():
        yield f"{language}: django.mo is not of this django.po: run scripts/messages.py"


def extracted() -> Catalog:
    catalog = Catalog(charset="utf-8")
    for path in files():
        for line, words, comments, context in _words(path):
            where = [(path.relative_to(ROOT).as_posix(), line)]
            catalog.add(words, locations=where, auto_comments=comments, context=context)
    return catalog


def files() -> list[Path]:
    pages = [path for pattern in PAGES for path in sorted(ROOT.glob(pattern))]
    return [*pages, *(ROOT / name for name in MODULES)]


def _words(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text()
    if path.suffix != ".py":
        source = _as_python(source, path)
    yield from extract("python", BytesIO(source.encode()), KEYWORDS)


def _as_python(source: str, path: Path) -> str:
    """What Django's makemessages gives to xgettext."""
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from django.utils.translation import template

    written = template.templatize(source, origin=str(path))
    # what is not to be translated is X there, in lines that are no Python
    return "\n".join(re.sub(r"\bX+\b", "", line).strip() for line in written.splitlines())


def _po(catalog: Catalog) -> bytes:
    written = BytesIO()
    write_po(written, catalog, width=100, no_location=True, omit_header=False, sort_output=True)
    return written.getvalue()


def _without_times(catalog: Catalog) -> None:
    """The same words give the same files."""
    catalog.project, catalog.version = "Community Hub", ""
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)


def _ids(catalog: Catalog) -> list[tuple[str | None, str]]:
    return [(message.context, _first(message.id)) for message in catalog if message.id]


def _first(words: str | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]


def _strings(words: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else words


if __name__ == "__main__":
    sys.exit(main())
