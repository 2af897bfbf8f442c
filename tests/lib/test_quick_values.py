"""Values in Django's templates are put out as Django puts them out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.template import Context, Engine, engines
from django.template.base import VariableNode
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from community_hub.lib.folded_templates import fold
from community_hub.lib.quick_values import Value

VALUES = [
    "", "plain", "a & b", "<b>", '"', "'", "…“”", 0, 7, -1, 1234567, 2.5, 12345.6, True, None,
    mark_safe("<i>"), gettext_lazy("<b>"), ["<b>"], datetime(2026, 11, 29, 12, 30, tzinfo=UTC),
]  # fmt: skip
TEXTS = [
    "{{ value }}",
    "{{ value|default:'x<' }}",
    "{% autoescape off %}{{ value }}{% endautoescape %}",
]


@pytest.mark.parametrize("with_separator", [False, True])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_they_are_djangos(settings, value, language, with_separator):
    settings.USE_THOUSAND_SEPARATOR = with_separator
    for text in TEXTS:
        plain, quick = (Engine().from_string(text) for _ in range(2))
        fold(quick.nodelist)
        assert not any(type(node) is VariableNode for node in quick.nodelist)
        with translation.override(language):
            said = [each.render(Context({"value": value})) for each in (plain, quick)]
        assert said[0] == said[1]


def test_a_template_of_ours_has_them():
    template = engines["django"].get_template("inbox/_conversation.html").template
    assert not [node for node in template.nodelist if type(node) is VariableNode]


def test_a_value_says_where_it_stands():
    template = Engine(debug=True).from_string("a\n{{ value.fails }}")
    fold(template.nodelist)
    value = next(node for node in template.nodelist if isinstance(node, Value))
    assert value.token.lineno == 2
