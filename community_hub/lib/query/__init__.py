"""The one query language of all lists: words, "phrases", -not, or, brackets and name:value.

`parse` reads a text, a `Language` knows the operators of one list, `split`, `search_query` and
`says` are for full-text search, `marked` shows where a mistake stands, `complete` is for typing,
`rename` for what is called differently now, `what_holds` for queries of which a part is gone,
`with_values_hidden` for readers who may not see all, and `dates` has conditions by dates and ages.
docs/query-language.md has the grammar and an example.
"""

from .completion import Suggestion, complete
from .fulltext import search_query, unsearchable, what_is_not_searched, without_beginning
from .language import Context, HelpRow, Language, OperatorDefinition, Parts
from .marking import Marked, marked
from .mistakes import Mistake
from .names import no_such
from .parser import DEEPEST, LONGEST, MOST_TERMS, parse
from .remains import HIDDEN, Remains, what_holds, with_values_hidden
from .renaming import rename
from .sequences import has_sequence, says
from .splitting import Split, parts, query_of, searchable, split
from .syntax import in_quotes
from .tree import And, Node, Not, Operator, Or, Phrase, Query, Term, Word, leaves

__all__ = [
    "DEEPEST",
    "HIDDEN",
    "LONGEST",
    "MOST_TERMS",
    "And",
    "Context",
    "HelpRow",
    "Language",
    "Marked",
    "Mistake",
    "Node",
    "Not",
    "Operator",
    "OperatorDefinition",
    "Or",
    "Parts",
    "Phrase",
    "Query",
    "Remains",
    "Split",
    "Suggestion",
    "Term",
    "Word",
    "complete",
    "has_sequence",
    "in_quotes",
    "leaves",
    "marked",
    "no_such",
    "parse",
    "parts",
    "query_of",
    "rename",
    "says",
    "search_query",
    "searchable",
    "split",
    "unsearchable",
    "what_holds",
    "what_is_not_searched",
    "with_values_hidden",
    "without_beginning",
]
