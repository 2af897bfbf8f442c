import time

import pytest

from community_hub.lib.query import parse
from inbox.search.excerpts import LENGTH, excerpt, marked, sought


def shown(text, query, language=""):
    pieces = excerpt(text, sought(parse(query)), language)
    return "".join(f"[{piece.text}]" if piece.is_found else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "query", "language", "expected"),
    [
        ("The clock drifts.", "clock ", "", "The [clock] drifts."),
        ("The clock\n\ndrifts", "CLOCK ", "", "The [clock] drifts"),
        ("it crashed, then crashes", "crash ", "en", "it [crashed], then [crashes]"),
        ("it crashed", "crash ", "", "it crashed"),
        ("it crashed", "cra", "", "it [crashed]"),
        ("Häuser und Haus", "haus ", "de", "[Häuser] und [Haus]"),
        ("MÜLLER wrote", "muller ", "", "[MÜLLER] wrote"),
        ("see https://a.example/b there", "https://a.example/b ", "",
         "see [https://a.example/b] there"),
        ("ask @lena@music.example", "@lena@music.example ", "", "ask @[lena@music.example]"),
        ("チューナーが壊れた", "壊れ ", "ja", "チューナーが[壊れ]た"),
        ("in bar 12, not bar 1", '"bar 12"', "", "in [bar 12], not bar 1"),
        ("one two", "two -one is:open", "", "one [two]"),
        ("nothing of it", "other ", "", "nothing of it"),
        ("", "other ", "", ""),
    ],
)  # fmt: skip
def test_what_was_found_is_marked(text, query, language, expected):
    assert shown(text, query, language) == expected


def test_an_excerpt_begins_a_little_before_the_first_word_found():
    text = f"{'early words ' * 50}the arpeggiator {'late words ' * 50}"
    said = shown(text, "arpeggiator ")
    assert (said[0], said[-1]) == ("…", "…")
    assert "[arpeggiator]" in said
    assert len(said) < LENGTH + 10
    assert said.index("[") <= 60


def test_a_subject_is_marked_as_a_whole():
    pieces = marked("Clock drifts", sought(parse("clock ")))
    assert [(piece.text, piece.is_found) for piece in pieces] == [
        ("Clock", True),
        (" drifts", False),
    ]


def seconds_of_a_loop():
    """Of the processor, for what takes it 0.08 s on the machine that limits are meant for."""
    begun, total = time.process_time(), 0
    for n in range(1_000_000):
        total += n * n
    return time.process_time() - begun


def test_a_long_hostile_text_is_no_trouble():
    slower = max(1, seconds_of_a_loop() / 0.08)
    begun = time.process_time()
    shown("a" * 3_000_000, "aaa", "en")
    shown("ab " * 1_000_000, " ".join(["ab"] * 60), "en")
    assert time.process_time() - begun < 2 * slower
