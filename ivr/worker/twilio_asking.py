"""How a request to Twilio comes out: tried again where that does no harm, kept from a provider that is down, as a value."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay
from tenacity import wait_random_exponential as growing
from twilio.base.exceptions import TwilioException

from ivr.worker.circuit import Circuit
from ivr.worker.provider import Change, Creation, Done, Placed, Refused, Unknown, Unreachable, masked
from ivr.worker.twilio_http import NotAnswered, NotSent, Told, TooMany

T = TypeVar("T")

TRIES = 3
PATIENCE = 20.0
"""Seconds after which a request is not tried again, waiting included."""
NOT_ACCEPTED = frozenset((20003, 20005, 20006))
"""Codes that say that our account is not accepted: nothing is wrong with what was asked."""
NOT_FOUND = 20404
_BACK_OFF = growing(multiplier=0.5, max=5)
_UNREADABLE = (TwilioException, ValueError, KeyError, TypeError, AttributeError)


class _Open(Exception):
    """The circuit is open."""


class _Failed(Exception):
    """The provider said that it failed, to a request that may be repeated."""


class Asking:
    """Asks the provider. `sleep` waits between tries."""

    def __init__(self, circuit: Circuit, sleep: Callable[[float], None] = time.sleep) -> None:
        self._circuit = circuit
        self._sleep = sleep

    def create(self, make: Callable[[], object], kinds: tuple[str, ...]) -> Creation:
        """Have something made; `make` answers its id, which begins with one of `kinds`. Tried again only when it surely was
        not looked at."""
        try:
            sid = self._ask(make, (NotSent, TooMany))
        except NotAnswered as error:
            return Unknown(str(error))
        except Told as error:
            if error.status == 404:  # where things are made: no such account, or the address is not the provider's
                return Unreachable(f"the provider does not know our account: {_words(error)}")
            return Unknown(_words(error)) if _unsettled(error) else self._judged(error)
        except (NotSent, TooMany, _Open) as error:
            return self._unreachable(error)
        good = isinstance(sid, str) and sid.startswith(kinds) and sid.isalnum()
        return Placed(str(sid)) if good else Unknown("an answer without an id")

    def read(self, do: Callable[[], T]) -> T | Refused | Unreachable:
        """Ask for something that may be asked again."""
        try:
            return self._ask(do, (NotSent, TooMany, NotAnswered, _Failed))
        except Told as error:
            return self._judged(error)
        except (NotSent, TooMany, NotAnswered, _Failed, _Open) as error:
            return self._unreachable(error)

    def change(self, do: Callable[[], object], so_already: int) -> Change:
        """Have something changed that may be changed again; the code `so_already` says that it is so."""
        came = self.read(do)
        if isinstance(came, Refused):
            return Done() if came.code == so_already else came
        return came if isinstance(came, Unreachable) else Done()

    def _ask(self, do: Callable[[], T], again: tuple[type[Exception], ...]) -> T:
        tries = Retrying(
            retry=retry_if_exception_type(again),
            stop=stop_after_attempt(TRIES) | stop_before_delay(PATIENCE),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        answer: T = tries(self._once, do, _Failed in again)
        return answer

    def _once(self, do: Callable[[], T], repeatable: bool) -> T:
        if not self._circuit.enter():
            raise _Open("the circuit to the provider is open")
        try:
            answer = do()
        except TooMany:
            self._circuit.succeeded()
            raise
        except (NotSent, NotAnswered) as error:
            self._circuit.failed(str(error))
            raise
        except Told as error:
            if _unsettled(error) or _not_ours(error):
                self._circuit.failed(_words(error))
            else:
                self._circuit.succeeded()
            if repeatable and _unsettled(error):
                raise _Failed(_words(error)) from None
            raise
        except _UNREADABLE as error:
            self._circuit.failed("an answer that cannot be read")
            raise NotAnswered(f"an answer that cannot be read ({type(error).__name__})") from None
        self._circuit.succeeded()
        return answer

    def _judged(self, error: Told) -> Refused | Unreachable:
        """What a refusal means: that of our account says nothing of what was asked, which may be tried when it is mended."""
        if _not_ours(error):
            return Unreachable(f"the provider does not accept our account: {_words(error)}", self._circuit.after())
        return Refused(_words(error), error.code)

    def _unreachable(self, error: Exception) -> Unreachable:
        return Unreachable(str(error), error.after if isinstance(error, TooMany) else self._circuit.after())


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try: what the provider asked for and a little more by chance, else growing by chance."""
    error = state.outcome.exception() if state.outcome is not None else None
    if isinstance(error, TooMany) and error.after:
        return error.after + random.uniform(0, 0.5)
    return float(_BACK_OFF(state))


def _unsettled(error: Told) -> bool:
    """Whether it may have happened all the same: only a 4xx says that it did not."""
    return not 400 <= error.status < 500 or error.status == 408


def _not_ours(error: Told) -> bool:
    return error.status == 401 or error.code in NOT_ACCEPTED


def _words(error: Told) -> str:
    """What the provider said, fit for a log."""
    line = " ".join(masked(error.words).split())
    return f"status {error.status}, code {error.code}" + (f": {line[:200]}" if line else "")
