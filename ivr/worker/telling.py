"""Telling a caller that their promise was moved, before the old time lapses: by text message, by voice or by e-mail."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from zoneinfo import ZoneInfo

from twilio.twiml.voice_response import VoiceResponse

from ivr.desk import telling
from ivr.desk.case import EMAIL, OVER, REACHED, TEXT_RELAY, Case
from ivr.model.numbers import dialable, mobile
from ivr.store import audit, cases
from ivr.store.database.connect import reading, writing
from ivr.store.outbox import Item
from ivr.tables.ready import Table
from ivr.worker.context import Context
from ivr.worker.mail import Mailer
from ivr.worker.outbox import Later, Never, Progress, rest
from ivr.worker.provider import COMPLETED, Creation, Placed, Provider, Refused, Unknown, Unreachable

RING = 30
"""Seconds for which a caller's telephone rings."""
LOOK = 60
"""Seconds until it is looked at how a call came out."""
APART = 1200
"""Seconds between two calls that nobody took."""
AT_NIGHT = "nobody is rung at this hour"
NOT_TOLD = "was not told before the old time lapsed"


class Telling:
    """The handler of kind `telling`; payload {case, due, was}: the new promise, and the one that the caller believes.

    A message or call of which it is not known whether it went out is sent once more and no oftener. That a caller may be
    told twice does no harm, and not at all would break the promise twice; still nobody is to be rung again and again.
    """

    most = 12
    longest = APART

    def __init__(self, context: Context, provider: Provider, mailer: Mailer | None, sms_from: str) -> None:
        self._engine = context.engine
        self._tables = context.tables
        self._provider = provider
        self._mailer = mailer
        self._sms_from = sms_from

    def ready(self) -> bool:
        """Always: what cannot be told in time must be seen in time."""
        return True

    def __call__(self, item: Item, progress: Progress, now: int) -> None:
        """Tell the caller, unless nobody is waiting for this promise any more. Raises Later and Never."""
        due, was = int(item.payload["due"]), int(item.payload["was"])
        with reading(self._engine) as connection:
            case = cases.load(connection, item.subject)
        if case is None:
            raise Never("there is no such case")
        if case.state in (REACHED, *OVER) or case.due != due:
            progress.note(told="not needed any more")  # a later move has a telling of its own
            return
        latest = min(due, was)  # a promise that is moved back lapses before the one that the caller believes
        by_hand = progress.get("asked") is not None  # a person wants it told though it be late
        if now >= latest and not by_hand:
            raise Never(NOT_TOLD)
        try:
            how = self._tell(item, progress, case, due, now)
        except Later as later:
            raise later if by_hand else _in_time(later, item, latest - now) from None
        progress.note(told=how)
        with writing(self._engine) as connection:
            audit.record(connection, now, "worker", "case.tell", case.id, {"how": how, "due": due, "was": was})

    def _tell(self, item: Item, progress: Progress, case: Case, due: int, now: int) -> str:
        """Answers how it was told."""
        table = self._tables.live(case.table)
        if table is None:
            raise Later(
                "its table is not live here", random.uniform(1, 10), counted=False
            )  # another worker may have it
        language = telling.language_of(case)
        if case.reach == EMAIL:
            return self._mail(item, case, telling.moved(case, table.graph.title, due, language, False), now)
        number = dialable(case.caller)
        if not number:
            raise Never("there is no number on which to tell the caller: somebody of the desk must")
        if progress.get("call"):
            return self._heard(progress)
        wait = telling.may_be_rung(now, ZoneInfo(case.zone))
        if wait:
            raise Later(AT_NIGHT, wait - now, counted=False)
        shown = dialable(table.graph.caller_id)
        if mobile(number) and not progress.get("no_text"):
            text = telling.moved(case, table.graph.title, due, language, False)
            sent = self._ask(progress, lambda: self._provider.send_message(number, self._sms_from or shown, text))
            if isinstance(sent, Placed):
                return "text message"
            progress.note(no_text=sent.reason)  # this sender or receiver takes none: the voice is left
        if case.reach == TEXT_RELAY:
            raise Never("the caller uses a text telephone: somebody of the desk must tell them")
        said = self._ask(progress, lambda: self._provider.say(number, shown, spoken(table, case, due), ring=RING))
        if isinstance(said, Refused):
            raise Never(f"the provider refuses to ring them: {said.reason}")
        progress.note(call=said.sid)
        raise Later("they are being rung", LOOK, counted=False)

    def _ask(self, progress: Progress, ask: Callable[[], Creation]) -> Placed | Refused:
        """Ask the provider to make something, at most twice when it is not known whether it did."""
        begun = int(progress.get("begun") or 0)
        if begun >= 2:
            raise Never("twice the provider did not say whether the caller was told")
        progress.note(begun=begun + 1)  # on disk first: a crash leaves open whether it was made, as no answer does
        answer = ask()
        if isinstance(answer, Unknown):
            raise Later(f"it is not known whether they were told: {answer.reason}")
        progress.note(begun=begun)
        if isinstance(answer, Unreachable):
            raise Later(answer.reason, max(30.0, answer.after), counted=False)
        return answer

    def _heard(self, progress: Progress) -> str:
        """How the call that was placed came out."""
        leg = self._provider.call(str(progress.get("call")))
        if isinstance(leg, Unreachable):
            raise Later(leg.reason, max(30.0, leg.after), counted=False)
        if leg is not None and not isinstance(leg, Refused):
            if not leg.over:
                raise Later("they are being rung", LOOK, counted=False)
            if leg.status == COMPLETED:
                return "voice"
        progress.note(call=None)
        raise Later("they did not answer", APART)

    def _mail(self, item: Item, case: Case, text: str, now: int) -> str:
        if self._mailer is None:
            raise Never("the caller is reached by e-mail, and no mail server is set (IVR_SMTP_HOST)")
        subject = f"Zaak {case.number}" if case.language == telling.DUTCH else f"Case {case.number}"
        self._mailer.send(item.key, (case.address,), subject, text + "\n", dt.datetime.fromtimestamp(now, dt.UTC))
        return "e-mail"


def spoken(table: Table, case: Case, due: int) -> str:
    """The document that a caller hears: the message, and again."""
    language = telling.language_of(case)
    voices = {each.code: (each.voice, each.locale) for each in table.graph.languages}
    voice, locale = telling.voice_of(voices, language)
    how = {"language": locale} | ({"voice": voice} if voice else {})
    text = telling.moved(case, table.graph.title, due, language, True)
    response = VoiceResponse()
    response.pause(length=1)  # who answers is still lifting the telephone to the ear
    response.say(text, **how)
    response.pause(length=1)
    response.say(f"{telling.again(language)} {text}", **how)
    return str(response)


def _in_time(later: Later, item: Item, left: int) -> Later | Never:
    """A later try that still comes before the old time lapses, as far as people may be rung then."""
    after = later.after or rest(item.tries, Telling.longest)
    if after < left:
        return later
    if later.reason == AT_NIGHT:
        return Never(NOT_TOLD + ": it lapses before the hour at which people are rung")
    return Later(later.reason, max(APART / 4 if later.counted else 1.0, left / 2), later.counted)
