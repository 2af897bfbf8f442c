"""What is said of a name that nothing has, and of a language."""

import pytest

from community_hub.lib.language_names import meant
from community_hub.lib.query import Mistake, no_such

NAMES = ["The Polyphon Forum", "Chat", "Straße"]


@pytest.mark.parametrize(
    ("typed", "like"),
    [
        ("forun", "The Polyphon Forum"),
        ("CHATT", "Chat"),
        ("strasse", "Straße"),
        ("zebra", ""),
        ("", ""),
        ("x" * 5000, ""),
    ],
)
def test_a_name_that_is_like_it_is_offered(typed, like):
    mistake = no_such("There’s no source “%(name)s”.", typed, NAMES)
    assert mistake.instead == like
    assert mistake.sentence.endswith(f"Did you mean “{like}”?") == bool(like)
    assert len(mistake.sentence) < 200


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("de", "de"),
        ("DE-at", "de-at"),
        ("pt_BR", "pt-br"),
        ("German", "de"),
        ("deutsch", "de"),
        ("français", "fr"),
        ("Chinese", "zh"),
        ("la", "la"),
        ("ceb", "ceb"),
    ],
)
def test_a_language_is_meant_by_its_code_or_name(value, code):
    assert meant(value) == code


@pytest.mark.parametrize(
    ("value", "instead"), [("xx", ""), ("germna", "German"), ("%", ""), ("zzzz", "")]
)
def test_what_is_no_language_is_explained(value, instead):
    with pytest.raises(Mistake, match="There’s no language") as found:
        meant(value)
    assert found.value.instead == instead
