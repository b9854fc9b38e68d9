"""What the engine says by itself, in the languages that come with it; a table's `phrases` replaces or adds.

Rules of the wording: the choice before the key, short sentences, B1 (the design, section 8). `{…}` in a phrase is filled
when the table is compiled (label, key, team; main: the number of the table) or spoken (due, case, number, shows,
position, minutes).
"""

from __future__ import annotations

import re

PHRASES: dict[str, dict[str, str]] = {
    "nl": {
        "choice": "Voor {label}, toets {key}.",
        "operator": "Voor een medewerker, toets {key}.",
        "repeat": "Wilt u dit nog eens horen? Toets {key}.",
        "or_say": "U mag uw keuze ook zeggen.",
        "choose": "Maak een keuze. U kunt dat doen zodra u genoeg hebt gehoord.",
        "switch": "Voor Nederlands, toets {key}.",
        "no_input": "Ik heb niets gehoord.",
        "no_match": "Dat is geen keuze in dit menu.",
        "star": "sterretje",
        "hash": "hekje",
        "finish": "Sluit af met een hekje.",
        "ask_wrong": "Dat klopt niet. Probeer het nog eens.",
        "confirm": "U koos: {field}. Klopt dat? Toets 1. Klopt het niet? Toets 2.",
        "callback_offer": (
            "Wij kunnen u terugbellen op nummer {number}. Is dat goed? Toets 1. "
            "Liever op een ander nummer? Toets 2. Wilt u dat niet? Toets 3."
        ),
        "callback_ask": "Op welk nummer kunnen wij u bellen? Toets het nummer in. Sluit af met een hekje.",
        "callback_wrong": "Dat nummer kunnen wij niet bellen. Probeer het nog eens.",
        "callback_confirm": "Wij bellen u op nummer {number}. Klopt dat? Toets 1. Klopt het niet? Toets 2.",
        "callback_promise": (
            "Wij bellen u terug, uiterlijk {due}. U ziet dan het nummer {shows}. Uw zaaknummer is {case}."
        ),
        "callback_promise_plain": "Wij bellen u terug, uiterlijk {due}. Uw zaaknummer is {case}.",
        "voicemail_thanks": "Uw bericht is bewaard. Uw zaaknummer is {case}.",
        "survey_wrong": "Geef een cijfer van 1 tot en met 10. Sluit af met een hekje.",
        "case_ask": "Toets de zes cijfers van uw zaaknummer.",
        "case_wrong": "Dat zaaknummer kennen wij niet.",
        "case_promised": "Wij bellen u terug, uiterlijk {due}.",
        "case_open": "Uw zaak loopt nog.",
        "case_choose": "Is dat goed? Toets 1. Is uw zaak niet meer nodig? Toets 2.",
        "case_confirm": "Wij stoppen dan met uw zaak. Klopt dat? Toets 1. Toch niet? Toets 2.",
        "case_joined": "Goed. Uw zaak blijft staan. Wij schrijven erbij dat u hebt gebeld.",
        "case_cancelled": "Uw zaak is gestopt.",
        "case_over": "Deze zaak is al afgerond.",
        "transfer": "Ik verbind u door.",
        "whisper": "Oproep via {main} voor {team}. Toets 1 om aan te nemen.",
        "position": "U bent nummer {position} in de rij. De wachttijd is {minutes}.",
        "position_plain": "U bent nummer {position} in de rij.",
        "offer": "Wilt u niet wachten? Toets {key}.",
        "redirect_help": "Wilt u nu een medewerker spreken? Toets {key}.",
        "goodbye": "Dank voor uw telefoontje. Tot ziens.",
        "give_up": "Het lukt nu niet. Probeer het later nog eens, of kom langs op het gemeentehuis.",
        "apology": "Er gaat iets mis bij ons. Ik verbind u door met een medewerker.",
    },
    "en": {
        "choice": "For {label}, press {key}.",
        "operator": "To speak to someone, press {key}.",
        "repeat": "To hear this again, press {key}.",
        "or_say": "You can also say your choice.",
        "choose": "Please choose. You can do so as soon as you have heard enough.",
        "switch": "For English, press {key}.",
        "no_input": "I did not hear anything.",
        "no_match": "That is not a choice in this menu.",
        "star": "star",
        "hash": "hash",
        "finish": "Finish with the hash key.",
        "ask_wrong": "That is not right. Please try again.",
        "confirm": "You entered: {field}. Is that right? Press 1. If not, press 2.",
        "callback_offer": (
            "We can call you back on {number}. Is that all right? Press 1. "
            "Would you rather give another number? Press 2. If you do not want that, press 3."
        ),
        "callback_ask": "On which number can we call you? Enter the number. Finish with the hash key.",
        "callback_wrong": "We cannot call that number. Please try again.",
        "callback_confirm": "We will call you on {number}. Is that right? Press 1. If not, press 2.",
        "callback_promise": (
            "We will call you back, at the latest {due}. You will see the number {shows}. Your case number is {case}."
        ),
        "callback_promise_plain": "We will call you back, at the latest {due}. Your case number is {case}.",
        "voicemail_thanks": "Your message has been kept. Your case number is {case}.",
        "survey_wrong": "Please give a mark from 1 to 10. Finish with the hash key.",
        "case_ask": "Enter the six digits of your case number.",
        "case_wrong": "We do not know that case number.",
        "case_promised": "We will call you back by {due} at the latest.",
        "case_open": "Your case is still open.",
        "case_choose": "Is that all right? Press 1. If you do not need it any more, press 2.",
        "case_confirm": "We will then stop your case. Is that right? Press 1. If not, press 2.",
        "case_joined": "Good. Your case stays as it is. We have noted that you called.",
        "case_cancelled": "Your case has been stopped.",
        "case_over": "This case has already been settled.",
        "transfer": "I am connecting you.",
        "whisper": "A call through {main} for {team}. Press 1 to accept.",
        "position": "You are number {position} in the queue. The wait is {minutes}.",
        "position_plain": "You are number {position} in the queue.",
        "offer": "Would you rather not wait? Press {key}.",
        "redirect_help": "Would you like to speak to someone now? Press {key}.",
        "goodbye": "Thank you for calling. Goodbye.",
        "give_up": "It does not work now. Please try again later, or visit the town hall.",
        "apology": "Something is wrong on our side. I am connecting you to someone.",
    },
}
"""Language → name → wording. Which names there are is given by `nl`."""

OPERATOR_WORDS = {
    "nl": ("medewerker", "een medewerker", "iemand spreken", "mens"),
    "en": ("operator", "agent", "a person", "speak to someone"),
}
"""What a caller says to reach a person, in menus that take speech."""

_NOT_WORD = re.compile(r"[^\w*#]+")


def normalise(text: str) -> str:
    """Speech as it is compared: case, punctuation and surplus space do not count."""
    return " ".join(_NOT_WORD.sub(" ", text.casefold()).split())
