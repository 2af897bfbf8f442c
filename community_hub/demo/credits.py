"""Answers of members that the demo's team has credited. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from .team import BO, LENA


@dataclass(frozen=True)
class CreditedAnswer:
    """The first message of `handle` in the conversation that begins so. `thanks`: "" for nobody has
    thought of it yet, else the state of the follow-up that thanks for it."""

    site: str
    begins: str
    handle: str
    by: str
    thanks: str = ""


CREDITED_ANSWERS = (
    CreditedAnswer("forum", "Encoder jumps two values", "bramv", BO, "kept"),
    CreditedAnswer("forum", "How do I make a sound like breaking ice", "desato", LENA),
    CreditedAnswer("forum", "How do I make a sound like breaking ice", "arjun", LENA),
    CreditedAnswer("forum", "First words: hello from a bus", "ngozi", BO, "open"),
)
