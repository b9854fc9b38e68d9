"""The task that empties the outbox: claims what is due, hands it to who can tell it, and notes what came of it."""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from ivr.store import outbox
from ivr.store.database.connect import reading, writing
from ivr.store.outbox import Item
from ivr.worker.context import Context
from ivr.worker.provider import masked

log = logging.getLogger(__name__)

LEASE = 120
"""Seconds for which a step may take: longer than any time-out of ours, so that nobody begins what is still under way."""
AT_ONCE = 50
"""Items that one run does, at most."""
FIRST_REST = 20
"""Seconds until the second try; each next rest is twice as long."""


class Later(Exception):
    """It could not be told now. `after`: seconds to wait, 0 for what the tries so far make of it; not `counted`: nothing was
    tried, as while a circuit is open or outside the hours in which people are rung."""

    def __init__(self, reason: str, after: float = 0.0, counted: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.counted = counted


class Never(Exception):
    """It cannot be told, and would not the next time: a person must look."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Lost(Exception):
    """Another worker has it: this one was too slow."""


class Progress:
    """What came of the steps of an item so far; each is on disk before the next begins."""

    def __init__(self, answer: Mapping[str, Any], keep: Callable[[Mapping[str, Any]], bool]) -> None:
        self._answer = dict(answer)
        self._keep = keep

    def get(self, name: str) -> Any:  # what JSON can hold
        """What is noted under a name; None when nothing is."""
        return self._answer.get(name)

    def note(self, **steps: Any) -> None:
        """Note what came of a step. Raises Lost when the item is another worker's by now."""
        self._answer |= steps
        if not self._keep(self._answer):
            raise Lost


class Handler(Protocol):
    """Tells items of one kind. `most` tries, and a rest of at most `longest` seconds between them."""

    most: int
    longest: int

    def ready(self) -> bool:
        """Whether anything can be told now; False while the circuit of the only destination is open."""

    def __call__(self, item: Item, progress: Progress, now: int) -> None:
        """Tell it, going on after the steps that are noted. Raises Later or Never."""


def rest(tries: int, longest: int, chance: Callable[[], float] = random.random) -> int:
    """Seconds until the next try after so many: twice as long each time, at most `longest`, and between half and all of
    that, so that those which failed together do not come back together."""
    whole = min(longest, FIRST_REST << min(max(tries, 1) - 1, 30))
    return max(1, round(whole * (0.5 + 0.5 * chance())))


class Outbox:
    """The task; `handlers` are kind → who tells it. What kind has no handler waits for a worker that has one."""

    every = 1.0

    def __init__(self, context: Context, handlers: Mapping[str, Handler]) -> None:
        self.name = f"outbox {'+'.join(sorted(handlers))}"
        self._engine = context.engine
        self._worker = context.worker
        self._handlers = dict(handlers)

    def run(self, now: int) -> int:
        """Tell what is due; answers how many were dealt with, whatever came of it."""
        began = time.monotonic()
        for number in range(AT_ONCE):
            at = now + int(time.monotonic() - began)
            kinds = [kind for kind, handler in self._handlers.items() if handler.ready()]
            item = self._claim(kinds, at)
            if item is None:
                return number
            self._tell(item, at)
        return AT_ONCE

    def _claim(self, kinds: list[str], now: int) -> Item | None:
        with reading(self._engine) as connection:  # most often there is nothing, and a writer need not wait for that
            if not kinds or not outbox.is_due(connection, kinds, now):
                return None
        with writing(self._engine) as connection:
            return outbox.claim(connection, kinds, self._worker, now, LEASE)

    def _tell(self, item: Item, now: int) -> None:
        handler = self._handlers[item.kind]
        if item.tries > handler.most:
            self._give_up(item, f"begun {item.tries - 1} times, and each time the worker stopped", now)
            return
        began = time.monotonic()

        def at() -> int:
            return now + int(time.monotonic() - began)

        def keep(answer: Mapping[str, Any]) -> bool:
            with writing(self._engine) as connection:
                return outbox.keep(connection, item, self._worker, answer, at(), LEASE)

        try:
            handler(item, Progress(item.answer, keep), now)
        except Lost:
            log.warning("outbox %s: another worker went on with it", item.key)
        except Later as later:
            self._put_off(item, handler, later, at())
        except Never as never:
            self._give_up(item, never.reason, at())
        except SQLAlchemyError:
            raise  # nothing could be noted either: it is due again when the lease has run out
        except Exception as error:
            # A fault of ours must neither end the task nor be tried for ever: it counts as a try, and shows its kind.
            # Its text is left out: it could hold what a caller said.
            where = "".join(traceback.format_tb(error.__traceback__)[-3:])
            log.error("outbox %s failed inside: %s\n%s", item.key, type(error).__name__, where)
            self._put_off(item, handler, Later(f"failed inside: {type(error).__name__}"), at())
        else:
            with writing(self._engine) as connection:
                outbox.finish(connection, item, self._worker, at())

    def _put_off(self, item: Item, handler: Handler, later: Later, now: int) -> None:
        reason = masked(later.reason)
        if later.counted and item.tries >= handler.most:
            self._give_up(item, f"given up after {item.tries} tries: {reason}", now)
            return
        at = now + max(1, round(later.after) if later.after else rest(item.tries, handler.longest))
        with writing(self._engine) as connection:
            outbox.postpone(connection, item, self._worker, reason, at, later.counted)
        log.info("outbox %s: later: %s", item.key, reason)

    def _give_up(self, item: Item, reason: str, now: int) -> None:
        with writing(self._engine) as connection:
            given = outbox.give_up(connection, item, self._worker, masked(reason), now)
        if given:
            log.error("outbox %s: given up: %s", item.key, masked(reason))
