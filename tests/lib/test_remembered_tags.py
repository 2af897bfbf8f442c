"""`translate` and `url` say what Django's own say, and are found out once."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.template.loader import get_template
from django.urls import NoReverseMatch, set_script_prefix
from django.utils.translation import override

from community_hub.lib import paths
from community_hub.templatetags.remembered import Path, Words


def said(text: str, **values: object) -> str:
    return Template(text).render(Context(values))


def kinds(text: str) -> list[type]:
    return [type(node) for node in Template(text).nodelist]


def test_words_are_kept_for_each_language():
    template = Template('{% translate "Monday" %}')
    for _ in range(2):
        for language, word in (("en", "Monday"), ("de", "Montag"), ("fr", "lundi")):
            with override(language):
                assert template.render(Context()) == word
    (words,) = template.nodelist
    assert isinstance(words, Words)
    assert set(words.said) == {"en", "de", "fr"}


def test_words_with_signs_stay_as_they_are():
    assert said('{% translate "100% <b>sure</b>" %}') == "100% <b>sure</b>"
    assert said("{% translate 'a \"quoted\" word' %}") == 'a "quoted" word'


@pytest.mark.parametrize(
    "text",
    [
        "{% translate word %}",
        '{% translate "Monday" as word %}{{ word }}',
        '{% translate "Monday"|upper %}',
        '{% translate "May" context "abbrev. month" %}',
    ],
)
def test_what_may_differ_is_asked_each_time(text):
    assert Words not in kinds(text)
    with override("de"):
        assert said(text, word="Monday") in {"Montag", "MONDAY", "MONTAG", "Mai"}


def test_addresses_are_those_of_django():
    assert said('{% url "conversation" pk %}', pk=3) == "/conversations/3/"
    assert said('{% url "inbox-folder" slug %}', slug="mine") == "/inbox/mine/"
    assert said('{% url "inbox" as here %}<{{ here }}>') == "</inbox/>"
    assert kinds('{% url "conversation" pk %}') == [Path]


def test_an_address_that_is_not_there_is_an_error_or_an_empty_variable():
    with pytest.raises(NoReverseMatch):
        said('{% url "nowhere" %}')
    assert said('{% url "nowhere" as here %}<{{ here }}>') == "<>"


def test_an_argument_that_is_no_number_and_no_text_goes_to_django():
    class Slug:
        def __str__(self) -> str:
            return "mine"

    assert said('{% url "inbox-folder" slug %}', slug=Slug()) == "/inbox/mine/"


def test_a_hub_under_a_path_has_its_own_addresses():
    try:
        assert paths.path("inbox") == "/inbox/"
        set_script_prefix("/hub/")
        assert paths.path("inbox") == "/hub/inbox/"
    finally:
        set_script_prefix("/")


def test_words_of_a_template_that_nobody_escapes():
    template = Template('{% translate "Tom & Jo" %}')
    for autoescape in (True, False):
        assert template.render(Context(autoescape=autoescape)) == "Tom & Jo"


def test_the_pages_use_them():
    nodes = get_template("inbox/_composer.html").template.nodelist
    assert nodes.get_nodes_by_type(Words)
    assert nodes.get_nodes_by_type(Path)
