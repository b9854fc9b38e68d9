"""What the store knows of a caller at arrival, within a quarter of a second or not at all: a call never waits for it."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from ivr.desk.pseudonym import number_key
from ivr.store.lookup import facts_of

PATIENCE = 0.25
"""Seconds that an arriving call waits for it."""
SKIP_SECONDS = 3.0
"""How long a database that failed, or was slow, is not asked again."""
THREADS = 4


class Callers:
    """Asks the database about callers."""

    def __init__(self, engine: Engine, hash_key: bytes) -> None:
        self._engine = engine
        self._hash_key = hash_key
        self._pool = ThreadPoolExecutor(THREADS, "callers")
        self._ask_again = 0.0

    async def facts(self, table: str, caller: str, asked: frozenset[str]) -> dict[str, str]:
        """The facts of `asked` about a caller (E.164); none of them when the database is gone or slow."""
        if time.monotonic() < self._ask_again:
            return {}
        key = number_key(self._hash_key, caller)
        loop = asyncio.get_running_loop()
        looked = loop.run_in_executor(self._pool, facts_of, self._engine, table, key, int(time.time()), asked)
        try:
            return await asyncio.wait_for(looked, PATIENCE)
        except (TimeoutError, SQLAlchemyError):
            self._ask_again = time.monotonic() + SKIP_SECONDS
            return {}

    def close(self) -> None:
        """Let the threads go."""
        self._pool.shutdown(wait=False, cancel_futures=True)
