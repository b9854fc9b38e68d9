"""Actions → TwiML. What the `twilio` library makes is made once, at load, and kept as bytes with holes.

Rules kept here (Twilio's TwiML reference): `<Gather>` falls through on silence, so a `<Redirect>` to the same address
follows it, and a request without Digits or SpeechResult means silence. `<Record>` falls through likewise. `<Dial>` and
`<Enqueue>` go on at their `action`. A whisper document cannot `<Dial>`; a wait document gets out only by `<Leave>`.
"""

from __future__ import annotations

from collections.abc import Iterator

from twilio.twiml.voice_response import Dial as DialVerb
from twilio.twiml.voice_response import Enqueue as EnqueueVerb
from twilio.twiml.voice_response import Gather, Play, Redirect, VoiceResponse
from twilio.twiml.voice_response import Record as RecordVerb
from twilio.twiml.voice_response import Say as SayVerb

from ivr.dialects.filling import Filling
from ivr.dialects.waiting import round_seconds
from ivr.model.actions import Action, Dial, Enqueue, Hangup, Listen, Record, Say
from ivr.model.graph import Graph
from ivr.model.nodes import QueueNode
from ivr.model.words import Audio, Hole, Words

HEAD = b'<?xml version="1.0" encoding="UTF-8"?><Response>'
TAIL = b"</Response>"
HANGUP = b"<Hangup/>"
_URL = "\ue000url\ue000"
_BODY = "\ue000body\ue000"

Part = bytes | tuple[Hole, int]
"""Bytes, or a hole and the language in which it is filled."""
Rendered = tuple[Part, ...]


class TwimlWriter:
    """Writes the answers of one graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._prompts: list[Rendered | None] = [None] * len(graph.prompts)
        self._listens: dict[int, tuple[Listen, bytes, Rendered, bytes]] = {}
        self._says: dict[int, Rendered] = {}

    def render_all(self) -> None:
        """Render everything now, so that no call pays for it."""
        for index in range(len(self.graph.prompts)):
            self.prompt(index)
        for node in self.graph.nodes:
            for listen in _listens(node):
                self._listen(listen)

    def prompt(self, index: int) -> Rendered:
        """A prompt as TwiML."""
        held = self._prompts[index]
        if held is None:
            parts: list[Part] = []
            for piece in self.graph.prompts[index].pieces:
                parts += self._piece(piece)
            held = self._prompts[index] = tuple(_merge(parts))
        return held

    def _piece(self, piece: Words | Audio) -> list[Part]:
        if isinstance(piece, Audio):
            return [_inner(Play(piece.url)).encode()]
        language = self.graph.languages[piece.language]
        holes = [part for part in piece.parts if isinstance(part, Hole)]
        text = "".join(part if isinstance(part, str) else f"\ue001{holes.index(part)}\ue001" for part in piece.parts)
        if not text.strip():
            return []
        xml = _inner(SayVerb(text, voice=language.voice or None, language=language.locale or None))
        out: list[Part] = []
        for index, cut in enumerate(xml.split("\ue001")):
            out.append((holes[int(cut)], piece.language) if index % 2 else cut.encode())
        return out

    def _listen(self, listen: Listen) -> tuple[Listen, bytes, Rendered, bytes]:
        """(listen, before the address, from the address to the next one, after it)."""
        held = self._listens.get(id(listen))
        if held is None:
            gather = Gather(
                input="dtmf speech" if listen.speech else "dtmf",
                action=_URL,
                method="POST",
                timeout=listen.wait,
                num_digits=listen.digits or None,
                finish_on_key=listen.finish,
                language=self.graph.languages[listen.language].locale or None if listen.speech else None,
                hints=", ".join(listen.hints) or None if listen.speech else None,
                speech_timeout="auto" if listen.speech else None,
            )
            gather.append(SayVerb(_BODY))
            before, middle = _inner(gather).split(_URL)
            opened, closed = middle.split(f"<Say>{_BODY}</Say>")
            redirect, end = _inner(Redirect(_URL, method="POST")).split(_URL)
            parts: list[Part] = [opened.encode()]
            for prompt in listen.prompts:
                parts += self.prompt(prompt)
            parts.append((closed + redirect).encode())
            held = self._listens[id(listen)] = (listen, before.encode(), tuple(_merge(parts)), end.encode())
        return held

    def answer(self, actions: tuple[Action, ...], url: bytes, filling: Filling, whisper: bytes, wait: bytes) -> bytes:
        """The document for the actions of a turn. `url` is the next turn's; `whisper` and `wait` the other legs'."""
        out = [HEAD]
        for action in actions:
            kind = action.__class__  # asked once: what the ignores below silence is that mypy cannot follow it
            if kind is Listen:
                _, before, middle, end = self._listens.get(id(action)) or self._listen(action)  # type: ignore[arg-type]
                out += (before, url)
                if len(middle) == 1:
                    out.append(middle[0])  # type: ignore[arg-type]  # a single part is bytes
                else:
                    _fill(middle, filling, out)
                out += (url, end)
            elif kind is Say:
                _fill(self.prompt(action.prompt), filling, out)  # type: ignore[union-attr]
            elif kind is Dial:
                out.append(self._dial(action, url, whisper))  # type: ignore[arg-type]
            elif kind is Enqueue:
                out.append(self._enqueue(action, url, wait))  # type: ignore[arg-type]
            elif kind is Record:
                out.append(self._record(action, url))  # type: ignore[arg-type]
            elif kind is Hangup:
                out.append(HANGUP)
        out.append(TAIL)
        return b"".join(out)

    def _dial(self, action: Dial, url: bytes, whisper: bytes) -> bytes:
        verb = DialVerb(action=_URL, method="POST", timeout=action.ring, answer_on_bridge=True)
        for target in action.targets:
            more = {"url": _BODY, "method": "POST"} if action.whisper >= 0 else {}
            if target.startswith("sip"):
                verb.sip(target, **more)
            else:
                verb.number(target, **more)
        return _inner(verb).encode().replace(_URL.encode(), url).replace(_BODY.encode(), whisper)

    def _enqueue(self, action: Enqueue, url: bytes, wait: bytes) -> bytes:
        name = queue_name(self.graph, action.team, action.old_place)
        verb = EnqueueVerb(name, action=_URL, method="POST", wait_url=_BODY, wait_url_method="POST")
        return _inner(verb).encode().replace(_URL.encode(), url).replace(_BODY.encode(), wait)

    def _record(self, action: Record, url: bytes) -> bytes:
        verb = RecordVerb(
            action=_URL, method="POST", max_length=action.seconds, finish_on_key="#", timeout=5, play_beep=True
        )
        both = _inner(verb) + _inner(Redirect(_URL, method="POST"))
        return both.encode().replace(_URL.encode(), url)

    def whisper(self, prompt: int, filling: Filling, url: bytes, accepted: bool | None) -> bytes:
        """What who answers hears: accept by key (`accepted` None), or the answer to that key."""
        if accepted is not None:
            return HEAD + (b"" if accepted else HANGUP) + TAIL
        gather = Gather(input="dtmf", action=_URL, method="POST", timeout=8, num_digits=1, finish_on_key="")
        gather.append(SayVerb(_BODY))
        before, after = _inner(gather).split(f"<Say>{_BODY}</Say>")
        out = [HEAD, before.encode().replace(_URL.encode(), url)]
        _fill(self.prompt(prompt), filling, out)
        out += (after.encode(), HANGUP, TAIL)
        return b"".join(out)

    def wait(
        self, node: QueueNode, language: int, filling: Filling, url: bytes, waited: int, digits: str, first: int = -1
    ) -> bytes:  # fmt: skip
        """One round of waiting in a queue, `waited` seconds after joining it; the prompt `first` is spoken before all else.
        A team that is closed by hand lets its callers go."""
        shut = filling.moment.closed(node.team)
        if shut or waited >= node.timeout or (digits and digits == node.offer_key and waited >= node.offer_after):
            return HEAD + b"<Leave/>" + TAIL
        offered = bool(node.offer_key) and waited >= node.offer_after
        rest = round_seconds(node, waited)
        out = [HEAD]
        said = self.prompt(node.wait_prompts[language][1 if offered else 0])
        if first >= 0:
            said = self.prompt(first) + said
        if offered:
            gather = Gather(input="dtmf", action=_URL, method="POST", timeout=rest, num_digits=1, finish_on_key="")
            gather.append(SayVerb(_BODY))
            before, after = _inner(gather).split(f"<Say>{_BODY}</Say>")
            out.append(before.encode().replace(_URL.encode(), url))
            _fill(said, filling, out)
            out.append(after.encode())
        else:
            _fill(said, filling, out)
            out.append(f'<Pause length="{rest}"/>'.encode() if not node.music else _inner(Play(node.music)).encode())
        out += (_inner(Redirect(_URL, method="POST")).encode().replace(_URL.encode(), url), TAIL)
        return b"".join(out)


BACK = "-back"
"""What the name of the queue ends in for callers who have their old place again."""


def queue_name(graph: Graph, team: int, old_place: bool = False) -> str:
    """The provider's name of a team's queue, at most 64 characters; that of callers with an old place is one of its own,
    which the worker serves by who has waited longest in all."""
    name = f"{graph.id}-{graph.teams[team].name}"
    return name[: 64 - len(BACK)] + BACK if old_place else name[:64]


def _fill(parts: Rendered, filling: Filling, out: list[bytes]) -> None:
    out += [part if isinstance(part, bytes) else escape(filling.text(*part)).encode() for part in parts]


_BAD = {c: None for c in range(32) if c not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


def escape(text: str) -> str:
    """Text fit for XML 1.0: markup escaped, what cannot be carried left out."""
    clean = text.translate(_BAD).encode("utf-8", "ignore").decode()
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _inner(verb: object) -> str:
    """The XML of one verb, as the `twilio` library writes it."""
    response = VoiceResponse()
    response.append(verb)
    xml = str(response)
    return xml[xml.index("<Response>") + len("<Response>") : xml.rindex("</Response>")]


def _merge(parts: list[Part]) -> Iterator[Part]:
    held = b""
    for part in parts:
        if isinstance(part, bytes):
            held += part
        else:
            if held:
                yield held
                held = b""
            yield part
    if held:
        yield held


def _listens(node: object) -> Iterator[Listen]:
    """Every listening action of a node."""
    for name in ("asks", "quiet", "wrong", "again", "confirms", "offers", "helps", "promised", "open"):
        for row in getattr(node, name, ()):
            yield from (action for action in row if isinstance(action, Listen))
