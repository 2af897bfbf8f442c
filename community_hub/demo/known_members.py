"""What the demo’s team knows about members. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from .team import BO, LENA, SURI


@dataclass(frozen=True)
class KnownMember:
    """What the team knows about somebody on one site.

    Notes are (who wrote it, how many days ago, text), the newest first.
    """

    site: str
    handle: str
    stage: str
    tags: tuple[str, ...] = ()
    pronouns: str = ""
    place: str = ""
    timezone: str = ""
    languages: tuple[str, ...] = ()
    owner: str = ""
    notes: tuple[tuple[str, int, str], ...] = ()
    backup: str = ""


KNOWN_MEMBERS = (
    KnownMember(
        "forum",
        "inesw",
        "contributor",
        ("firmware", "meet-up"),
        "she/her",
        "Leipzig",
        "Europe/Berlin",
        ("de", "en"),
        LENA,
        (
            (BO, 1, "Promised her within a day: what firmware finds about the clock drift."),
            (LENA, 53, "Wants to test builds early; has a second unit that no gig depends on."),
            (
                SURI,
                158,
                "Lent us her lathe for the June workshop and taught a table of six. "
                "We never thanked her in public.",
            ),
        ),
        backup=BO,
    ),
    KnownMember(
        "forum",
        "petra",
        "champion",
        ("docs",),
        "she/her",
        "Gothenburg",
        "Europe/Stockholm",
        ("sv", "en"),
        LENA,
        (
            (
                LENA,
                9,
                "Twelve beginners' evenings so far. Never offer her money, she finds it odd. "
                "Cinnamon buns work.",
            ),
            (BO, 31, "Worried about Halvard. Tell her first if we hear anything."),
        ),
    ),
    KnownMember(
        "forum",
        "arjun",
        "contributor",
        ("firmware",),
        "he/him",
        "Bengaluru",
        "Asia/Kolkata",
        ("en",),
        BO,
        ((BO, 24, "Credit his answers by name. He is not Arjun Rao, who teaches in Pune."),),
    ),
    KnownMember(
        "forum",
        "arjun_rao",
        "participant",
        (),
        "he/him",
        "Pune",
        "Asia/Kolkata",
        ("en",),
        "",
        (
            (
                BO,
                40,
                "Not the Arjun who reviews our pull requests. We mixed them up once in public.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "rackmount_ron",
        "contributor",
        ("firmware",),
        "he/him",
        "",
        "",
        ("en",),
        LENA,
        (
            (
                LENA,
                12,
                "Angry because he cares. Numbers and dates help, sympathy doesn't. "
                "Said four times that nobody answered him: answer him.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "sable",
        "contributor",
        (),
        "they/them",
        "",
        "",
        ("en",),
        LENA,
        (
            (
                LENA,
                47,
                "Moderates as a volunteer, often at midnight. Back them in public, discuss "
                "in private. Offer a rota before they ask.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "kofi",
        "contributor",
        ("wish",),
        "he/him",
        "Accra",
        "Africa/Accra",
        ("en",),
        SURI,
        (
            (
                SURI,
                88,
                "Blind, uses a screen reader. Calls are easier for him than the forum; "
                "plain text, no pictures without words.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "nuko",
        "contributor",
        ("wish",),
        "they/them",
        "Osaka",
        "Asia/Tokyo",
        ("ja", "en"),
        BO,
        (
            (
                BO,
                15,
                "Asks before writing code. A quick yes or no is worth more than a long answer.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "bramv",
        "champion",
        ("docs",),
        "he/him",
        "Utrecht",
        "Europe/Amsterdam",
        ("nl", "en"),
        BO,
        (
            (
                BO,
                66,
                "Writes better repair guides than we do. Same Bram as on Workbench, he says so "
                "himself.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "halvard",
        "champion",
        (),
        "he/him",
        "Bergen",
        "Europe/Oslo",
        ("no", "en"),
        LENA,
        (
            (
                LENA,
                20,
                "Quiet for ten weeks, also at the October call. His wife was ill in summer, he "
                "told me in confidence: do not mention it, just say hello.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "emel",
        "contributor",
        ("meet-up",),
        "she/her",
        "Berlin",
        "Europe/Berlin",
        ("tr", "de", "en"),
        BO,
        (
            (
                BO,
                34,
                "Runs the repair café. Needs answers by Tuesdays, that is when the poster goes "
                "to print.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "claire_m",
        "contributor",
        ("meet-up",),
        "she/her",
        "Lyon",
        "Europe/Paris",
        ("fr", "en"),
        SURI,
        (
            (
                SURI,
                61,
                "Reads English, prefers to write French. Asks before she promises; do the same.",
            ),
        ),
    ),
    KnownMember(
        "forum",
        "kpetrov",
        "visitor",
        ("translation", "docs"),
        "he/him",
        "Plovdiv",
        "Europe/Sofia",
        ("bg", "en"),
        "",
        ((LENA, 13, "Retired proofreader. Forty pages, unasked. Introduce him to Julien."),),
    ),
    KnownMember(
        "forum",
        "julien_lac",
        "contributor",
        ("translation",),
        "he/him",
        "Villeurbanne",
        "Europe/Paris",
        ("fr",),
        "",
        ((SURI, 29, "Did 92 % of the French patch browser. His name belongs on the release."),),
    ),
    KnownMember(
        "forum",
        "ettore",
        "champion",
        (),
        "he/him",
        "Bologna",
        "Europe/Rome",
        ("it", "en"),
        LENA,
        ((LENA, 77, "Arthritis in both hands. Nearly sold his Six; Kofi talked him out of it."),),
    ),
    KnownMember(
        "forum",
        "ngozi",
        "contributor",
        ("meet-up",),
        "she/her",
        "Lagos",
        "Africa/Lagos",
        ("en",),
        SURI,
        ((SURI, 44, "Runs the Lagos evenings. Welcomes newcomers before we are awake."),),
    ),
    KnownMember(
        "forum",
        "haruka",
        "contributor",
        ("meet-up",),
        "she/her",
        "Osaka",
        "Asia/Tokyo",
        ("ja", "en"),
        "",
        ((BO, 18, "Pictures from Osaka: shoes yes, faces never."),),
    ),
    KnownMember(
        "forum",
        "theo_l",
        "participant",
        ("school", "newcomer"),
        "he/him",
        "",
        "",
        ("en",),
        SURI,
        ((SURI, 26, "Still at school. Keep things public, no direct messages with him."),),
    ),
    KnownMember(
        "forum",
        "duarte",
        "participant",
        ("newcomer",),
        "he/him",
        "Lisbon",
        "Europe/Lisbon",
        ("pt", "en"),
        "",
        ((BO, 8, "Drives the 28. Early shifts: answers in the evening only."),),
    ),
    KnownMember(
        "forum",
        "lotte_b",
        "visitor",
        ("newcomer",),
        "she/her",
        "Groningen",
        "Europe/Amsterdam",
        ("nl", "en"),
        "",
        ((BO, 39, "First solder project. AuthenticatedHttpRequest us to be gentle."),),
    ),
    KnownMember(
        "forum",
        "hnoor",
        "participant",
        ("bug",),
        "she/her",
        "Malmö",
        "Europe/Stockholm",
        ("sv", "en"),
        BO,
        ((BO, 11, "Lost nothing so far, by luck. We owe her a warning page."),),
    ),
    KnownMember(
        "social",
        "joss",
        "visitor",
        ("newcomer",),
        "they/them",
        "",
        "",
        ("en",),
        "",
        ((BO, 22, "Ordered a Kit at two in the morning. Maren lives close by and helps."),),
    ),
    KnownMember(
        "social",
        "tomask",
        "participant",
        ("meet-up",),
        "he/him",
        "",
        "",
        ("en",),
        "",
        ((BO, 5, "Comes to Berlin with two friends who have never soldered."),),
    ),
    KnownMember(
        "social",
        "ngozi_e",
        "contributor",
        ("meet-up",),
        "she/her",
        "Lagos",
        "Africa/Lagos",
        ("en",),
        SURI,
        (
            (
                LENA,
                33,
                "Wrote about pictures taken without consent. Leads only until "
                "she says otherwise: answer in private, not in the thread.",
            ),
        ),
    ),
    KnownMember(
        "social",
        "oluwaseun_dsp",
        "contributor",
        ("firmware",),
        "he/him",
        "Delft",
        "Europe/Amsterdam",
        ("en",),
        BO,
        ((BO, 19, "Careful with numbers. If he asks to be corrected, he means it."),),
    ),
    KnownMember(
        "help",
        "m_bell",
        "contributor",
        ("school",),
        "she/her",
        "",
        "Europe/London",
        ("en",),
        SURI,
        (
            (SURI, 42, "Draws the cards for the loan cases. Likes proper letters with a greeting."),
            (BO, 70, "Photographs: hands only, agreed with the parents."),
        ),
    ),
    KnownMember(
        "help",
        "corinne_q",
        "contributor",
        (),
        "she/her",
        "Montréal",
        "America/Toronto",
        ("fr", "en"),
        "",
        ((BO, 36, "Answers most cable questions before we see them."),),
    ),
    KnownMember(
        "help",
        "yusuf_k",
        "participant",
        ("bug",),
        "he/him",
        "",
        "",
        ("tr", "en"),
        "",
        ((BO, 14, "Small children in the house: take anything hot or smelly seriously."),),
    ),
    KnownMember(
        "help",
        "h_lindgren",
        "participant",
        (),
        "she/her",
        "",
        "",
        ("sv", "en"),
        "",
        ((LENA, 58, "Changed her name. Use Lindgren everywhere, never the old one."),),
    ),
)
