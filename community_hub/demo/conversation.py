"""Puts one conversation together from a topic: who writes what, in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .content import Topic, read_words
from .people import TEAM, People
from .sampling import Sampler, fill

EDITED, GONE = 0.02, 0.015  # shares of posts that were edited, whose author left
OWN_TOWN = {"de": "city_de", "fr": "city_fr", "es": "city_es"}
STAFF_ANSWERS = ("lena", "suri")  # on the forum, under their own names


@dataclass
class Draft:
    """A post without its time; `pace` stretches the wait before it."""

    handle: str
    body: str
    reply_to: int | None = None
    pace: float = 1.0
    comment: bool = False
    gone: bool = False
    edited: bool = False


@dataclass
class GeneratedConversation:
    """One conversation while it is being written."""

    sampler: Sampler
    people: People
    site: str
    topic: Topic
    at: datetime
    now: datetime
    opener: str
    settled: bool = False  # recent enough that the team must have answered
    posts: list[Draft] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    fixes: dict[int, str] = field(default_factory=dict)  # by post, the answer it gives
    accepted: int | None = None
    title: str = ""

    def write(self) -> GeneratedConversation:
        self.values = self._slots()
        self.values["asker"] = self.people.first_name(self.opener)
        if self.site == "microblog":
            self._short()
        elif self.topic.is_question:
            self._question()
        else:
            self._chat()
        return self

    # The shapes -----------------------------------------------------------------------------

    def _question(self) -> None:
        self._root()
        for _index in range(self.sampler.rng.choice((0, 1, 1, 2))):
            self._add(self._peer(), self._said("same", "tail", "before_say"), comment=True)
        helper = self._peer()
        if self.topic.ask and self.sampler.chance(0.6):
            question, answer = self.sampler.next_of(self.topic.ask)
            asked = self._add(helper, self._put("before_ask", question), comment=True)
            self._add(self.opener, self._put("before_tell", answer), asked, comment=True)
        by_team = self.sampler.chance(0.2)
        fixed = self._answer(self._team() if by_team else helper)
        self.values["helper"] = self._name(self.posts[fixed].handle)
        if self.sampler.chance(0.4):
            self._answer(self._peer({helper}))
        if not by_team and (self.settled or self.sampler.chance(0.62)):
            self._team_word()
        if self.sampler.chance(0.85) and not (self.settled and by_team):
            self._add(self.opener, self._thanks(fixed), fixed, comment=True)
            self.accepted = fixed
        if self.sampler.chance(0.3):
            self._add(self._peer(), self.sampler.fresh(self._coda), pace=20.0)

    def _chat(self) -> None:
        self._root()
        for index in range(self.sampler.rng.choice((2, 2, 3, 3, 4, 5))):
            above = index if index and self.sampler.chance(0.25) else None
            self._add(self._peer(), self._said("say", "after_say", "before_say"), above)
            if index == 1 and self.sampler.chance(0.7):
                self._add(self.opener, self._said("back", "after_say", ""), len(self.posts) - 1)
        if self.settled or self.sampler.chance(0.6):
            self._team_word()
        if self.sampler.chance(0.4):
            self._add(self._peer(), self._said("say", "after_say", "before_say"), pace=8.0)

    def _short(self) -> None:
        self._root()
        asks = "@polyphon" in self.posts[0].body
        answered = asks and (self.settled or self.sampler.chance(0.92))
        for index in range(self.sampler.rng.choice((0, 1, 1, 2, 3))):
            who = self._peer()
            self._add(who, self._short_text("say"), pace=0.6)
            if index == 0 and self.sampler.chance(0.45):
                self._add(self.opener, self._short_text("back", to=who), len(self.posts) - 1)
        if answered or (not asks and self.sampler.chance(0.1)):
            self._add(TEAM, self._short_text("team"), 0)

    # The posts ------------------------------------------------------------------------------

    def _root(self) -> None:
        if self.site == "microblog":
            body = self.sampler.fresh(self._short_root)
        else:
            self.title = self.sampler.fresh(self._new_title)
            body = self.sampler.fresh(self._long_root)
        self._add(self.opener, body)

    def _new_title(self) -> str:
        """A title, with the slots dealt anew: the whole conversation keeps what they hold."""
        self.values.update(self._slots())
        return fill(self.sampler.next_of(self.topic.title), self.values)

    def _long_root(self) -> str:
        """The problem with up to two details, which the rest may deal alike: one of them stays."""
        parts = [self._pool("lead")] if self.sampler.chance(0.45) else []
        parts.append(self._fill(self.sampler.next_of(self.topic.open)))
        details = self.sampler.rng.choice((0, 1, 1, 1, 1, 2, 2))
        said = dict.fromkeys(self.sampler.next_of(self.topic.more) for _detail in range(details))
        for index, detail in enumerate(said):
            parts.append(("\n\n" if index else "") + self._fill(detail))
        if self.sampler.chance(0.35) and self.topic.is_question:
            parts.append("\n\n" + self._pool("sign"))
        return _join(parts)

    def _short_root(self) -> str:
        self.values.update(self._slots())
        parts = [self._fill(self.sampler.next_of(self.topic.open))]
        parts.append(self._fill(self.sampler.next_of(self.topic.more)))
        if self.sampler.chance(0.7):
            parts.append(f"#{self.topic.tag}")
        return _join(parts)

    def _short_text(self, name: str, to: str = "") -> str:
        fragment = self._new(name)

        def text() -> str:
            said = self._fill(fragment)
            tails = {"say": "micro_tail", "team": "micro_team"}.get(name)
            tail = self._pool(tails) if tails and self.sampler.chance(0.3) else ""
            if tail and said[-1] not in ".!?":
                said += self.sampler.rng.choice((".", ",", "!"))
            return _join([f"@{to or self.opener}", said, tail])

        return self.sampler.fresh(text)

    def _said(self, name: str, after: str, before: str) -> str:
        said = self._fill(self._new(name))

        def text() -> str:
            parts = [said]
            if before and self.sampler.chance(0.25):
                parts.insert(0, self._pool(before))
            if after and self.sampler.chance(0.2):
                parts.append(self._pool(after))
            return _join(parts)

        return self.sampler.fresh(text)

    def _thanks(self, fixed: int) -> str:
        """The word of thanks that belongs to the answer which helped."""
        nth = self.topic.fix.index(self.fixes[fixed])
        word = self._fill(self.topic.thanks[nth % len(self.topic.thanks)])

        def text() -> str:
            opening = self._pool("before_thanks") if self.sampler.chance(0.7) else ""
            return _join([opening, word])

        return self.sampler.fresh(text)

    def _put(self, before: str, said: str) -> str:
        """One of two people's words, sometimes with a few of their own before."""

        def text() -> str:
            opening = self._pool(before) if self.sampler.chance(0.4) else ""
            return _join([opening, self._fill(said)])

        return self.sampler.fresh(text)

    def _coda(self) -> str:
        ending = self._pool("after_say") if self.sampler.chance(0.4) else ""
        return _join([self._pool("coda"), ending])

    def _new(self, name: str) -> str:
        """A fragment that was not yet used in this conversation."""
        pool: list[str] = getattr(self.topic, name)
        left = [text for text in pool if text not in self.used]
        picked: str = self.sampler.rng.choice(left) if left else self.sampler.next_of(pool)
        self.used.add(picked)
        return picked

    def _answer(self, handle: str) -> int:
        fix = self._new("fix")

        def text() -> str:
            parts = [self._fill(fix)]
            if self.sampler.chance(0.4):
                parts.insert(0, self._pool("before_fix"))
            if self.sampler.chance(0.25):
                parts.append(self._pool("after_fix"))
            return _join(parts)

        index = self._add(handle, self.sampler.fresh(text), 0)
        self.fixes[index] = fix
        return index

    def _team_word(self) -> int:
        handle = self._team()

        def text() -> str:
            word = self._fill(self.sampler.next_of(self.topic.team))
            ending = self._pool("after_team") if handle == TEAM else ""
            return _join([self._greeting(), word, f"\n\n{ending}" if ending else ""])

        return self._add(handle, self.sampler.fresh(text), 0, pace=3.0)

    def _greeting(self) -> str:
        if self.sampler.chance(0.35):
            return ""
        greeting: str = self.sampler.next_of(read_words("pools")[self.topic.lang]["before_team"])
        if "{helper}" in greeting and self.values.get("helper", "Bo") == "Bo":
            return ""
        return fill(greeting, self.values)

    def _add(
        self,
        handle: str,
        body: str,
        reply_to: int | None = None,
        *,
        pace: float = 1.0,
        comment: bool = False,
    ) -> int:
        inside = bool(self.posts) and handle not in {TEAM, self.opener}
        peer = inside and handle not in STAFF_ANSWERS
        draft = Draft(handle, body, reply_to, pace, comment and self.site == "helpboard")
        draft.gone = peer and self.sampler.chance(GONE)
        draft.edited = peer and not draft.gone and self.sampler.chance(EDITED)
        self.posts.append(draft)
        return len(self.posts) - 1

    # The people and the slots ---------------------------------------------------------------

    def _peer(self, but: set[str] | None = None) -> str:
        away = {self.opener, *(but or ())}
        if self.sampler.chance(0.8):
            away |= {post.handle for post in self.posts}
        return self.people.someone(self.sampler, self.topic.lang, self.at, self.now, away)

    def _team(self) -> str:
        natively = self.site == "forum" and self.topic.lang == "en" and self.sampler.chance(0.2)
        return self.sampler.rng.choice(STAFF_ANSWERS) if natively else TEAM

    def _name(self, handle: str) -> str:
        return "Bo" if handle == TEAM else self.people.first_name(handle)

    def _slots(self) -> dict[str, str]:
        pools = {**read_words("pools")["slots"], **self.topic.slots}
        dealt = {name: self.sampler.next_of(values) for name, values in pools.items()}
        return {name: fill(value, dealt) for name, value in dealt.items()}  # some hold a patch

    def _fill(self, text: str) -> str:
        return fill(text, self.values)

    def _pool(self, name: str) -> str:
        """A fragment that fits anywhere; its town is the writer's, not the conversation's."""
        text: str = self.sampler.next_of(read_words("pools")[self.topic.lang][name])
        town = OWN_TOWN.get(self.topic.lang, "city")
        slots: dict[str, Any] = read_words("pools")["slots"]
        own = {name: self.sampler.next_of(slots[name]) for name in (town, "os", "ver", "n")}
        return fill(text, {**self.values, "helper": "you", **own} | _helper(self.values))


def _helper(values: dict[str, str]) -> dict[str, str]:
    return {"helper": values["helper"]} if "helper" in values else {}


def _join(parts: Any) -> str:
    """One text; a salutation ends its line, so that the next may begin with a capital."""
    text = " ".join(f"{part}\n\n" if part.endswith(",") else part for part in parts if part)
    return re.sub(r" *\n\n *", "\n\n", text).strip()
