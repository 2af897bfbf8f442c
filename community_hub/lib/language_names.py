"""The codes of languages and their names."""

from __future__ import annotations

import re

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _

from .query.names import no_such

# By code, as their speakers call them.
NAMES: dict[str, str] = {
    code: info["name_local"]
    for code, info in LANG_INFO.items()
    if len(code) == 2 and "name_local" in info
} | {"zh": "中文"}  # Django has it by its scripts alone
ENGLISH = {code: LANG_INFO[code]["name"] for code in NAMES if code in LANG_INFO} | {"zh": "Chinese"}
_CODES = {
    word.casefold(): code
    for code, info in LANG_INFO.items()
    if code in NAMES
    for word in (code, info["name"], info["name_local"])
} | {"chinese": "zh", "中文": "zh", "norwegian": "no", "filipino": "tl", "tagalog": "tl"}
_LISTED = sorted(name for code in NAMES for name in (ENGLISH[code], NAMES[code]))
# All codes of two letters of ISO 639; those of three are too many to tell a wrong one.
_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu "
    "cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi "
    "ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks "
    "ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl "
    "nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk "
    "sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz "
    "ve vi vo wa wo xh yi yo za zh zu"
)
_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def code_of(language: str) -> str:
    """Of `en-US` or `en_GB`, "en"."""
    return language.replace("_", "-").partition("-")[0].lower()


def code_named(word: str) -> str:
    """Of "Deutsch", "German" or "de-AT", "de"; "" where no language is known by that word."""
    word = word.strip().casefold()
    return _CODES.get(word) or _CODES.get(code_of(word), "")


def meant(value: str) -> str:
    """The code that somebody asks for by a code, with or without a region, or by a name: "pt-br" of
    `pt_BR`, "de" of `German` or `Deutsch`. Raises Mistake for what is neither."""
    word = value.strip().casefold().replace("_", "-")
    if word in _CODES:
        return _CODES[word]
    code = code_of(word)
    if _CODE.fullmatch(word) and (code in _TWO_LETTERS.split() or len(code) == 3):
        return word
    said = _("There’s no language “%(name)s”. Write its code or its name, such as de or German.")
    raise no_such(said, value, _LISTED)
