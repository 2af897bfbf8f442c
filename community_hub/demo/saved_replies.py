"""What the demo’s team says often. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from .team import BO, LENA


@dataclass(frozen=True)
class DemoReply:
    """`texts` by the code of their language, the first one first. `owner`: whose it is alone."""

    title: str
    folder: str
    texts: dict[str, str] = field(default_factory=dict)
    owner: str = ""


SAVED_REPLIES = (
    DemoReply(
        "Welcome",
        "First posts",
        {
            "en": (
                "Hi {{ member.first_name }}, welcome! Good to have you here. If you are building "
                "your first module, the build guide is at the top of Builds, and no "
                "question is too small.\n\n{{ me.first_name }}"
            ),
            "de": (
                "Hallo {{ member.first_name }}, willkommen! Schön, dass du da bist. Wenn du dein "
                "erstes Modul baust: Die Anleitung steht ganz oben in Builds, und keine Frage "
                "ist zu klein.\n\n{{ me.first_name }}"
            ),
        },
    ),
    DemoReply(
        "Ask for a photo of the board",
        "Builds",
        {
            "en": (
                "Could you post a photo of both sides of the board, {{ member.first_name }}, in "
                "good light? Cold joints and swapped resistors are easier to see than to describe."
            ),
            "fr": (
                "Pourrais-tu publier une photo des deux côtés de la carte, "
                "{{ member.first_name }}, bien éclairée ? Une soudure froide se voit mieux "
                "qu’elle ne se décrit."
            ),
        },
    ),
    DemoReply(
        "Which firmware?",
        "Bugs",
        {
            "en": (
                "Thank you for the report. Which firmware does it show when you hold Shift while "
                "you switch it on, and does it happen again after a factory reset? Please save "
                "your patterns first."
            )
        },
    ),
    DemoReply(
        "Write to support",
        "Orders",
        {
            "en": (
                "Orders and addresses are better not in public. Please send "
                "us a message with your order number and we will look at once."
            )
        },
    ),
    DemoReply(
        "Refund is under way",
        "Orders",
        {
            "en": (
                "Your refund is under way, {{ member.first_name }}. Banks take three to five "
                "working days. Tell me if it is not there by then.\n\n{{ me.first_name }}"
            )
        },
        owner=BO,
    ),
    DemoReply(
        "Meet-up: who brings what",
        "Meet-ups",
        {
            "en": (
                "Good to read that you are coming! Bring your case, headphones and a power strip. "
                "We have the mixer, and tea."
            )
        },
        owner=LENA,
    ),
)
