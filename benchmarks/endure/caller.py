"""A caller of the endurance run: what they want, how they call over HTTP as Twilio would, and what they write in their book.

The line is stricter than the addresses ask for: a connection for each request, one retry whatever went wrong, 15 seconds in
all. What a caller was told is owed: a case number that was spoken, a mark that was given, a case joined or cancelled.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urldefrag, urljoin

from benchmarks.endure.table import CALLBACK, CASE, MARK, RING, VOICEMAIL, number_of
from ivr.simulator.wire.line import Line, Reply, WireFault
from ivr.simulator.wire.twiml import Verb, read_twiml

ONCE_MORE = "#rc=1&rp=all"
SILENT_AT_MOST = 40
"""Documents after which a call is taken to go round for ever."""
_CASE = re.compile(r"zaaknummer is ((?:[0-9][ ,.]*){6})")
ACCOUNT = "AC" + "0" * 32
CITIZEN = "+31611"
"""What the numbers of callers begin with; illustrations, never dialled."""


@dataclass
class Book:
    """What one caller knows. `case` is the number that was spoken to them; `joined` and `cancelled` the one they gave."""

    call: str
    caller: str
    team: int
    plan: str
    case: str = ""
    case_kind: str = ""
    mark: int = 0
    joined: str = ""
    cancelled: str = ""
    at: float = 0.0
    """When the last of these was heard (time.time)."""
    heard: list[str] = field(default_factory=list)
    slowest: float = 0.0
    requests: int = 0
    unanswered: str = ""
    """What was not answered, and how."""


class Shared:
    """The case numbers that callers were told, for those who ring again with one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: list[str] = []

    def told(self, number: str) -> None:
        """A caller heard a case number."""
        with self._lock:
            self._numbers.append(number)

    def take(self, random: Random) -> str:
        """A number for one who rings again, and nobody else's; '' while there is none."""
        with self._lock:
            return self._numbers.pop(random.randrange(len(self._numbers))) if self._numbers else ""


PLANS = {
    "callback": 46, "unanswered": 8, "voicemail": 14, "mark": 10, "join": 4, "cancel": 4, "drop": 8, "silent": 6,
}  # fmt: skip
"""How often callers want what, of a hundred: most end owed something, some hang up within a question."""


def plan_calls(count: int, teams: int, random: Random) -> list[Book]:
    """The callers, in the order in which they call: the first teams are asked for most."""
    weights = [1 + 2 * (n < teams // 3) for n in range(teams)]
    plans = random.choices(list(PLANS), list(PLANS.values()), k=count)
    wanted = random.choices(range(teams), weights, k=count)
    return [
        Book(f"CA{random.getrandbits(128):032x}", f"{CITIZEN}{n:06d}", team, plan)
        for n, (plan, team) in enumerate(zip(plans, wanted, strict=True))
    ]


class Calling:
    """One call."""

    def __init__(self, url: str, token: str, book: Book, shared: Shared, seed: int) -> None:
        self._url = url
        self._token = token
        self._book = book
        self._shared = shared
        self._random = Random(seed)
        self._keys = self._planned()
        self._drops = book.plan == "drop" and self._random.randrange(1, 3)
        self._twice = not self._asked and self._random.random() < 0.03

    def _planned(self) -> list[str]:
        """The keys that the caller will press, one for each question."""
        self._asked = ""
        match self._book.plan:
            case "callback" | "drop":
                return [CALLBACK, "1"]
            case "unanswered":
                return [RING, "1"]
            case "voicemail":
                return [VOICEMAIL]
            case "mark":
                return [MARK, str(self._random.randrange(1, 11))]
            case "join" | "cancel" as wish:
                self._asked = self._shared.take(self._random)
                if not self._asked:
                    return [CALLBACK, "1"]
                return [CASE, self._asked, *(["1"] if wish == "join" else ["2", "1"])]
        return []

    def run(self) -> None:
        """Call until one of both hangs up."""
        try:
            self._run()
        except WireFault as fault:
            self._book.unanswered = str(fault)

    def _run(self) -> None:
        start = f"{self._url}/voice/endure"
        answer: tuple[str, tuple[Verb, ...]] | None = self._send(start, {"CallStatus": "ringing"})
        documents = 0
        while answer is not None:
            documents += 1
            if documents > SILENT_AT_MOST:
                raise WireFault("the call does not end")
            answer = self._execute(*answer)
        self._tell(f"{start}/status", {"CallStatus": "completed", "CallDuration": "30", "SequenceNumber": "0"})

    def _execute(self, url: str, verbs: tuple[Verb, ...]) -> tuple[str, tuple[Verb, ...]] | None:
        for verb in verbs:
            match verb.name:
                case "Say":
                    self._hear(verb.text)
                case "Gather":
                    for nested in verb.nested:
                        self._hear(nested.text)
                    if self._drops and len(self._keys) <= 2 - self._drops:
                        return None
                    if self._keys:
                        return self._send(self._at(url, verb, "action"), {"Digits": self._key()})
                    if verb.get("actionOnEmptyResult", "") == "true":
                        return self._send(self._at(url, verb, "action"), {"Digits": ""})
                case "Redirect":
                    return self._send(urljoin(url, verb.text), {})
                case "Dial":
                    return self._send(
                        self._at(url, verb, "action"), {"DialCallStatus": "no-answer", "DialBridged": "false"}
                    )
                case "Record":
                    told = {"RecordingUrl": f"https://api.twilio.com/r/{self._book.call}", "RecordingDuration": "7"}
                    return self._send(
                        self._at(url, verb, "action"), told | {"RecordingSid": "RE" + self._book.call[2:]}
                    )
                case "Hangup" | "Reject":
                    return None
        return None

    def _key(self) -> str:
        """The next key. A mark counts once the answer to it is there."""
        key = self._keys.pop(0)
        if self._book.plan == "mark" and not self._keys:
            self._book.mark = int(key)
        return key

    def _hear(self, text: str) -> None:
        book = self._book
        book.heard.append(text)
        found = _CASE.search(text)
        if found is not None:
            book.case = re.sub("[^0-9]", "", found[1])
            book.case_kind = "voicemail" if "bewaard" in text else "callback"
            self._shared.told(book.case)
        elif "blijft staan" in text:
            book.joined = self._asked
        elif "is gestopt" in text:
            book.cancelled = self._asked
        else:
            return
        book.at = time.time()

    @staticmethod
    def _at(url: str, verb: Verb, name: str) -> str:
        return urljoin(url, verb.attributes[name]) if name in verb.attributes else url

    def _send(self, url: str, fields: dict[str, str]) -> tuple[str, tuple[Verb, ...]]:
        """Ask for a document: its address, and its verbs."""
        given = self._book.mark
        try:
            reply = self._tell(url, fields)
        except WireFault:
            if given and "Digits" in fields:
                self._book.mark = 0  # whether it was kept is not known, and nobody was told so
            raise
        return reply.url, read_twiml(reply)

    def _tell(self, url: str, fields: dict[str, str]) -> Reply:
        book = self._book
        form = {
            "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "CallSid": book.call, "Direction": "inbound",
            "From": book.caller, "Caller": book.caller, "To": number_of(book.team), "Called": number_of(book.team),
            "CallStatus": "in-progress", **fields,
        }  # fmt: skip
        began = time.perf_counter()
        try:
            return Line(self._token, self._twice).send("POST", urldefrag(url)[0] + ONCE_MORE, form)
        finally:
            book.requests += 1
            book.slowest = max(book.slowest, time.perf_counter() - began)
