"""Django's `translate` and `url`, which a page has some two hundred of: what they say is found out
once a process and language. They stand in settings.TEMPLATES, so no template loads them."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import defaulttags
from django.template.base import Node, Parser, Token
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import NoReverseMatch
from django.utils.translation import get_language

from community_hub.lib.folded_templates import is_literal
from community_hub.lib.paths import path
from community_hub.lib.quick_values import escaped

register = template.Library()


class Words(Node):
    """`{% translate "Words" %}`, without anything that differs from page to page."""

    child_nodelists = ()
    is_constant = True

    def __init__(self, node: TranslateNode) -> None:
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: Any) -> str:
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = self.node.render(context)
        return said


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    node = do_translate(parser, token)
    if len(token.split_contents()) > 2 or not is_literal(node.filter_expression):
        return node
    return Words(node)


class Path(defaulttags.URLNode):
    """`{% url "name" number %}` and `{% url "name" number as variable %}`."""

    is_address = True

    @property
    def is_constant(self) -> bool:
        return self.asvar is None and all(is_literal(arg) for arg in self.args)

    def render(self, context: Any) -> str:
        args = [arg.resolve(context) for arg in self.args]
        if not all(isinstance(arg, int | str) for arg in args):
            return str(super().render(context))
        try:
            found = path(str(self.view_name.var), *args)
        except NoReverseMatch:
            return str(super().render(context))  # which says so, or leaves the variable empty
        if self.asvar:
            context[self.asvar] = found
            return ""
        return escaped(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node = defaulttags.url(parser, token)
    view = node.view_name
    if node.kwargs or not is_literal(view) or ":" in str(view.var):
        return node
    return Path(view, node.args, node.kwargs, node.asvar)
