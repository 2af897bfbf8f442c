"""The accounts of the practice sites and who of them is around at a given moment."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.seed import SeedAccount

from .content import read_words
from .sampling import Sampler
from .timing import QUIET_SINCE

TEAM = "polyphon"
STAFF = frozenset({"lena", "suri", "suri_anand", "suri_a"})
QUIET = "halvard"
BOT = SeedAccount("patch_of_the_week", "Patch of the Week", "Posts on Mondays, by itself.", True)
EXTRAS = {"forum": 128, "microblog": 108, "helpboard": 74}
LANGUAGES = ("en", "de", "fr", "es")
SHARES = (82, 9, 6, 3)
AT_LEAST = ("de",) * 4 + ("fr",) * 4 + ("es",) * 3  # enough for a conversation in each language


@dataclass
class People:
    """One site's people. They turn up in the order of `waiting`, each with a first post."""

    accounts: dict[str, SeedAccount]
    waiting: dict[str, list[str]]  # language -> handles that have not written yet
    by_language: dict[str, list[str]] = field(
        default_factory=dict
    )  # busier people are in there more often

    def join(self, handle: str, lang: str, times: int) -> None:
        self.by_language.setdefault(lang, []).extend([handle] * times)

    def newcomer(self, lang: str) -> str | None:
        queue = self.waiting[lang]
        return queue.pop() if queue else None

    def someone(
        self, sampler: Sampler, lang: str, at: datetime, now: datetime, but: set[str]
    ) -> str:
        """Somebody who speaks the language, was here already and is not in `but`."""
        speakers = self.by_language[lang]
        pick = sampler.rng.choice(speakers)
        for _again in range(40):
            if pick not in but and not (pick == QUIET and at > now - QUIET_SINCE):
                break
            pick = sampler.rng.choice(speakers)
        return pick

    def first_name(self, handle: str) -> str:
        account = self.accounts.get(handle)
        return (account.name.split()[0] if account and account.name else handle).strip(",")


def people_of_site(sampler: Sampler, site: str) -> People:
    """The people written by hand, and as many others as the site needs."""
    words = read_words("people")
    cast = {handle: SeedAccount(handle, *about) for handle, about in words[site].items()}
    made = People(dict(cast), {lang: [] for lang in LANGUAGES})
    for rank, handle in enumerate(words["regulars"][site]):
        made.join(handle, "en", max(2, 8 - rank // 2))
    for lang in LANGUAGES[1:]:
        for handle in words["regulars"][lang]:
            if handle in cast:
                made.join(handle, lang, 6)
    spoken = [*AT_LEAST, *sampler.rng.choices(LANGUAGES, SHARES, k=EXTRAS[site] - len(AT_LEAST))]
    for index, lang in enumerate(spoken):
        account = _somebody(sampler, made.accounts)
        made.accounts[account.handle] = account
        made.waiting[lang].append(account.handle)
        if index < len(AT_LEAST) or (lang == "en" and index % 3 == 0):  # here from the beginning
            made.join(account.handle, lang, 1)
    if site == "microblog":
        made.accounts[BOT.handle] = BOT
    return made


def _somebody(sampler: Sampler, taken: dict[str, SeedAccount]) -> SeedAccount:
    names = read_words("people")["names"]
    first, last = sampler.next_of(names["first"]), sampler.next_of(names["last"])
    word = sampler.next_of(names["word"])
    plain, plain_last = _ascii(first), _ascii(last)
    handle = sampler.rng.choice(
        [
            f"{plain}_{plain_last[:1]}",
            f"{plain}{plain_last}",
            f"{word}_{plain}",
            f"{plain[:1]}{plain_last}",
            f"{word}{sampler.rng.randrange(10, 99)}",
            f"{plain}{sampler.rng.randrange(60, 99)}",
        ]
    )
    while handle in taken:
        handle += "_"
    shown = sampler.rng.choice([f"{first} {last}", f"{first} {last}", f"{first} {last[0]}.", first])
    bio = sampler.next_of(names["bio"]) if sampler.chance(0.55) else ""
    return SeedAccount(handle, shown, bio)


def _ascii(name: str) -> str:
    spelled = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("ı", "i"))
    return "".join(letter for letter in spelled.lower() if "a" <= letter <= "z")
