"""Variables in a text that is written for many: `{{ member.first_name }}`, or
`{{ member.first_name | friend }}` with what stands there where nothing is known.

Nothing but the names that are given is looked up, so a text can reach nothing else; and none is
ever left unfilled: each has words of its own for when neither the facts nor the text has any.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

VARIABLE = re.compile(r"\{\{\s*([\w.]*)\s*(?:\|([^{}]*))?\}\}")
BOTH_BRACES = re.compile(r"\{\{([^{}]*)\}\}")
LOOKS_LIKE_ONE = re.compile(r"\{\{\s*(\w[^{}|]*?)\s*(?:\|[^{}]*)?\}\}")
A_FILTER = re.compile(
    r"\w+\s*[:(]\s*[\"'“”‘’]|default(_if_none)?\b"
)  # of another template language
TAG = re.compile(r"\{%.*?%\}|\{%|%\}", re.DOTALL)
CODE = re.compile(  # of Markdown: fenced, or between as many backticks
    r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)


THERE = gettext_lazy("there")


class Variable(NamedTuple):
    """`default`: what stands there where nothing is known and the text says nothing. `value` gets
    the facts that fill() was given."""

    means: _StrPromise
    value: Callable[[Any], str]
    default: _StrPromise


def fill(text: str, variables: Mapping[str, Variable], facts: Any) -> str:
    """The text with every variable replaced. What is no variable stays as it is."""

    def filled(found: re.Match[str]) -> str:
        variable = variables.get(found[1])
        if variable is None:
            return found[0]
        return variable.value(facts).strip() or (found[2] or "").strip() or str(variable.default)

    return VARIABLE.sub(filled, text)


def what_is_wrong(text: str, variables: Mapping[str, Variable]) -> str:
    """A sentence about the first variable that nobody could fill; "" where all is well."""
    for found in VARIABLE.finditer(text):
        if found[1] not in variables:
            return _("%(variable)s is not a variable. The variables are: %(known)s.") % {
                "variable": found[0],
                "known": ", ".join(variables),
            }
        if found[2] and A_FILTER.match(found[2].strip()):
            said = _(
                "%(variable)s has a filter. What stands there where nothing is known is written "
                "after the bar as it is: %(with_words)s."
            )
            with_words = f"{{{{ {found[1]} | {THERE} }}}}"
            return said % {"variable": found[0], "with_words": with_words}
    if tag := TAG.search(CODE.sub(" ", text)):
        said = _(
            "%(tag)s can’t be filled in. Only variables can, such as %(example)s, or with what "
            "stands there where nothing is known: %(with_words)s."
        )
        return said % {
            "tag": tag[0],
            "example": "{{ member.first_name }}",
            "with_words": f"{{{{ member.first_name | {THERE} }}}}",
        }
    rest = VARIABLE.sub("", text)
    if odd := BOTH_BRACES.search(rest):
        said = _(
            "%(variable)s is not a variable. Write its name alone, as in %(example)s, or with what "
            "stands there where nothing is known: %(with_words)s."
        )
        name = first_word(odd[1]) if first_word(odd[1]) in variables else "member.first_name"
        return said % {
            "variable": odd[0],
            "example": f"{{{{ {name} }}}}",
            "with_words": f"{{{{ {name} | {THERE} }}}}",
        }
    if "{{" in rest or "}}" in rest:
        return _("A variable needs both its braces, as in %(example)s.") % {
            "example": "{{ member.first_name }}"
        }
    return ""


def first_word(name: str) -> str:
    return name.split()[0] if name.strip() else ""
