"""Words that nearly every message has, whatever it is about, beside the stop words of a language.

Greetings, and what the team itself is called: whoever asks says hello and addresses it.
"""

from __future__ import annotations

from .terms import Term

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
    return [term for term in terms if not (term.is_stop or term.is_ours or is_filler(term))]


def is_filler(term: Term) -> bool:
    """One letter is what stands before an apostrophe, or a part of an abbreviation; one digit that
    of a version."""
    word = " ".join(term.words)
    return word in GREETINGS or (word.isascii() and len(word) == 1)
