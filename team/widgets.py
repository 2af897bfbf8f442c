"""Boxes of forms that Django’s own are not good enough for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe


class TimeInput(forms.TimeInput):
    input_type = "time"
    format_key = "TIME_INPUT_FORMATS"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class LongSelect(forms.Select):
    """Django renders a template an option: five hundred of them took 100 ms."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = format_html_join(
            "",
            "<option value='{}'{}>{}</option>",
            ((key, SELECTED if str(key) == str(value) else "", text) for key, text in self.choices),
        )
        attributes = flatatt(self.build_attrs({**self.attrs, "name": name}, attrs))
        return format_html("<select{}>{}</select>", attributes, options)


SELECTED = mark_safe(" selected")
