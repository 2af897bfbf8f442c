"""What cleaning makes of images, and how they are found again."""

import time

import pytest

from community_hub.lib.body_pictures import Picture, draw_pictures, pictures
from community_hub.lib.html import clean, from_markdown, to_text

HERE = "https://forum.example/t/1"
REL = 'rel="noopener noreferrer nofollow ugc"'


def test_an_image_becomes_a_link_that_says_it_is_a_picture():
    cleaned = clean('<p>See <img src="/a.png" alt="the &quot;board&quot; & <b>"></p>', HERE)
    assert f'<a class="picture" href="https://forum.example/a.png" {REL}>[' in cleaned
    assert to_text(cleaned) == 'See [the "board" & <b>]'
    assert pictures(cleaned) == [Picture("https://forum.example/a.png", 'the "board" & <b>')]


def test_a_picture_without_words_has_none():
    assert pictures(from_markdown("![](https://e.example/a.png)")) == [
        Picture("https://e.example/a.png", "")
    ]


@pytest.mark.parametrize(
    "image",
    [
        '<img class="emoji" alt=":wave:" src="/w.png">',
        '<img class="avatar" alt="" width="24" height="24" src="/ines.png">',
        '<img width="1" height="1" src="/opened.gif">',
        '<img alt="no address">',
        '<img src="data:image/png;base64,AAAA" alt="in the text">',
    ],
)
def test_what_only_decorates_or_counts_is_no_picture(image):
    cleaned = clean(f"<p>Hi {image}</p>", HERE)
    assert pictures(cleaned) == []
    assert "<img" not in cleaned


@pytest.mark.parametrize("address", ["/badge.svg?x=1", "a.SVG", "/a.png" + "?" + "x" * 2000])
def test_what_is_never_shown_stays_a_plain_link(address):
    cleaned = clean(f'<img src="{address}" alt="badge">', HERE)
    assert "class=" not in cleaned
    assert "href=" in cleaned
    assert to_text(cleaned) == "[badge]"


def test_a_picture_that_leads_to_its_larger_version_becomes_that():
    cleaned = clean('<a href="/full.jpg"> <img src="/small.jpg" alt="board"> </a>', HERE)
    assert pictures(cleaned) == [Picture("https://forum.example/full.jpg", "board")]
    assert cleaned.count("<a ") == 1


def test_a_picture_in_a_link_stands_after_it_and_no_word_is_lost():
    cleaned = clean(
        '<p><a href="/page">Read <img src="/a.png" alt="this"> now</a> please</p>', HERE
    )
    assert to_text(cleaned) == "Read this now [this] please"
    assert pictures(cleaned) == [Picture("https://forum.example/a.png", "this")]
    assert 'href="https://forum.example/page"' in cleaned


def test_a_link_that_is_only_a_picture_says_where_it_leads():
    cleaned = clean('<a href="https://news.example/42"><img src="/a.png"></a>', HERE)
    assert to_text(cleaned) == "news.example [image]"
    assert [each.address for each in pictures(cleaned)] == ["https://forum.example/a.png"]


def test_nobody_marks_a_link_as_a_picture_from_outside():
    link = '<a class="picture" href="https://e.example/login">[Sign in]</a>'
    assert pictures(clean(link + '<img src="/a.png">', HERE)) == [
        Picture("https://forum.example/a.png", "")
    ]
    assert pictures(clean(link, HERE)) == []


def test_a_body_from_before_pictures_were_shown_is_known_by_its_addresses():
    old = f'<a href="https://e.example/a.PNG?v=1&amp;w=2" {REL}>[the board]</a>'
    assert pictures(old) == [Picture("https://e.example/a.PNG?v=1&w=2", "the board")]
    for link in (
        f'<a href="https://e.example/page" {REL}>[1]</a>',
        f'<a href="https://e.example/a.png" {REL}>the board</a>',
        f'<a href="https://e.example/?to=a.png" {REL}>[2]</a>',
        f'<a href="https://e.example/a.svg" {REL}>[badge]</a>',
    ):
        assert pictures(link) == []


def test_each_picture_is_drawn_in_its_place_or_left():
    body = clean('<p>a <img src="/1.png"> b <img src="/2.png"> c</p>', HERE)
    drawn = draw_pictures(body, lambda each: "<hr>" if each.address.endswith("1.png") else None)
    assert drawn.startswith("<p>a <hr> b <a class=")
    assert drawn.endswith(">[image]</a> c</p>")


@pytest.mark.parametrize(
    "piece", ['<a href="', '<a class="picture" href="x', ">[", "]</a>", ".png"]
)
def test_finding_them_takes_no_longer_than_the_body(piece):
    begun = time.process_time()
    pictures(piece * 50_000)
    pictures('<a href="https://e' + piece * 50_000)
    assert time.process_time() - begun < 5
