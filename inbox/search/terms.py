"""The meaningful words of a text, as terms that a full-text column can be compared with.

A word stands for itself and for its stems: a message in which too little is said to tell its
language is kept as it stands, and is found from one whose language is known, and the other way
round. Of scripts without spaces, two characters that follow each other are a term.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from community_hub.lib.search_text import ONE_BY_ONE, search_text
from inbox.languages import CONFIGURATIONS, code_of, configurations_in_use

READ = 5_000  # characters of a text whose words are looked at
LONGEST_STOP = 12  # letters of a stop word
# Whose dictionaries have stop words. All are asked: a word that says nothing in one language is
# rare among messages of the others, and would count much there.
STOPPERS = [
    f"{name}_stem"
    for name in (
        "danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian",
        "norwegian", "portuguese", "russian", "spanish", "swedish", "turkish",
    )
]  # fmt: skip
MOST_READ = 400  # different words of it
LONGEST = 40  # characters of a word: what is longer is a key or an address
_UNIT = re.compile(f"[{ONE_BY_ONE}]|[^\\W_{ONE_BY_ONE}]+")
_ONE = re.compile(f"[{ONE_BY_ONE}]")

# PostgreSQL's own statistics tell how common a word is: of a thousand words at most, the others
# are rarer. They decide only how a word is looked for, which is a matter of time.
_READINGS = """
with given as (
    select word, written, at, word like '%% %%' as is_pair
    from unnest(%(words)s::text[], %(written)s::text[]) with ordinality as w(word, written, at)
), common as materialized (
    select c.lexeme, c.share
    from pg_stats s, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs)
        as c(lexeme, share)
    where s.schemaname = current_schema() and s.tablename = 'inbox_message'
      and s.attname = 'search' and c.lexeme is not null
), lexemes as (
    select at, string_to_table(word, ' ') as lexeme from given
    union
    select at, unnest(ts_lexize(name::regdictionary, word))
    from given, unnest(%(stemmers)s::text[]) name where not is_pair
), called as (
    select name from team_user
    union all
    select unnest(array[split_part(ltrim(handle, '@'), '@', 1), display_name])
    from members_identity where id in (
        select i.id from members_member p join members_identity i on i.member_id = p.id
        where p.user_id is not null and not p.is_bot
        union select id from members_identity where is_us)
), ours as materialized (
    select distinct lower(word) as word
    from called, string_to_table(hub_search_text(name), ' ') word
), told as (
    select at, string_agg('''' || lexeme || '''', ' | ') as query,
        sum(coalesce(share, 0)) as share, min(coalesce(share, 0)) as least
    from lexemes left join common using (lexeme) group by at
)
select word,
    case when is_pair then phraseto_tsquery('simple', word)::text else query end,
    case when is_pair then least else share end,
    not is_pair and length(written) <= %(longest_stop)s and exists (
        select from unnest(%(stoppers)s::text[]) name
        where ts_lexize(name::regdictionary, written) = '{}'),
    word in (select ours.word from ours)
from given join told using (at) order by at
"""


@dataclass(frozen=True)
class Term:
    """`words`: as search_text() makes them, in lower case, which follow each other. `query`: what
    they are compared by, in the syntax of a tsquery. `share`: of all messages, those that have
    them, 0 where they are rare. `is_stop`: a word such as "the", in any language. `is_ours`: a
    word of the name of a colleague, or of the name or handle of an account of theirs or the hub's.
    `is_begun`: it may go on."""

    words: tuple[str, ...]
    query: str
    share: float
    is_stop: bool
    is_ours: bool = False
    is_begun: bool = False

    def begun(self) -> Term:
        """A word that somebody may still be typing."""
        query = f"{self.query} | '{self.words[0]}':*"
        return replace(self, query=query, is_begun=True)


def terms_of(text: str, language: str) -> list[Term]:
    """In the order in which they are first said. `language`: as the message has it, "" where it is
    not known: then it may be any that messages are written in."""
    words = distinct(units(text[:READ]))
    if not words:
        return []
    known = CONFIGURATIONS.get(code_of(language))
    names = (known,) if known else configurations_in_use()
    stemmers = [f"{name}_stem" for name in names if name != "simple"]
    accented = with_accents(text[:READ])
    values: dict[str, Any] = {
        "words": words,
        "written": [accented.get(word, word) for word in words],
        "stemmers": stemmers,
        "stoppers": STOPPERS,
        "longest_stop": LONGEST_STOP,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, values)
        rows = cursor.fetchall()
    return [Term(tuple(word.split()), *rest) for word, *rest in rows if rest[0]]


def with_accents(text: str) -> dict[str, str]:
    """Words as they were written, by what search_text() makes of them: the dictionaries take "été"
    for a stop word, and not "ete"."""
    words = _UNIT.findall(unicodedata.normalize("NFC", text).lower())
    return {search_text(word).strip(): word for word in words if not word.isascii()}


def units(text: str) -> list[str]:
    """Words, and pairs of characters as in "音 が"; a character that stands alone is a word."""
    said = search_text(text).lower()
    found: list[str] = []
    before: re.Match[str] | None = None
    for unit in _UNIT.finditer(said):
        is_one = bool(_ONE.fullmatch(unit[0]))
        follows = before is not None and not said[before.end() : unit.start()].strip()
        if not is_one:
            found.append(unit[0])
        elif before is not None and follows:
            found.append(f"{before[0]} {unit[0]}")
        before = unit if is_one else None
    return found or [unit[0] for unit in _UNIT.finditer(said)]


def distinct(words: Iterable[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if len(word) <= LONGEST][:MOST_READ]


def telling(terms: Sequence[Term], most: int) -> list[Term]:
    """Those that tell most of what a text is about: half of them words that are rare, the longest
    of these, since a rare one may as well be a slip; the rest the rarest of those that are not."""
    said = [term for term in terms if not term.is_stop]
    rare = sorted((t for t in said if not t.share), key=lambda t: len(t.query), reverse=True)
    common = sorted((t for t in said if t.share), key=lambda t: t.share)
    chosen = rare[: max(most // 2, most - len(common))]
    return [*chosen, *common[: most - len(chosen)]]
