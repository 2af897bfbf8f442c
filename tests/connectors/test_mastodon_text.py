"""Markdown becomes text that reads well on Mastodon, and is counted as Mastodon counts."""

import re

import pytest

from inbox.connectors.mastodon.text import count, essence, strip_tags, to_plain

ZWJ_FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("Thanks **so** much, _really_!", "Thanks so much, really!"),
        ("One\nTwo\n\nThree", "One\nTwo\n\nThree"),
        ("See [the guide](https://x.example/a_b)", "See the guide (https://x.example/a_b )"),
        ("<https://x.example/>", "https://x.example/"),
        ("[https://x.example](https://x.example)", "https://x.example"),
        ("- one\n- two\n\nafter", "- one\n- two\n\nafter"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("- one\n  - inner\n- two", "- one\n  - inner\n- two"),
        ("> quoted\n\nanswer", "> quoted\n\nanswer"),
        ("# Title\n\ntext", "Title\n\ntext"),
        ("```\nmake  all\n\n\tclean\n```", "make  all\n\n\tclean"),
        ("Run `make_all *now*`", "Run make_all *now*"),
        ("https://x.example/a_b_c and @some_one_@y.example", None),
        ("![the board](https://x.example/b.png)", "the board (https://x.example/b.png )"),
        ("<b>not markup</b> & 1 < 2", "<b>not markup</b> & 1 < 2"),
        ("", ""),
    ],
)
def test_markdown_becomes_readable_plain_text(markdown: str, plain: str | None) -> None:
    assert to_plain(markdown) == (markdown if plain is None else plain)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("hello", 5),
        ("https://example.org/" + "a" * 200, 23),
        ("see http://a.b", 27),
        ("@ada@a.very.long.host.example hi", 7),
        ("@ada hi", 7),
        ("ada@mail.example", 16),
        ("e\u0301te\u0301", 3),
        (ZWJ_FAMILY, 1),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 2),
        ("\U0001f44d\U0001f3fd", 1),
        ("a\r\nb", 3),
    ],
)
def test_length_is_counted_as_mastodon_counts(text: str, length: int) -> None:
    assert count(text) == length


def test_a_page_and_its_source_have_the_same_essence() -> None:
    page = '<p><a class="mention">@<span>ada</span></a> yes &amp; no<br />really</p><p>Bye</p>'
    assert essence(strip_tags(page)) == essence("@ada@far.example yes & no\nreally\n\nBye")
    assert essence("yes") != essence("no")


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("[the manual](https://a.example/x) has it", "the manual (https://a.example/x ) has it"),
        ("(see https://a.example/x).", "(see https://a.example/x )."),
        ("\\[https://a.example\\]", "[https://a.example ]"),
        ("(https://a.example/Knob_(MIDI))", "(https://a.example/Knob_(MIDI) )"),
        ("https://a.example/Knob_(MIDI)", "https://a.example/Knob_(MIDI)"),
        ("https://a.example/x, (no link)", "https://a.example/x, (no link)"),
    ],
)
def test_a_bracket_stays_outside_of_the_address_on_every_server(markdown, plain):
    """Mastodon itself knows brackets; other servers link whatever comes before the next space."""
    assert to_plain(markdown) == plain
    for address in re.findall(r"https?://\S+", to_plain(markdown)):
        assert address.count("(") == address.count(")")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("(https://a.example/x)", 25),
        ("https://a.example/x.", 24),
        ("https://a.example/Knob_(MIDI)", 23),
        ("https://a.example/x/", 23),
    ],
)
def test_what_follows_an_address_counts_by_itself(text, length):
    assert count(text) == length
