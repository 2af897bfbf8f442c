"""`{{ value }}` of Django's templates, for the hundred values of a page that are text or ids."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.template.base import VariableNode, render_value_in_context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_needs_escaping = re.compile("[&<>\"']").search


def escaped(text: str) -> str:
    """As Django escapes it; what has no sign of HTML is left as it is."""
    return conditional_escape(text) if _needs_escaping(text) else text


class Value(VariableNode):
    """Does not ask how a language writes what is neither a number with a fraction nor a time."""

    def render(self, context: Any) -> str:
        value: Any = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return value
        if kind is str and context.autoescape:
            return escaped(value)
        if kind is int and not settings.USE_THOUSAND_SEPARATOR:
            return str(value)
        return render_value_in_context(value, context)

    @classmethod
    def of(cls, node: VariableNode) -> Value:
        """In the place of Django's own."""
        made = cls(node.filter_expression)
        made.token, made.origin = node.token, node.origin
        return made
