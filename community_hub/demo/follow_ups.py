"""What the demo's team will do for members, and what it has done. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from .team import BO, LENA


@dataclass(frozen=True)
class PlannedFollowUp:
    """`due`: days from today on which it is due, negative for a day that is past. `planned`: how
    many days ago somebody planned it. `kind`: a FollowUpKind; `state`: as in FollowUpState."""

    site: str
    handle: str
    owner: str
    text: str
    due: int
    planned: int
    kind: str = "follow-up"
    state: str = "open"


FOLLOW_UPS = (
    PlannedFollowUp(
        "forum", "inesw", BO, "Tell her what firmware finds about the clock drift", -1, 1, "promise"
    ),
    PlannedFollowUp("help", "m_bell", BO, "Three loan units for the school", 0, 17, "promise"),
    PlannedFollowUp(
        "forum", "petra", LENA, "Thank her for the manual's new chapter", 0, 5, "thanks"
    ),
    PlannedFollowUp("forum", "halvard", BO, "Ask how the night class went", -1, 12),
    PlannedFollowUp("forum", "ettore", LENA, "Send him the spare encoder", 3, 2, "promise"),
    PlannedFollowUp("social", "joss", LENA, "See how the first board is doing", 6, 1),
    PlannedFollowUp("forum", "kofi", BO, "Send the schematics", -20, 30, "promise", "kept"),
    PlannedFollowUp(
        "forum", "sable", LENA, "A date for the stereo fix", -9, 24, "promise", "broken"
    ),
    PlannedFollowUp("forum", "bramv", LENA, "Invite him to the beta", -14, 21, "follow-up", "kept"),
)
