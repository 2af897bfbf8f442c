"""What says the same on every page is joined, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template import Context, Template, engines
from django.template.base import TextNode, VariableNode
from django.urls import set_script_prefix
from django.utils.translation import override

from community_hub.lib.folded_templates import SILENT, Constant, Loader, fold, nodelists
from community_hub.lib.quick_values import Value

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(ROOT.glob("templates/**/*.html"))


def folded(text: str) -> Template:
    template = Template(text)
    fold(template.nodelist)
    return template


def said(text: str, **values: object) -> str:
    return folded(text).render(Context(values))


def outline(nodes) -> list[object]:
    """The nodes and what is in them, as they were before they were joined."""
    found: list[object] = []
    for node in nodes:
        if isinstance(node, Constant):
            found += outline(node.parts)
        elif isinstance(node, TextNode):
            found.append(node.s)
        elif not isinstance(node, SILENT):
            within = [outline(inner) for inner in nodelists(node)]
            kind = VariableNode if isinstance(node, Value) else type(node)
            found.append((kind, node.token.contents, within))
    return joined(found)


def joined(found: list[object]) -> list[object]:
    whole: list[object] = []
    for one in found:
        if isinstance(one, str) and whole and isinstance(whole[-1], str):
            whole[-1] += one
        else:
            whole.append(one)
    return whole


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_template_has_the_same_parts_in_the_same_order(path):
    text = path.read_text()
    plain = outline(Template(text).nodelist)
    assert outline(folded(text).nodelist) == plain


def test_pages_are_read_folded():
    loaders = engines["django"].engine.template_loaders
    assert [type(loader) for loader in loaders[0].loaders] == [Loader]
    nav = engines["django"].get_template("inbox/_list.html").template
    assert any(isinstance(node, Constant) for node in nav.nodelist)


def test_constant_neighbours_become_one():
    text = '<b>{% translate "Monday" %}</b> {% icon "check" %}{% comment %}x{% endcomment %}!'
    template = folded(text)
    (only,) = template.nodelist
    assert isinstance(only, Constant)
    for _again in range(2):
        for language, word in (("en", "Monday"), ("de", "Montag")):
            with override(language):
                assert template.render(Context()).startswith(f"<b>{word}</b> <svg")
                assert template.render(Context()) == Template(text).render(Context())


def test_text_alone_stays_text():
    template = folded("a{# one #}b{% load i18n %}c")
    (only,) = template.nodelist
    assert isinstance(only, TextNode)
    assert template.render(Context()) == "abc"


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("<b>{{ word }}</b>", "<b>x</b>", "<b>y</b>"),
        ("{% translate word %}!", "x!", "y!"),
        ('{% url "inbox-folder" word %}!', "/inbox/x/!", "/inbox/y/!"),
        ('{% icon "check" css=word %}', 'class="icon x"', 'class="icon y"'),
        ('{% icon "check" as drawn %}{{ word }}', "x", "y"),
        ('{% if word == "x" %}a{% icon "check" %}{% else %}b{% endif %}', "a<svg", "b"),
        ('{% for one in word %}{{ one }}{% translate "Monday" %}{% endfor %}', "xM", "yM"),
    ],
)
def test_what_differs_is_asked_each_time(text, one, other):
    template = folded(text)
    for word, wanted in (("x", one), ("y", other), ("x", one)):
        said = template.render(Context({"word": word}))
        assert wanted in said
        assert said == Template(text).render(Context({"word": word}))


def test_addresses_follow_where_the_hub_is():
    template = folded('<a href="{% url "inbox" %}">')
    assert template.render(Context()) == '<a href="/inbox/">'
    set_script_prefix("/hub/")
    try:
        assert template.render(Context()) == '<a href="/hub/inbox/">'
    finally:
        set_script_prefix("/")
    assert template.render(Context()) == '<a href="/inbox/">'


def test_blocks_and_partials_are_replaced_as_before():
    page = engines["django"].from_string(
        '{% extends "base.html" %}{% block title %}{% translate "Monday" %}!{% endblock %}'
    )
    assert "<title>Monday!</title>" in page.render()
