"""Words that nearly every message has, whatever it is about, beside the stop words of a language.

Greetings, courtesy, numbers written out, verbs that only help others, and what the team itself is
called: whoever asks says hello, addresses it and hopes for help.
"""

from __future__ import annotations

from .terms import Term

# As search_text() makes them, in lower case; none that is a thing in another of these languages,
# as "tag" would be, or "fire".
_ENGLISH = """
hello hi hey hiya howdy greetings dear folks everyone everybody guys team thanks thank thx please
cheers regards welcome sorry kind kindly best sincerely morning afternoon evening day days week
hope hoping hopefully well fine good great nice lovely awesome wonderful amazing perfect super help
helps helped helping helpful advance much many lot lots really actually appreciate appreciated
grateful would could should might must shall may cannot cant dont ll ve isn wasn aren weren doesn
didn hasn haven hadn couldn wouldn shouldn won anybody anyone somebody someone nobody anything
something nothing everything else know knows knew known tell tells told idea ideas clue tip tips
advice advise hint hints suggestion suggestions question questions ask asking asked answer answers
problem problems issue issues get gets got getting gotten since like likes want wants wanted wish
need needs needed try tries tried trying seem seems seemed think thought guess wonder wondering
happen happens happened happening work works working worked go goes going went gone make makes made
making take takes took let lets see look looks looking find found say says said give gives use uses
used using thing things times way ways also even still already yet ever never always maybe perhaps
however anyway though although without within around today yesterday tomorrow lately recently
possible able sure one two three four five six seven eight nine ten eleven twelve hundred solution
solutions
"""
_GERMAN = """
hallo moin servus gruss gruesse grusse gruessen grussen liebe lieber guten gute guter gutes gut
zusammen danke dank dankbar bitte willkommen mfg voraus hoffe hoffen hoffentlich jemand jemanden
jemandem niemand allerseits leute team vielen vielmals herzlich herzliche herzlichen freundlich
freundliche freundlichen beste besten schone schonen schoene schoenen morgen nachmittag abend tage
tagen woche helfen helft hilft hilfe geholfen hilfreich konnen konnt konnte konnten koennen koennt
koennte koennten wurde wurden wuerde wuerden mochte mochten moechte moechten durfte duerfte darf
musste muesste muss sollte sollten wollte wollten vielleicht leider gerne gern freue freuen super
toll klasse prima wirklich eigentlich einfach irgendwie irgendwas irgendwer irgendjemand sonst
weiss weisst wisst wissen kennt kenne kennen idee ideen ahnung tipp tipps ratschlag frage fragen
gefragt antwort antworten problem probleme seit seitdem bekomme bekommt bekommen bekam kriege
kriegt kriegen habt hatte hatten haette haetten gibt geben gab geht gehen ging mache macht machen
gemacht tut tun lasst lassen funktioniert funktionieren scheint immer schon noch mal wieder bereits
heute gestern neulich wer wen wem ware waren waere waeren sehr eins zwei drei vier funf fuenf sechs
sieben acht neun zehn elf zwolf zwoelf hundert weiterhelfen melden meldet liebes losung loesung
"""
_FRENCH = """
bonjour bonsoir salut coucou merci bienvenue cordialement svp bientot tous toutes tout toute avance
beaucoup bonne bonnes bon jour journee soiree espere esperons esperant bien tres vraiment aide
aider aidez aiderait quelqu quelque quelques quelquun personne pourrait pourriez pourrais pourrions
peux peut peuvent pouvez pouvoir voudrais voudrait aimerais aimerait serait serais seriez faudrait
faut sais sait savez savoir saurait connait connaissez idee idees conseil conseils astuce astuces
remercie remercier jours allez aller va vais vont remerciements cher chere chers cheres sincerement
salutations depuis obtenir obtiens obtient question questions reponse reponses probleme problemes
fait faire fais fonctionne fonctionner marche super genial encore aussi deja toujours jamais
peutetre deux trois quatre cinq six sept huit neuf dix onze douze cent aurait aurais solution
solutions pourront
"""
_SPANISH_PORTUGUESE = """
hola buenas buenos buena bueno buen gracias saludo saludos bienvenido bienvenida antemano dias
tardes noches espero esperamos bien alguien alguno alguna algun ayuda ayudar ayudarme ayudarnos
ayudame podria podrian podrias podriais puede pueden puedo puedes poder quisiera gustaria seria
saber sabe saben sabes sabeis conoce consejo consejos desde consigo conseguir obtengo obtener
muchas muchos mucho mucha muy todos todas favor estimado estimados estimada cordial cordiales
atentamente agradezco agradeceria pregunta preguntas respuesta problema problemas hace hacer
funciona genial realmente quizas tambien siempre dos tres cuatro cinco seis siete ocho nueve diez
doce cien ola obrigado obrigada saudacoes abraco abracos bom boa dia tarde noite antecipadamente
antecipado bem alguem ajuda ajudar ajudarme poderia poderiam podia pode podem posso gostaria sabem
conselho dica dicas muito muita muitos muitas prezado prezados caros atenciosamente cumprimentos
pergunta resposta faz fazer consegue conseguem dois duas quatro sete oito dez onze cem queria
querria preguntar solucion solucao
"""
_ITALIAN_DUTCH = """
ciao buongiorno buonasera grazie saluti benvenuto benvenuta anticipo giorno spero speriamo bene
qualcuno aiuto aiutare aiutarmi aiutarci aiuta potrebbe potreste potrei puo possono potete posso
vorrei sarebbe sapere sapete conosce consiglio consigli tutti tutte molto molte tante tanto gentile
gentili cordiali cordialmente domanda domande risposta problemi favore funziona davvero due tre
quattro cinque sei sette otto nove dieci undici dodici cento hoi bedankt dank groet groeten
groetjes welkom alvast voorbaat goed goede iemand niemand hulp helpen zou zouden kunnen kunt willen
graag weet weten kent sinds krijg krijgt krijgen vriendelijke vriendelijk hartelijk heel erg
allemaal iedereen middag avond dagen vraag vragen antwoord probleem werkt twee vier vijf zes zeven
negen tien twaalf honderd
"""
_OTHERS = """
hej hei takk hilsen halsning halsningar valkommen velkommen hjelp hjelpe hjalp hjalpa hjaelp nogen
noen nagon forhand hoppas haber kunne skulle ville terve kiitos szia sziasztok koszonom udv merhaba
selam tesekkurler salutare multumesc labas aciu terima kasih gracies привет здравствуйте спасибо
пожалуйста γεια ευχαριστω مرحبا شكرا नमस्ते धन्यवाद
"""
FILLERS = frozenset(
    " ".join((_ENGLISH, _GERMAN, _FRENCH, _SPANISH_PORTUGUESE, _ITALIAN_DUTCH, _OTHERS)).split()
)


def telling_only(terms: list[Term]) -> list[Term]:
    """Without what says nothing of what a message is about."""
    return [term for term in terms if not (term.is_stop or term.is_ours or is_filler(term))]


def is_filler(term: Term) -> bool:
    """One letter is what stands before an apostrophe, or a part of an abbreviation; one digit that
    of a version."""
    word = " ".join(term.words)
    return word in FILLERS or (word.isascii() and len(word) == 1)
