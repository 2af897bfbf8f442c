"""Values are put out as MarkupSafe would, and attributes are read as Python reads them."""

from __future__ import annotations

import pytest
from django.template import engines
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from markupsafe import Markup, escape

from community_hub.lib.quick_jinja import escaped

VALUES = [
    "", "plain", "a & b", "<b>", '"', "'", "…“”", 0, 7, -1, 2.5, True, None, ["<b>"],
    mark_safe("<i>"), Markup("<i>"), gettext_lazy("<b>"), ValueError("<b>"),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_are_escaped_as_markupsafe_does(value):
    assert escaped(value) == str(escape(value))


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_template_escapes_them_so(value):
    words = "{{ value }}|{{ value ~ '<' }}|{% macro m() %}{{ value }}{% endmacro %}{{ m() }}"
    template = engines["jinja2"].from_string(words)
    with_sign = escape(value) + escape("<")
    expected = f"{escape(value)}|{with_sign}|{escape(value)}"
    assert template.render({"value": value}) == expected


def test_an_attribute_that_is_not_there_is_an_error():
    template = engines["jinja2"].from_string("{{ value.nmae }}")
    with pytest.raises(AttributeError, match="nmae"):
        template.render({"value": "x"})


def test_what_a_dict_does_not_hold_is_nothing():
    template = engines["jinja2"].from_string('{{ value["name"] }}{{ value["other"] }}')
    assert template.render({"value": {"name": "a"}}) == "a"
