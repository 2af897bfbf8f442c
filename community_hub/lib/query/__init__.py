"""The one query language of all lists: words, "phrases", -not, or, brackets and name:value.

`parse` reads a text, a `Language` knows the operators of one list, and `split` separates words from
operators for full-text search.
docs/query-language.md has the grammar and an example.
"""

from .language import Context, HelpRow, Language, OperatorDefinition
from .mistakes import Mistake
from .parser import DEEPEST, LONGEST, MOST_TERMS, parse
from .splitting import Split, split
from .tree import And, Node, Not, Operator, Or, Phrase, Query, Term, Word

__all__ = [
    "DEEPEST",
    "LONGEST",
    "MOST_TERMS",
    "And",
    "Context",
    "HelpRow",
    "Language",
    "Mistake",
    "Node",
    "Not",
    "Operator",
    "OperatorDefinition",
    "Or",
    "Phrase",
    "Query",
    "Split",
    "Term",
    "Word",
    "parse",
    "split",
]
