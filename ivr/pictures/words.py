"""The words of a picture itself, in Dutch and English; a table in another language gets English ones."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "flow": "de weg van een beller",
        "part": "alleen het deel vanaf",
        "stand": "stand op",
        "nodes": "blokken",
        "numbers": "nummers",
        "illustration": "de nummers zijn voorbeelden",
        "main": "hoofdnummer",
        "entry": "Ingang: iedere beller komt hier langs",
        "continue": "verder",
        "number": "Welk nummer is gebeld?",
        "number words": "Na de ingang gaat iedere beller naar de plek van het gebelde nummer.",
        "more": "en nog {n}",
        "redirected key": "nummer doorverwezen, toets",
        "redirected": "nummer doorverwezen, geen toets",
        "returned": "nummer teruggegeven",
        "campaign over": "actie is niet (meer) gaande",
        "hangs up": "einde",
        "again": "dit menu",
        "operator row": "medewerker",
        "repeat row": "nog eens",
        "in": "verder in: {language}",
        "connects": "verbindt met",
        "task": "taak voor",
        "like": "verloopt als",
        "visit": "bezoek aan {flow}",
        "from pills": "↓ {n} verwijzingen hierheen",
        "from pill": "↓ 1 verwijzing hierheen",
        "within working_days": "Belofte: binnen {n} werkdagen.",
        "within working_hours": "Belofte: binnen {n} werkuren.",
        "within today": "Belofte: vandaag nog.",
        "hours": "Kijkt of er iemand is: {name}.",
        "branch": "Kijkt naar: {name}.",
        "subject number": "het gebelde nummer",
        "subject phase": "de fase van het nummer",
        "subject language": "de taal",
        "split": "Verdeelt de bellers.",
        "calamity": "Zegt wat bij een calamiteit is ingesteld.",
        "notice": "Zegt de mededelingen die zijn ingesteld.",
        "unknown": "Hier is niets te tekenen: zie ivr check.",
        "team": "team",
        "via sip": "eigen centrale",
        "via twilio": "onze wachtrij",
        "speaks": "spreekt",
        "legend": "Zo leest u dit",
        "legend line": "Lijn: hier gaat de beller heen. Lijnen van één kleur die samenkomen, gaan naar hetzelfde blok.",
        "legend pill": "Verwijzing naar het blok met dat nummer en die naam (in plaats van een lange lijn).",
        "legend frame": "Kader: een bezoek aan een deelstroom, in het geheel. Andere bezoeken verlopen net zo.",
        "legend menu": "In ieder menu: {operator} = medewerker, {repeat} = nog eens horen.",
        "legend phases": (
            "Fasen van een nummer: parallel (werkt gewoon), aankondiging (melding, dan verder), doorverwijzing "
            "(melding; wie een toets kiest krijgt hulp), teruggegeven (als het hoofdnummer)."
        ),
        "kinds say": "spreekt",
        "kinds ask": "vraagt",
        "kinds decide": "kiest zelf een weg",
        "kinds connect": "verbindt",
        "kinds promise": "belooft, legt vast",
        "kinds visit": "bezoekt een deelstroom",
        "kinds end": "einde",
        "kinds entry": "nummer, ingang",
        "kinds team": "team",
        "search": "Zoek een blok, nummer of team",
        "fit": "Alles in beeld",
        "in button": "Groter",
        "out button": "Kleiner",
        "found": "{n} gevonden",
        "help": "Sleep of gebruik de pijltjes, zoom met + en -. Klik op een blok om zijn lijnen te volgen.",
    },
    "en": {
        "flow": "the way of a caller",
        "part": "only the part from",
        "stand": "as on",
        "nodes": "boxes",
        "numbers": "numbers",
        "illustration": "the numbers are illustrations",
        "main": "main number",
        "entry": "Entry: every caller passes here",
        "continue": "on",
        "number": "Which number was dialled?",
        "number words": "After the entry each caller goes where the dialled number leads.",
        "more": "and {n} more",
        "redirected key": "number redirected, a key",
        "redirected": "number redirected, no key",
        "returned": "number given back",
        "campaign over": "the campaign is not on",
        "hangs up": "end",
        "again": "this menu",
        "operator row": "a person",
        "repeat row": "again",
        "in": "goes on in: {language}",
        "connects": "connects to",
        "task": "task for",
        "like": "goes as",
        "visit": "visit to {flow}",
        "from pills": "↓ {n} references",
        "from pill": "↓ 1 reference",
        "within working_days": "Promise: within {n} working days.",
        "within working_hours": "Promise: within {n} working hours.",
        "within today": "Promise: today.",
        "hours": "Looks whether somebody is there: {name}.",
        "branch": "Looks at: {name}.",
        "subject number": "the number that was dialled",
        "subject phase": "the phase of the number",
        "subject language": "the language",
        "split": "Shares out the callers.",
        "calamity": "Says what is set for a calamity.",
        "notice": "Says the notices that are set.",
        "unknown": "Nothing to draw here: see ivr check.",
        "team": "team",
        "via sip": "own switchboard",
        "via twilio": "our queue",
        "speaks": "speaks",
        "legend": "How to read this",
        "legend line": "Line: where the caller goes. Lines of one colour that join lead to the same box.",
        "legend pill": "A reference to the box of that number and name (in place of a long line).",
        "legend frame": "Frame: one visit to a flow, in full. Other visits go the same way.",
        "legend menu": "In every menu: {operator} = a person, {repeat} = hear it again.",
        "legend phases": (
            "Phases of a number: parallel (works as ever), announced (a notice, then on), redirected (a notice; who "
            "presses a key is helped), given back (as the main number)."
        ),
        "kinds say": "speaks",
        "kinds ask": "asks",
        "kinds decide": "picks a way itself",
        "kinds connect": "connects",
        "kinds promise": "promises, records",
        "kinds visit": "visits a flow",
        "kinds end": "end",
        "kinds entry": "number, entry",
        "kinds team": "team",
        "search": "Find a box, number or team",
        "fit": "Show all",
        "in button": "Closer",
        "out button": "Further",
        "found": "{n} found",
        "help": "Drag or use the arrow keys, zoom with + and -. Click a box to follow its lines.",
    },
}

KINDS: dict[str, dict[str, str]] = {
    "nl": {
        "say": "zegt", "menu": "menu", "ask": "vraag", "hours": "openingstijd", "branch": "splitsing", "split": "verdeling",
        "transfer": "doorverbinden", "queue": "wachtrij", "callback": "terugbellen", "voicemail": "voicemail",
        "survey": "cijfer", "case": "zaak", "calamity": "calamiteit", "notice": "mededeling", "end": "einde",
        "number": "nummer",
    },
    "en": {
        "say": "says", "menu": "menu", "ask": "question", "hours": "hours", "branch": "branch", "split": "share",
        "transfer": "transfer", "queue": "queue", "callback": "call back", "voicemail": "voicemail",
        "survey": "mark", "case": "case", "calamity": "calamity", "notice": "notice", "end": "end", "number": "number",
    },
}  # fmt: skip

EXITS: dict[str, dict[str, str]] = {
    "nl": {
        "to": "daarna", "then": "daarna", "open": "open", "closed": "gesloten", "holiday": "feestdag",
        "no_input": "zegt niets", "no_match": "geen geldige keuze", "when_done": "na het gesprek", "busy": "in gesprek",
        "no_answer": "niemand neemt op", "failed": "lukt niet", "offer_after": "wil niet wachten",
        "timeout": "wacht te lang", "full": "vol", "taken": "afgesproken", "refused": "wil niet",
        "joined": "zaak blijft", "cancelled": "zaak stopt", "settled": "is al klaar", "unknown": "onbekend nummer",
        "otherwise": "anders",
        "before": "nog niet begonnen", "parallel": "parallel", "announce": "aankondiging",
        "redirect": "doorverwijzing", "returned": "teruggegeven", "over": "voorbij",
    },
    "en": {
        "to": "then", "then": "then", "open": "open", "closed": "closed", "holiday": "holiday",
        "no_input": "stays silent", "no_match": "no valid choice", "when_done": "after the conversation", "busy": "busy",
        "no_answer": "no answer", "failed": "fails", "offer_after": "will not wait", "timeout": "waits too long",
        "full": "full", "taken": "agreed", "refused": "does not want it", "joined": "case stays",
        "cancelled": "case stopped", "settled": "is settled", "unknown": "unknown number", "otherwise": "otherwise",
        "before": "not begun yet", "parallel": "parallel", "announce": "announced", "redirect": "redirected",
        "returned": "given back", "over": "over",
    },
}  # fmt: skip
"""Exit as in YAML, or phase → the words on paper."""

HOLES: dict[str, dict[str, str]] = {
    "nl": {
        "opens": "tijd van opening", "field": "wat is ingetoetst", "case": "zaaknummer", "due": "uiterste tijd",
        "number": "nummer", "shows": "ons nummer", "position": "plaats", "minutes": "wachttijd", "calamity": "calamiteit",
        "notice": "mededeling",
    },
    "en": {
        "opens": "time of opening", "field": "what was typed", "case": "case number", "due": "latest time",
        "number": "number", "shows": "our number", "position": "place", "minutes": "wait", "calamity": "calamity",
        "notice": "notice",
    },
}  # fmt: skip

AUTONYMS = {
    "nl": "Nederlands", "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "pl": "Polski", "tr": "Türkçe",
    "uk": "Українська", "fy": "Frysk", "pap": "Papiamentu",
}  # fmt: skip
DAYS = {"Mo": "ma", "Tu": "di", "We": "wo", "Th": "do", "Fr": "vr", "Sa": "za", "Su": "zo"}

FAMILIES = {
    "say": "say", "calamity": "say", "notice": "say", "menu": "ask", "ask": "ask", "survey": "ask", "case": "promise",
    "hours": "decide", "branch": "decide", "split": "decide", "transfer": "connect", "queue": "connect",
    "callback": "promise", "voicemail": "promise", "end": "end", "number": "entry", "entry": "entry", "team": "team",
    "visit": "visit",
}  # fmt: skip
"""Kind → the family whose colour its box bears."""


def words_of(language: str) -> str:
    """The language in which the picture's own words are: the asked one if there are words in it, else English."""
    return language if language in WORDS else "en"
