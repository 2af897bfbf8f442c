"""Words of everyday language, which tell little of what a message is about: days and months, and
what anything may do or be. Two messages are not alike because of them alone.

Other than fillers.py's they count: more of them in common make one answer more alike than another.
"""

from __future__ import annotations

from .terms import Term

# As search_text() makes them, in lower case. No things that somebody may ask about.
_DAYS = """
monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday
saturdays sunday sundays weekend weekends january february march april may june july august
september october november december montag montags dienstag mittwoch donnerstag freitag samstag
sonnabend sonntag wochenende januar februar marz maerz mai juni juli oktober dezember lundi mardi
mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril juin juillet aout septembre
octobre novembre decembre lunes martes miercoles jueves viernes sabado domingo enero febrero marzo
abril mayo junio julio agosto septiembre octubre noviembre diciembre segunda terca quarta quinta
sexta janeiro fevereiro maio junho julho setembro outubro dezembro lunedi martedi mercoledi giovedi
venerdi sabato domenica gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
"""
_ENGLISH = """
ran run runs running came come comes coming became become becomes brought bring brings bringing
began begin begins begun start starts started call calls called calling change changes changed
close closed cost costs cut done doing end ends ended enjoy enjoyed expect expected fall fell felt
feel feels figure follow following forget forgot gave gone got had happy hear heard hold holds held
hour hours keep keeps kept knew last lasted late later lead leave leaves left less little live
lives long longer lose lost main mean means meant meet met mind minute minutes miss missing moment
month months more most move moved moves moving name names named near new news next now number old
older olds once only open opened order own part parts pass passed past pay paid people person place
places play plays played point put puts quick quickly quite read reading ready real reason remember
rest return right round said same sat saw second seconds seen sell send sent set sets short show
shows showed side single sit small sold some soon sort stand stay stayed still stop
stops stopped straight such talk tells technical thank third top total touch true turn turned
turns type usual usually wait waiting walk warn watch week weeks went whole without word words
world write writes wrote written wrong year years young age ago all almost alone along already
away back bad before behind best better big bit both broke broken clean clear correct day
each early easy empty enough exactly extra far fast few first free full half hand hands hard head
high home house idea important inside instead kind large left light likely line list loud low
middle morning night often other others outside over probably question room
simple simply size slow somehow start state strange strong sure ten test tested then thing tried
under until upon urgent warm weird wide
"""
_GERMAN = """
lief lauft laufen laeuft gelaufen kam kommt kommen gekommen brachte bringt bringen gebracht begann
beginnt beginnen begonnen fing fangt anfangen angefangen anfang ruft rufen gerufen andert geandert
andern schliesst ende kostet kosten erwartet fiel fallt fallen gefallen fuhlt folgt folgen gab hielt
halt halten gehalten hort gehort horen stunde stunden letzte letzten letztes letzter lange langer
lasst liess verliert verloren meint gemeint treffen getroffen minute minuten fehlt fehlen monat
monate mehr meist meiste name namen heisst nahe neu neue neuen neues neuer nachste nachsten nummer
alt alte alten altes offen teil teile leute person platz spielt spielen gespielt punkt stellt
gestellt schnell liest lesen gelesen fertig richtig sagt sagen gesagt sah sieht sehen gesehen
schickt schicken geschickt kurz zeigt zeigen gezeigt seite seiten klein kleine kleinen kleiner
steht stehen stand bleibt bleiben geblieben hort aufgehort dreht drehen gedreht ganz ganze ganzen
wartet warten gewartet woche wochen wort worte welt schreibt schreiben geschrieben schrieb falsch
jahr jahre jahren fast allein schlecht vorher besser gross grosse grossen grosser beide frueh fruh
leicht leer genug genau weit erste ersten erster voll halb hand hande schwer hoch haus wichtig
innen statt licht links rechts liste laut mitte nacht oft andere anderen anderes anderer vielleicht
raum einfach gross langsam seltsam stark dann bis warm gekauft kaufen kauft nimmt
nehmen genommen findet finden fand liegt liegen lag
"""
_FRENCH_SPANISH = """
demande demander demandes arrive arriver arrivee vient venir venu commence commencer change changer
ferme fermer coute fin suit suivre donne donner tient entend heure heures dernier derniere derniers
tard laisse laisser long longue perdu perdre veut dire minute minutes manque moment mois plus nom
nouveau nouvelle nouveaux nouvelles prochain prochaine numero vieux vieille ouvert ouvrir partie
gens personne place joue jouer point met mettre mis rapide lire lu pret dit voit voir vu envoie
envoyer envoye court montre montrer petit petite petits petites reste rester arrete arreter suffit
tourne tourner semaine semaines mot mots monde ecrit ecrire faux annee annees an ans seul seule
mauvais avant mieux grand grande grands deux tot facile vide assez loin premier premiere plein
moitie main mains dur haut maison important dedans gauche droite lumiere liste fort milieu nuit
souvent autre autres simple lent achete acheter pris prendre trouve trouver
viene venir llega llegar empieza empezar empezo cambia cambiar cierra cuesta final sigue seguir da
dio tiene tuvo oye hora horas ultimo ultima tarde deja dejar largo larga perdido perder quiere
minuto minutos falta momento mes meses mas nombre nuevo nueva nuevos nuevas proximo proxima viejo
vieja abierto abrir parte gente persona lugar juega jugar punto pone poner puesto rapido leer leido
listo dice decir dicho ve ver visto envia enviar enviado corto muestra pequeno pequena queda quedar
para parar gira semana semanas palabra palabras mundo escribe escribir escrito mal ano anos solo
antes mejor grande grandes ambos temprano facil vacio bastante lejos primero primera lleno mitad
mano manos duro alto casa importante dentro izquierda derecha luz lista fuerte medio noche otro
otra otros otras lento compra comprar compre toma encontrar encuentra
"""
EVERYDAY = frozenset(" ".join((_DAYS, _ENGLISH, _GERMAN, _FRENCH_SPANISH)).split())


def is_everyday(term: Term) -> bool:
    """Numbers as well: a date, a price or how many there were."""
    word = " ".join(term.words)
    return word in EVERYDAY or word.isdecimal()
