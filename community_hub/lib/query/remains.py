"""What still holds of a query that was right once: its tag was deleted, its colleague left; and
what of it somebody may read who may not see all that it names."""

from __future__ import annotations

from dataclasses import dataclass

from .language import Context, Language
from .mistakes import Mistake, without
from .parser import read_query

HIDDEN = "•••"  # a value that names nothing
MOST_REPAIRS = 150  # of what stands beside a gap; each takes a millisecond or two


@dataclass(frozen=True)
class Remains:
    """`text`: the query without what can't be looked for; "" where nothing is left. `mistakes`:
    what is said of each part that was left out."""

    text: str
    mistakes: tuple[Mistake, ...]


def what_holds(language: Language, text: str, context: Context) -> Remains:
    """The query without the operators that can't be looked for, and without the `or`, the `-` and
    the brackets that have nothing beside them then. Reads what each operator names, once."""
    mistakes = language.mistakes(text, context)
    left = text
    for mistake in reversed(mistakes):
        left = without(left, mistake.start, mistake.end)
    return Remains(_repaired(language, left), tuple(mistakes))


def with_values_hidden(language: Language, text: str, context: Context) -> str:
    """The query with HIDDEN for each value that names nothing which this user may see. Still a
    mistake, of which what_holds() leaves the rest."""
    mistaken = {mistake.start for mistake in language.mistakes(text, context)}
    if not mistaken:
        return text
    try:
        operators = read_query(text).operators
    except Mistake:
        return HIDDEN
    for operator in reversed(operators):
        if operator.start in mistaken:
            text = text[: operator.value_start] + HIDDEN + text[operator.end :]
    return text


def _repaired(language: Language, text: str) -> str:
    """The text without what the parser stops at; "" where that is not done in a few steps."""
    for _step in range(MOST_REPAIRS):
        try:
            language.parse(text)
        except Mistake as mistake:
            if mistake.end <= mistake.start:
                return ""
            text = without(text, mistake.start, mistake.end)
        else:
            return text
    return ""
