"""What a caller hears who is passed on to another team, and whoever takes them, as TwiML: onward, back, or a promise."""

from __future__ import annotations

from collections.abc import Sequence

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.dialects.agent import WAIT_SECONDS
from ivr.dialects.filling import in_groups
from ivr.model.graph import Language

BACK_SECONDS = 25
"""How long whoever passed a caller on is rung when the caller comes back."""
WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "onward": "Ik verbind u door met {team}. Een moment alstublieft.",
        "back": "Daar neemt nu niemand op. U gaat terug naar mijn collega.",
        "promised": "Er kan nu niemand opnemen. Wij bellen u terug, uiterlijk {due}. Uw zaaknummer is {case}. "
        "Nog een keer: {case}. Tot ziens.",
        "whisper_team": "Een beller, doorverbonden door een collega. Toets 1 om aan te nemen.",
        "whisper_back": "Uw beller is terug: {team} nam niet op. Toets 1 om aan te nemen.",
    },
    "en": {
        "onward": "I will put you through to {team}. One moment please.",
        "back": "Nobody answers there now. You will go back to my colleague.",
        "promised": "Nobody can answer now. We will call you back, at the latest {due}. Your case number is {case}. "
        "Once more: {case}. Goodbye.",
        "whisper_team": "A caller, passed on by a colleague. Press 1 to accept.",
        "whisper_back": "Your caller is back: {team} did not answer. Press 1 to accept.",
    },
}
"""Language → what is said."""


def onward(
    language: Language, word: str, team: str, targets: Sequence[str], ring: int, action: str, whisper: str
) -> bytes:
    """A sentence, then all of some telephones ring; who answers hears the document at `whisper`, and presses a key."""
    response = VoiceResponse()
    _say(response, language, _words(language)[word].format(team=team))
    verb = Dial(action=action, method="POST", timeout=ring, answer_on_bridge=True)
    for target in targets:
        if target.startswith("sip"):
            verb.sip(target, url=whisper, method="POST")
        else:
            verb.number(target, url=whisper, method="POST")
    response.append(verb)
    return str(response).encode()


def whisper(language: Language, word: str, team: str, action: str) -> bytes:
    """Who it is, and one key; without it this telephone is hung up."""
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=action, method="POST", timeout=WAIT_SECONDS, num_digits=1, finish_on_key="")
    _say(gather, language, _words(language)[word].format(team=team))
    response.append(gather)
    response.hangup()
    return str(response).encode()


def taken(accepted: bool) -> bytes:
    """Upon the key: the two are connected when the document is over, or this telephone is hung up."""
    response = VoiceResponse()
    if not accepted:
        response.hangup()
    return str(response).encode()


def promised(language: Language, case: str, due: str) -> bytes:
    """That they will be called, and the end."""
    response = VoiceResponse()
    _say(response, language, _words(language)["promised"].format(due=due, case=in_groups(case)))
    response.hangup()
    return str(response).encode()


def _words(language: Language) -> dict[str, str]:
    return WORDS.get(language.code, WORDS["nl"])


def _say(verb: VoiceResponse | Gather, language: Language, text: str) -> None:
    verb.say(text, voice=language.voice or None, language=language.locale or None)
