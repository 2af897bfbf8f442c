import pytest

from community_hub.lib.language import READ, detected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The clock drifts after the update, has anyone else seen this?", "en"),
        ("Mon synthé ne démarre plus après la mise à jour", "fr"),
        ("Ist das Update schon da? Bei mir stürzt es ab", "de"),
        ("@lena https://example.org/only/english/words/here schaut euch bitte das an", "de"),
        ("チューナーが壊れたようです", "ja"),
        ("هل يمكنك مساعدتي في هذا الأمر", "ar"),
        ("line one\nof an English text\r\nwith several lines", "en"),
    ],
)
def test_the_language_of_a_text(text, code):
    assert detected(text) == code


@pytest.mark.parametrize("text", ["", "lol", "12:30-14:00 (42)", "👍👍👍👍👍👍👍", "zxqv bnmk"])
def test_what_is_too_little_is_not_guessed(text):
    assert detected(text) == ""


def test_only_the_beginning_is_read():
    english = "This is a sentence in English. " * 100
    assert len(english) > READ
    assert detected(english + "Und dann auf Deutsch. " * 1000) == "en"
