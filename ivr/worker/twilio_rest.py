"""The provider over the `twilio` library.

Rules kept here (Twilio's REST API, 2010-04-01): a request that is answered 429 was not looked at and may be repeated; one
that creates something has no idempotency key, so after a 5xx or no answer it is Unknown; `completed` ends a call in any
state, `canceled` only one that is not answered; 21220 says that a call is over. Calls are listed without a filter of time:
it knows only whole days, and a call that is not dialled yet has no start.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from twilio.rest import Client

from ivr.model.numbers import dialable, mask
from ivr.worker.circuit import Changed, Circuit, silent
from ivr.worker.provider import Change, Creation, Leg, NoProvider, Provider, Refused, Unreachable, Waiting
from ivr.worker.settings import WorkerSettings
from ivr.worker.targets import rung
from ivr.worker.twilio_asking import NOT_FOUND, Asking
from ivr.worker.twilio_http import Http

EVENTS = ["initiated", "ringing", "answered", "completed"]
PAGE = 200
MOST_PAGES = 5
"""Pages of a list that are read; beyond that it is said that not all was seen."""
EARLIER = 3600
"""Seconds that a list is read on past what was asked for: it is ordered by time, more or less."""
MOST_TWIML = 4000
MOST_TEXT = 1600
OVER_ALREADY = 21220
NEVER = -1
"""No code: nothing that the provider refuses is so already."""
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
_NO_CALL = Refused("that is no id of a call")


class TwilioProvider:
    """Provider over Twilio's REST API."""

    def __init__(
        self,
        account: str,
        token: str,
        http: Http,
        circuit: Circuit,
        api: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._asking = Asking(circuit, sleep)
        self._queues: dict[str, str] = {}
        # an environment of our own: the library would take a region from TWILIO_REGION and rewrite the address
        self._client = Client(account, token, http_client=http, environment={"TWILIO_REGION": ""})
        if api:
            self._client.api.base_url = api

    def place_call(
        self,
        to: str,
        from_: str,
        url: str,
        status_callback: str,
        ring: int,
        *,
        limit: int = 0,
        machine_detection: bool = False,
    ) -> Creation:
        """Ring somebody who hears the document at `url`."""
        more: dict[str, Any] = {"url": url, "method": "POST"}  # as the library takes them
        if limit:
            more["time_limit"] = limit
        if machine_detection:
            more["machine_detection"] = "Enable"
        return self._ring(to, from_, status_callback, ring, more)

    def say(self, to: str, from_: str, twiml: str, status_callback: str = "", ring: int = 30) -> Creation:
        """Ring somebody and play a document."""
        if len(twiml) > MOST_TWIML:
            return Refused(f"the document is longer than {MOST_TWIML} characters")
        return self._ring(to, from_, status_callback, ring, {"twiml": twiml})

    def _ring(self, to: str, from_: str, told: str, ring: int, more: dict[str, Any]) -> Creation:
        address, shown = rung(to), dialable(from_)
        if isinstance(address, Refused):
            return address
        if not shown:
            return Refused(f"{mask(from_)} is no number that can be shown")
        if told:
            more |= {"status_callback": told, "status_callback_method": "POST", "status_callback_event": EVENTS}
        seconds = min(max(ring, 5), 600)
        return self._asking.create(
            lambda: self._client.calls.create(to=address, from_=shown, timeout=seconds, **more).sid, ("CA",)
        )

    def send_message(self, to: str, from_: str, text: str) -> Creation:
        """Send a text message."""
        receiver, sender = dialable(to), from_ if _NAME.fullmatch(from_) else dialable(from_)
        if not receiver:
            return Refused(f"{mask(to)} is no number that messages are sent to")
        if not sender:
            return Refused(f"{mask(from_)} is neither a number nor a name that can be shown")
        if not text.strip() or len(text) > MOST_TEXT:
            return Refused(f"a message has 1 to {MOST_TEXT} characters")
        return self._asking.create(
            lambda: self._client.messages.create(to=receiver, from_=sender, body=text).sid, ("SM", "MM")
        )

    def calls_to(self, to: str, since: int) -> tuple[Leg, ...] | Refused | Unreachable:
        """The legs to an address, the newest first."""
        address = rung(to)
        if isinstance(address, Refused):
            return address
        return self._legs(lambda: self._client.calls.page(to=address, page_size=PAGE), since)

    def children(self, parent: str) -> tuple[Leg, ...] | Refused | Unreachable:
        """The legs that a leg's document dialled."""
        if not _id(parent, "CA"):
            return _NO_CALL
        return self._legs(lambda: self._client.calls.page(parent_call_sid=parent, page_size=PAGE), 0)

    def _legs(self, first: Callable[[], Any], since: int) -> tuple[Leg, ...] | Refused | Unreachable:
        found = self._asking.read(lambda: _until(_records(first()), since))
        most = PAGE * MOST_PAGES
        return found if found is not None else Unreachable(f"there are more than {most} legs: not all were seen")

    def call(self, sid: str) -> Leg | Refused | Unreachable | None:
        """One leg."""
        if not _id(sid, "CA"):
            return _NO_CALL
        found = self._asking.read(lambda: _leg(self._client.calls(sid).fetch()))
        return None if isinstance(found, Refused) and found.code == NOT_FOUND else found

    def redirect(self, sid: str, url: str) -> Change:
        """Send a leg to another document."""
        if not _id(sid, "CA"):
            return _NO_CALL
        return self._asking.change(lambda: self._client.calls(sid).update(url=url, method="POST"), NEVER)

    def hang_up(self, sid: str, *, answered: bool = True) -> Change:
        """End a leg."""
        if not _id(sid, "CA"):
            return _NO_CALL
        status = "completed" if answered else "canceled"
        return self._asking.change(lambda: self._client.calls(sid).update(status=status), OVER_ALREADY)

    def delete_recording(self, sid: str) -> Change:
        """Delete a recording."""
        if not _id(sid, "RE"):
            return Refused("that is no id of a recording")
        return self._asking.change(lambda: self._client.recordings(sid).delete(), NOT_FOUND)

    def queue_members(self, name: str) -> tuple[Waiting, ...] | Refused | Unreachable:
        """Who waits in a queue."""
        sid = self._queue(name)
        if not isinstance(sid, str):
            return sid
        if not sid:
            return ()
        found = self._asking.read(lambda: _waiting(_records(self._client.queues(sid).members.page(page_size=PAGE))))
        if isinstance(found, Refused) and found.code == NOT_FOUND:  # it was deleted, and may come back under another id
            self._queues.pop(name, None)
            return ()
        return found

    def _queue(self, name: str) -> str | Refused | Unreachable:
        """The id of a queue, '' when there is none of this name."""
        held = self._queues.get(name, "")
        if held:
            return held
        found = self._asking.read(
            lambda: next(
                (str(q.sid) for q in self._client.queues.stream(page_size=PAGE) if q.friendly_name == name), ""
            )
        )
        if isinstance(found, str) and found:
            self._queues[name] = found
        return found


def provider_of(settings: WorkerSettings, changed: Changed = silent) -> Provider:
    """The provider that a worker was set to; one that rings nobody when there is no account. `changed` is told when the
    circuit opens and closes."""
    if not settings.twilio_account or not settings.tokens:
        return NoProvider()
    circuit = Circuit("twilio", settings.circuit_failures, settings.circuit_rest, changed)
    http = Http(settings.twilio_connect, settings.twilio_timeout)
    return TwilioProvider(settings.twilio_account, settings.tokens[0], http, circuit, settings.twilio_api)


def _records(page: Any) -> Iterator[Any]:  # of the library, which has no types
    """What stands on a page and on those after it; a last None when there are more of them than are read.

    The library's own lists go on for as long as a page names a next one.
    """
    for read in range(1, MOST_PAGES + 1):
        yield from page
        if not page.next_page_url:
            return
        if read < MOST_PAGES:
            page = page.next_page()
    yield None


def _is(queue: Any, name: str) -> bool:
    return queue is not None and queue.friendly_name == name


def _until(calls: Iterable[Any], since: int) -> tuple[Leg, ...] | None:
    """The legs made at or after `since` of a list with the newest first; None when there are too many to see all."""
    legs: list[Leg] = []
    for call in calls:
        if call is None:
            return None
        leg = _leg(call)
        if leg.began and leg.began < since - EARLIER:
            break
        if not leg.began or leg.began >= since:
            legs.append(leg)
    return tuple(legs)


def _leg(call: Any) -> Leg:  # the library's own record, which has no types
    return Leg(
        sid=str(call.sid),
        status=str(call.status),
        to=str(call.to or ""),
        from_=str(call._from or ""),
        parent=str(call.parent_call_sid or ""),
        direction=str(call.direction or ""),
        began=_instant(call.date_created) or _instant(call.start_time),
        started=_instant(call.start_time),
        ended=_instant(call.end_time),
        seconds=int(call.duration or 0),
        answered_by=str(call.answered_by or ""),
    )


def _instant(at: object) -> int:
    """Epoch seconds; 0 for what the library could not read as a date, and gives as text."""
    return int(at.timestamp()) if isinstance(at, datetime) else 0


def _waiting(members: Iterable[Any]) -> tuple[Waiting, ...]:
    held = [Waiting(str(one.call_sid), int(one.position or 0), int(one.wait_time or 0)) for one in members if one]
    return tuple(sorted(held, key=lambda one: one.position))


def _id(text: str, kind: str) -> bool:
    return re.fullmatch(kind + "[0-9a-f]{32}", text) is not None
