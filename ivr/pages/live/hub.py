"""Server-sent events: what changes on a page is rendered once for all who look, and sent to them only when it changed."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from msgspec import Struct

from ivr.desk.roles import Right

EVERY = 1.0
"""Seconds between two looks at what a topic shows, unless it says otherwise."""
BEAT = 5.0
"""Seconds after which it is asked whether the session of a stream still holds, and after which one without news says that it
is there, so that no proxy ends it."""
RETRY = 1000
"""Milliseconds after which a browser comes back."""
MOST_ASKED, MOST_STREAMS, MOST_CHANNELS, MOST_PARAMS = 8, 500, 200, 400


class Ask(Struct, frozen=True):
    """What somebody looks at: the language of the page, and what narrows the topic."""

    language: str
    params: Mapping[str, str]


Render = Callable[[Ask], str]


class Topic(Struct, frozen=True):
    """Something that changes: what renders it (in a thread), the right to see it, how often it is looked at."""

    name: str
    render: Render
    right: Right
    every: float


class Full(Exception):
    """More is looked at than this process serves."""


class _Channel:
    """One topic in one language, narrowed in one way; it runs while somebody looks."""

    def __init__(self, topic: Topic, ask: Ask, name: str) -> None:
        self.topic, self.ask, self.name = topic, ask, name
        self.last = b""
        self.lookers: set[_Stream] = set()
        self.nudged = asyncio.Event()
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            self.nudged.clear()
            with contextlib.suppress(Exception):  # a database that is gone: what was shown stays, until it is back
                html = await asyncio.to_thread(self.topic.render, self.ask)
                fresh = _event("part", {"topic": self.name, "html": html})
                if fresh != self.last:
                    self.last = fresh
                    for looker in self.lookers:
                        looker.put(self)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.nudged.wait(), self.topic.every)


class _Stream:
    """One open page: the newest of each channel that it has not been sent yet."""

    def __init__(self) -> None:
        self.news: dict[_Channel, bytes] = {}
        self.woken = asyncio.Event()

    def put(self, channel: _Channel) -> None:
        self.news[channel] = channel.last
        self.woken.set()


class Hub:
    """All topics, and who looks at them."""

    def __init__(self) -> None:
        self._topics: dict[str, Topic] = {}
        self._channels: dict[tuple[str, str], _Channel] = {}
        self._streams: set[_Stream] = set()
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def topic(self, name: str, render: Render, right: Right = Right.LOOK, every: float = EVERY) -> None:
        """Make a topic."""
        self._topics[name] = Topic(name, render, right, every)

    def nudge(self, name: str) -> None:
        """Look at a topic at once: something changed. From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # it closes at this moment
                self._loop.call_soon_threadsafe(self._nudge, name)

    def _nudge(self, name: str) -> None:
        for channel in self._channels.values():
            if channel.topic.name == name:
                channel.nudged.set()

    def may(self, asked: list[str], rights: frozenset[Right]) -> bool:
        """Whether all that is asked for exists, and may be seen with these rights."""
        found = [self._topics.get(one.partition("?")[0]) for one in asked]
        return all(topic is not None and topic.right in rights for topic in found)

    async def stream(
        self, asked: list[str], language: str, still: Callable[[], Awaitable[bool]], hello: str = ""
    ) -> AsyncIterator[bytes]:
        """The events of one page. It ends when `still`, asked at each beat, says no, and when the process stops. `asked`:
        `topic?query` as the page wrote it. Raises Full."""
        if self._closed or len(self._streams) >= MOST_STREAMS or len(asked) > MOST_ASKED:
            raise Full
        self._loop = asyncio.get_running_loop()
        stream = _Stream()
        self._streams.add(stream)
        try:
            for one in asked:
                self._join(stream, one, language)
            yield f"retry: {RETRY}\n".encode() + _event("hello", {"build": hello})
            asked_at = self._loop.time()
            while not self._closed:
                quiet = False
                try:
                    await asyncio.wait_for(stream.woken.wait(), BEAT)
                except TimeoutError:
                    quiet = True
                if self._loop.time() - asked_at >= BEAT - 1:  # news does not keep a session alive that has ended
                    if not await still():
                        return
                    asked_at = self._loop.time()
                if quiet:
                    yield b": \n\n"
                    continue
                stream.woken.clear()
                news, stream.news = stream.news, {}
                if news:
                    yield b"".join(news.values())
        finally:
            self._streams.discard(stream)
            self._leave(stream)

    def _join(self, stream: _Stream, one: str, language: str) -> None:
        name, _, query = one[:MOST_PARAMS].partition("?")
        key = (one[:MOST_PARAMS], language)
        channel = self._channels.get(key)
        if channel is None:
            if len(self._channels) >= MOST_CHANNELS:
                raise Full
            channel = _Channel(self._topics[name], Ask(language, dict(parse_qsl(query))), key[0])
            self._channels[key] = channel
        channel.lookers.add(stream)
        if channel.last:
            stream.put(channel)

    def _leave(self, stream: _Stream) -> None:
        for key, channel in list(self._channels.items()):
            channel.lookers.discard(stream)
            if not channel.lookers:
                channel.task.cancel()
                del self._channels[key]

    def close(self) -> None:
        """End all streams; their pages come back to who serves next. From any thread."""
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for stream in self._streams:
            stream.woken.set()


def _event(name: str, data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
