"""The languages of what is said, and the text search configurations that go with them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db import connection

from community_hub.lib.language_names import code_of

# As the generated column of migration 0019 has them; all others are kept in `simple`.
CONFIGURATIONS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "fi": "finnish", "fr": "french", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
SUBJECTS = ("simple", "english")  # of the subjects of conversations
READ = 120_000  # characters of a message that its column of words is made of: as in 0019

# From value to value along the index: a step for each language, however many messages there are.
_LANGUAGES = """
with recursive one as (
    (select min(language) as language from inbox_message)
    union all
    select (select min(language) from inbox_message where language > one.language)
    from one where one.language is not null
)
select language from one where language <> ''
"""


def in_use() -> list[str]:
    """What messages say of their language, such as "en" or "pt-BR"."""
    with connection.cursor() as cursor:
        cursor.execute(_LANGUAGES)
        return [language for (language,) in cursor.fetchall()]


@lru_cache(maxsize=32)
def configurations_at(_now: datetime) -> tuple[str, ...]:
    """The same, asked once for all that one query is made of: `now` of its Context."""
    return configurations_in_use()


def configurations_in_use() -> tuple[str, ...]:
    """Those that messages are kept in; `simple` is always one."""
    found = {CONFIGURATIONS.get(code_of(language), "simple") for language in in_use()}
    return ("simple", *sorted(found - {"simple"}))
