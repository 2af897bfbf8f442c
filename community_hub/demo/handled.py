"""What the demo’s team did with conversations. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from .team import BO, LENA, SURI


@dataclass(frozen=True)
class HandledConversation:
    """What the team did with the conversation whose subject or first post begins so."""

    site: str
    begins: str
    tags: tuple[str, ...] = ()
    assignee: str = ""
    snooze_hours: int = 0  # 0: not snoozed
    note: tuple[str, str] | None = None
    draft: tuple[str, str] | None = None


HANDLED = (
    HandledConversation(
        "forum",
        "MIDI clock drifts after firmware 2.4",
        ("bug", "firmware"),
        BO,
        note=(
            LENA,
            "Firmware can reproduce it. They'd like Ines to try a build: she offered to "
            "test last year. Bo, will you ask her?",
        ),
        draft=(
            BO,
            "Ines, the firmware team can reproduce the drift now. Would you try a build "
            "before the others? You'd have it tonight, and a way back to 2.3 with it.",
        ),
    ),
    HandledConversation("forum", "2.4: arpeggiator stays latched", ("bug", "firmware")),
    HandledConversation("forum", "Is there a way back to 2.3", ("firmware",), BO),
    HandledConversation("forum", "Berlin, in two weeks", ("meet-up",), LENA),
    HandledConversation("forum", "Patch browser: sort by", ("wish",)),
    HandledConversation("forum", "Where do the envelopes", ("docs",)),
    HandledConversation(
        "forum",
        "Please let the firmware speak",
        ("wish",),
        LENA,
        note=(SURI, "I called Kofi: he would test every build of this the same day."),
    ),
    HandledConversation(
        "forum",
        "Why was my thread about",
        (),
        LENA,
        note=(LENA, "I take this one. Nobody else answers until I've talked to Sable."),
    ),
    HandledConversation("forum", "Resonance curve in 2.4", ("firmware",), LENA),
    HandledConversation("forum", "2.4: Nach dem Update", ("bug", "firmware")),
    HandledConversation("forum", "Rencontre à Lyon", ("meet-up",), LENA),
    HandledConversation("forum", "Has anyone heard from Halvard", (), LENA),
    HandledConversation("forum", "Translation of the manual", ("docs", "translation")),
    HandledConversation("forum", "No sound after building", ("newcomer",)),
    HandledConversation(
        "forum",
        "Power supply gets hot",
        ("bug",),
        BO,
        note=(
            BO,
            "Asked the supplier for the batch. Tell him to keep it unplugged and that a "
            "new one is on its way, whatever they answer.",
        ),
    ),
    HandledConversation("forum", "Backup says", ("bug", "firmware"), BO),
    HandledConversation("forum", "Firmware 2.4 is here", ("firmware",)),
    HandledConversation("forum", "A paper manual", ("docs", "wish"), LENA, snooze_hours=200),
    HandledConversation("forum", "Loan units for schools", ("school",), LENA, snooze_hours=90),
    HandledConversation("forum", "Leipzig: Stammtisch", ("meet-up",), LENA, snooze_hours=60),
    HandledConversation("forum", "First words: hello from a bus", ("newcomer",)),
    HandledConversation(
        "social",
        "@polyphon I ordered two encoder sets",
        (),
        BO,
        note=(BO, "Refund is under way, accounting says Tuesday."),
    ),
    HandledConversation("social", "@polyphon Quietly: someone", ("meet-up",), LENA),
    HandledConversation("social", "@polyphon Bonjour, un message", ("meet-up",), LENA),
    HandledConversation("social", "@polyphon the #pattern chain", ("bug", "firmware")),
    HandledConversation("social", "Wrote up how the new resonance", ("firmware",)),
    HandledConversation(
        "social",
        "#soldering first board",
        ("newcomer",),
        draft=(BO, "@joss a sound is a sound! Which one is it: hum, hiss or something between"),
    ),
    HandledConversation("social", "@polyphon we do a Friday evening", (), LENA, snooze_hours=30),
    HandledConversation(
        "help",
        "Re: loan units",
        ("school",),
        BO,
        draft=(BO, "Dear Ms Bell,\n\nthank you for the photographs. The children's "),
    ),
    HandledConversation("help", "Une caisse de prêt", ("school",), LENA),
    HandledConversation("help", "Kann ich den Bootloader", ("firmware",)),
    HandledConversation("help", "Key 14 dead", ("bug",)),
    HandledConversation("help", "A lesson without electricity", ("school", "docs")),
    HandledConversation("help", "Guide: replacing the 3.3 V", ("docs",)),
)
