"""What an agent hears who is rung by us, as TwiML: a whisper and a key, the citizen or the head of a queue, and how it went.

A document that dials the citizen is given to one leg only (store/attempts.accept), and the provider carries a document out
at most once. `machineDetection` on a dialled number works beside the conversation and holds nobody up (Twilio's reference of
`<Number>`); it only tells a voicemail from a person where the agent pressed no key.
"""

from __future__ import annotations

from msgspec import Struct
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.dialects.filling import in_groups
from ivr.model.graph import Language

WAIT_SECONDS = 8
RING_SECONDS = 30
EMPTY_SECONDS = 5
"""How long an agent waits in a queue that has become empty (Twilio's reference of `<Queue>`)."""
TALK_SECONDS = 3600
"""The longest conversation with a citizen; the provider ends it then."""

WORDS: dict[str, dict[str, str]] = {
    "nl": {
        "callback": "Terugbellen. Zaak {case}{about}{due}.{relay} Toets 1 om de inwoner te bellen.",
        "about": ", over {topic}",
        "due": ", beloofd uiterlijk {due}",
        "relay": " Let op: deze inwoner belt via een tolk voor tekst.",
        "taken": "Dit hoeft niet meer. Dank u wel.",
        "broken": "Er gaat iets mis bij ons. De inwoner is niet gebeld. Wij proberen het straks opnieuw.",
        "late": "Op dit uur bellen wij niemand meer. De inwoner is niet gebeld. Wij proberen het later opnieuw.",
        "ask": "Hebt u de inwoner gesproken? Toets 1. Was het een voicemail? Toets 2. Was er niemand? Toets 3.",
        "no_answer": "De inwoner nam niet op. Wij proberen het later opnieuw.",
        "busy": "De inwoner is in gesprek. Wij proberen het later opnieuw.",
        "failed": "Dit nummer is nu niet te bereiken. Wij proberen het later opnieuw.",
        "thanks": "Dank u wel. Het is genoteerd.",
        "queue": "Er wacht een beller voor {team}. Toets 1 om aan te nemen.",
        "gone": "De beller heeft opgehangen. Dank u wel.",
    },
    "en": {
        "callback": "A callback. Case {case}{about}{due}.{relay} Press 1 to call the resident.",
        "about": ", about {topic}",
        "due": ", promised at the latest {due}",
        "relay": " Please note: this resident uses a text relay service.",
        "taken": "This is no longer needed. Thank you.",
        "broken": "Something is wrong on our side. The resident was not called. We will try again later.",
        "late": "We call nobody at this hour. The resident was not called. We will try again later.",
        "ask": "Did you speak to the resident? Press 1. Was it a voicemail? Press 2. Was nobody there? Press 3.",
        "no_answer": "The resident did not answer. We will try again later.",
        "busy": "The resident's line is busy. We will try again later.",
        "failed": "This number cannot be reached now. We will try again later.",
        "thanks": "Thank you. It has been noted.",
        "queue": "A caller is waiting for {team}. Press 1 to accept.",
        "gone": "The caller has hung up. Thank you.",
    },
}
"""Language → what is said to an agent."""


class Whisper(Struct, frozen=True):
    """What an agent is told of a case before the key; `due` as it is said, '' for none."""

    case: str
    topic: str
    due: str
    relay: bool


def whisper(language: Language, told: Whisper, accept: str) -> bytes:
    """The case in a sentence, and one key; without it the leg ends."""
    words = said(language)
    text = words["callback"].format(
        case=in_groups(told.case),
        about=words["about"].format(topic=told.topic) if told.topic else "",
        due=words["due"].format(due=told.due) if told.due else "",
        relay=words["relay"] if told.relay else "",
    )
    return _asked(language, text, accept)


def queue_whisper(language: Language, team: str, accept: str) -> bytes:
    """That somebody waits, and one key."""
    return _asked(language, said(language)["queue"].format(team=team), accept)


def ask(language: Language, action: str) -> bytes:
    """How it went, by key."""
    return _asked(language, said(language)["ask"], action)


def dial_citizen(number: str, caller_id: str, action: str, status: str, machine: str) -> bytes:
    """Dial the citizen; `action` is asked when that is over, `status` and `machine` are told of the citizen's leg."""
    response = VoiceResponse()
    verb = Dial(
        caller_id=caller_id, answer_on_bridge=True, time_limit=TALK_SECONDS, timeout=RING_SECONDS, action=action,
        method="POST",
    )  # fmt: skip
    verb.number(
        number, status_callback=status, status_callback_method="POST",
        status_callback_event="initiated ringing answered completed", machine_detection="Enable",
        amd_status_callback=machine, amd_status_callback_method="POST",
    )  # fmt: skip
    response.append(verb)
    return str(response).encode()


def dial_queue(name: str, action: str) -> bytes:
    """Connect the agent to the head of a queue; `action` is asked when that is over."""
    response = VoiceResponse()
    verb = Dial(action=action, method="POST", time_limit=TALK_SECONDS, timeout=EMPTY_SECONDS)
    verb.queue(name)
    response.append(verb)
    return str(response).encode()


def hang_up(language: Language | None = None, word: str = "") -> bytes:
    """A last sentence, if any, and the end."""
    response = VoiceResponse()
    if language is not None and word:
        response.say(said(language)[word], voice=language.voice or None, language=language.locale or None)
    response.hangup()
    return str(response).encode()


def said(language: Language) -> dict[str, str]:
    """The words of a language; of Dutch where there are none."""
    return WORDS.get(language.code, WORDS["nl"])


def _asked(language: Language, text: str, action: str) -> bytes:
    response = VoiceResponse()
    gather = Gather(input="dtmf", action=action, method="POST", timeout=WAIT_SECONDS, num_digits=1, finish_on_key="")
    gather.say(text, voice=language.voice or None, language=language.locale or None)
    response.append(gather)
    response.hangup()
    return str(response).encode()
