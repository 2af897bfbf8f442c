"""Jinja2 for the parts of a page that come dozens of times: rows of a list, messages of a thread.

Pages are Django templates; such a part is one `.jinja` file that holds the loop, rendered by a tag
of its app. Jinja2 compiles it to Python, which takes a third of the time. It escapes by itself as
Django's does. Words are `_("...")`, found by makemessages with `--extension html,txt,py,jinja`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext


def render(name: str, context: Any, **values: Any) -> SafeString:
    """A `.jinja` template with values. `include(name, ...)` in it renders one of Django's with the
    page's own context, for what comes rarely."""
    template: Any = get_template(name, using="jinja2")
    text = template.template.render(
        values | {"_": _words(get_language()), "include": _including(context)}
    )
    return mark_safe(text)  # noqa: S308 - Jinja2 has escaped it


@cache
def _words(_language: str | None) -> Callable[[str], str]:
    """gettext, for as long as the language is this one."""
    return cache(gettext)


def _including(context: Any) -> Callable[..., SafeString]:
    def include(name: str, **values: Any) -> SafeString:
        template: Any = get_template(name, using="django")
        with context.push(**values):
            text: SafeString = template.template.render(context)
        return text

    return include
