"""The sanitiser and the words that are left when the tags are gone."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from community_hub.lib.html import clean, from_markdown, from_plain, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one <b>two</b></p><p>three</p>", "one two\nthree"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>x</li><li>y</li></ul>", "x\ny"),
        ("1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
        ('<a href="https://e.example/?a>b" title="x > y">link</a>!', "link!"),
        ("<pre>keep   it</pre>", "keep it"),
        ("no<span>break</span>here", "nobreakhere"),
        ("<head><title>Of the window</title></head><body><p>read</p></body>", "read"),
        ("", ""),
    ],
)
def test_words_are_left_one_line_a_block(html: str, text: str) -> None:
    assert to_text(clean(html)) == text


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='JaVa\tScRiPt:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
        "<p style='background:url(https://e.example)' class='btn' id='x' onclick='x()'>p</p>",
        "<form action=https://e.example><input name=password></form>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<base href='https://e.example/'><meta http-equiv=refresh content=0>",
        "<img alt='\"><script>alert(1)</script>' src='https://e.example/a.png'>",
    ],
)
def test_nothing_that_acts_comes_through(html: str) -> None:
    cleaned = clean(html, "https://forum.example/").replace(' class="picture"', "")
    for word in ("<script", "onerror", "onclick", "javascript:", "<img", "style=", "<form",
                 "<iframe", "<base", "<meta", "<svg", "class=", "data:text"):  # fmt: skip
        assert word not in cleaned.lower()


def test_relative_links_point_to_where_they_were_written() -> None:
    cleaned = clean('<a href="/t/1">x</a>', "https://forum.example/t/9/2")
    assert 'href="https://forum.example/t/1"' in cleaned
    assert 'rel="noopener noreferrer nofollow ugc"' in cleaned


@pytest.mark.parametrize(
    "link", ["/account/logout/", "../x", "x", "?q=1", "#message-5", "//forum.example/t/1", ""]
)
def test_links_to_nowhere_do_not_lead_into_the_hub(link: str) -> None:
    bodies = [
        clean(f'<p>Read <a href="{link}">this</a></p>'),
        clean(f'<p>Read <a href="{link}">this</a></p>', "/t/9"),
        clean(f'<p>Read <img src="{link}" alt="this"></p>'),
        from_markdown(f"Read [this](<{link}>)"),
    ]
    for body in bodies:
        assert "href" not in body
        assert to_text(body).replace("[this]", "this") == "Read this"


def test_a_footnote_stands_where_it_was_written() -> None:
    cleaned = clean('<a href="#fn1">1</a>', "https://forum.example/t/9/2")
    assert 'href="https://forum.example/t/9/2#fn1"' in cleaned


def test_markdown_shows_raw_html_as_text() -> None:
    assert "<script" not in from_markdown("**hi** <script>alert(1)</script>")
    assert "<strong>hi</strong>" in from_markdown("**hi**")


def test_plain_text_keeps_its_lines() -> None:
    assert from_plain("a < b\nc\n\nd") == "<p>a &lt; b<br>c</p><p>d</p>"


@pytest.mark.parametrize("piece", ["<", "<a ", '<a "', "&", "<p>", "<b", '"><', "<a href='"])
def test_no_input_makes_it_slow(piece: str) -> None:
    """A quadratic pattern would take minutes over this much of any of these."""
    begun = time.process_time()
    to_text(clean(piece * 20_000))
    clean("<img src=x><a href=y>" + piece * 20_000, "https://forum.example/")
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("read", [from_markdown, from_plain])
def test_an_address_becomes_a_link(read) -> None:
    cleaned = read("See https://e.example/a?b=1&c=2, please.")
    assert 'href="https://e.example/a?b=1&amp;c=2"' in cleaned
    assert to_text(cleaned) == "See https://e.example/a?b=1&c=2, please."
    for words in ("read readme.md", "a@e.example", "www.e.example", "ftp://e.example", "x://y",
                  "javascript://e.example/%0aalert(1)"):  # fmt: skip
        assert "<a" not in read(words)
        assert to_text(read(words)) == words


@pytest.mark.parametrize("read", [from_markdown, from_plain])
@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("(https://e.example/a)", "https://e.example/a"),
        ("(see https://e.example/a).", "https://e.example/a"),
        ("[https://e.example/a]", "https://e.example/a"),
        ("(https://e.example/Knob_(MIDI))", "https://e.example/Knob_(MIDI)"),
        ("https://e.example/Knob_(MIDI)", "https://e.example/Knob_(MIDI)"),
    ],
)
def test_a_bracket_around_an_address_stays_outside_of_the_link(read, words, address) -> None:
    before, after = words.split(address)
    assert f'{before}<a href="{address}" ' in read(words)
    assert f">{address}</a>{after}" in read(words)


@pytest.mark.parametrize("read", [from_markdown, from_plain])
@pytest.mark.parametrize(
    "address",
    [
        "https://e.example/%C3%9Cbung",
        "https://xn--pple-43d.example/",
        "https://e.example/%E2%80%AEx",
    ],
)
def test_an_address_reads_as_it_was_written(read, address: str) -> None:
    assert to_text(read(f"See {address} please")) == f"See {address} please"


def test_plain_text_stays_plain_beside_an_address() -> None:
    cleaned = from_plain("*one* <b>two</b>\n# three https://e.example/\n\nfour & `five`")
    assert to_text(cleaned) == "*one* <b>two</b>\n# three https://e.example/\nfour & `five`"
    assert "<b>" not in cleaned
    assert cleaned.count("<p>") == 2


@pytest.mark.parametrize("bomb", ["://" * 30_000, ("://" + "a" * 450) * 200, "https://a/(" * 8_000])
@pytest.mark.parametrize("read", [from_markdown, from_plain])
def test_looking_for_addresses_ends_soon(read, bomb: str) -> None:
    begun = time.process_time()
    assert to_text(read(bomb))
    assert time.process_time() - begun < 5


def test_links_are_cleaned_alike_in_every_thread() -> None:
    """What is allowed is made once a process, and threads share it."""
    body = '<p onclick="x()">see <a href="/here" class="x">this</a> <a href="https://e.example/">it</a></p>'
    wanted = clean(body)
    assert "onclick" not in wanted
    assert 'rel="noopener noreferrer nofollow ugc"' in wanted
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(clean, [body] * 200)) == {wanted}


def test_relative_addresses_in_markdown_point_to_where_they_were_written() -> None:
    cleaned = from_markdown(
        "[x](/t/1) ![y](a.png) [z](https://e.example/)", "https://f.example/t/9/2"
    )
    for address in ("https://f.example/t/1", "https://f.example/t/9/a.png", "https://e.example/"):
        assert f'href="{address}"' in cleaned
