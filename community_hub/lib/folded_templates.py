"""Templates whose constant parts are joined when they are read.

Half of what a page renders are nodes that say the same on every page: text, `{% translate "…" %}`,
`{% icon "…" %}`, `{% url "…" %}` without variables. Neighbours of that kind become one node, which
finds out once a process and language what they say. Nothing is written differently. Values get
nodes of our own (quick_values.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.conf import settings
from django.template import Template, library
from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable, VariableNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode
from django.template.loaders import cached
from django.template.loaders.base import Loader as BaseLoader
from django.urls import get_script_prefix
from django.utils.translation import get_language

from .quick_values import Value

F = TypeVar("F", bound=Callable[..., Any])
SILENT = (CommentNode, LoadNode)
_constant_tags: set[Callable[..., Any]] = set()


def constant_tag(function: F) -> F:
    """For a simple tag that says what its arguments alone decide."""
    _constant_tags.add(function)
    return function


class Constant(Node):
    """Nodes of which each says the same, always or in one language."""

    child_nodelists = ("parts",)

    def __init__(self, parts: list[Node]) -> None:
        self.parts = NodeList(parts)
        self.said: dict[tuple[str | None, ...], str] = {}
        self.has_addresses = any(getattr(part, "is_address", False) for part in parts)

    def render(self, context: Any) -> str:
        key: tuple[str | None, ...] = (get_language(),)
        if self.has_addresses:
            key = (*key, get_script_prefix(), settings.ROOT_URLCONF)
        said = self.said.get(key)
        if said is None:
            said = "".join(str(part.render_annotated(context)) for part in self.parts)
            self.said[key] = said
        return said

    render_annotated = render  # its parts name themselves where they raise


class _Folding(BaseLoader):
    def get_template(self, *args: Any, **options: Any) -> Template:
        template = super().get_template(*args, **options)
        fold(template.nodelist)
        return template


class Loader(cached.Loader, _Folding):
    """Django's, which keeps templates; each is folded before it is kept."""


def fold(nodes: NodeList) -> None:
    """Join neighbours that are constant, here and in all that is within."""
    for node in nodes:
        for inner in nodelists(node):
            fold(inner)
    nodes[:] = joined(Value.of(node) if type(node) is VariableNode else node for node in nodes)


def nodelists(node: Node) -> Iterator[NodeList]:
    if isinstance(node, Constant):
        return
    if isinstance(node, IfNode):  # its `nodelist` is made anew each time it is asked for
        yield from (inner for _condition, inner in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner


def joined(nodes: Iterable[Node]) -> Iterator[Node]:
    run: list[Node] = []
    for node in nodes:
        if is_constant(node):
            run.append(node)
            continue
        yield from one_of(run)
        run = []
        yield node
    yield from one_of(run)


def one_of(run: list[Node]) -> list[Node]:
    """Of neighbours that are constant; what renders as nothing is left out."""
    run = [node for node in run if not isinstance(node, SILENT)]
    texts = [node.s for node in run if isinstance(node, TextNode)]
    if len(texts) == len(run):
        return [TextNode("".join(texts))] if len(run) > 1 else run
    return [Constant(run)]


def is_constant(node: Node) -> bool:
    """Nodes of our own say so by an attribute `is_constant`, and by `is_address` that they depend
    on where the hub is."""
    if isinstance(node, TextNode | CommentNode | LoadNode):
        return True
    if (
        isinstance(node, library.SimpleNode)
        and node.func in _constant_tags
        and node.target_var is None
    ):
        return all(is_literal(given) for given in (*node.args, *node.kwargs.values()))
    return getattr(node, "is_constant", False)


def is_literal(expression: FilterExpression) -> bool:
    """Words in quotation marks or a number, without a filter."""
    var = expression.var
    if expression.filters:
        return False
    return not isinstance(var, Variable) or var.lookups is None
