"""Words that nearly every message has, whatever it is about, beside the stop words of a language.

Greetings, and what the team itself is called: whoever asks says hello and addresses it.
"""

from __future__ import annotations

from members.models import Identity
from team.models import User

from .terms import Term, units

# As search_text() makes them, in lower case; none that means something else in one of these
# languages, as "tag" would.
_GREETINGS = """
hello hi hey hiya howdy greetings dear folks everyone everybody thanks thank thx please cheers
regards welcome sorry
hallo moin servus gruss gruesse grusse gruessen grussen liebe lieber guten zusammen danke bitte
willkommen mfg
bonjour bonsoir salut coucou merci bienvenue cordialement svp bientot
hola buenas buenos gracias saludo saludos bienvenido bienvenida
ciao buongiorno buonasera grazie saluti benvenuto benvenuta
ola obrigado obrigada saudacoes abraco abracos
hoi bedankt groet groeten groetjes welkom
hej hei takk hilsen halsning halsningar valkommen velkommen
terve kiitos szia sziasztok koszonom udv merhaba selam tesekkurler
salutare multumesc labas aciu terima kasih gracies
привет здравствуйте спасибо пожалуйста γεια ευχαριστω مرحبا شكرا नमस्ते धन्यवाद
"""
GREETINGS = frozenset(_GREETINGS.split())


def telling_only(terms: list[Term]) -> list[Term]:
    """Without what says nothing of what a message is about."""
    ours = own_words()
    return [term for term in terms if not term.is_stop and not is_filler(term, ours)]


def is_filler(term: Term, ours: frozenset[str]) -> bool:
    """One letter is what stands before an apostrophe, or a part of an abbreviation; one digit that
    of a version."""
    word = term.words[0]
    if len(term.words) > 1:
        return False
    return word in GREETINGS or word in ours or (word.isascii() and len(word) == 1)


def own_words() -> frozenset[str]:
    """Of the names of colleagues, and of the names and handles of their accounts and the hub's."""
    accounts = Identity.objects.values_list("handle", "display_name")
    ours = accounts.filter(is_us=True)
    theirs = accounts.filter(member__user__isnull=False, member__is_bot=False)
    names = list(User.objects.values_list("name", flat=True))
    for handle, name in ours.union(theirs):
        names += [handle.lstrip("@").partition("@")[0], name]
    return frozenset(word for name in names for word in units(name))
