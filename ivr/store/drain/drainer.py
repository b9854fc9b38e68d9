"""Carries the journals into the database: a piece of a file and how far that file is read, in one transaction.

So each line is carried once, whatever is killed when; and since every row has the key of its call and turn, a line that
stands in two journals is one row all the same.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from ivr.store.attempts import apply_leg, leg_order
from ivr.store.database.connect import reading, writing
from ivr.store.database.schema import drained
from ivr.store.database.upsert import insert_into
from ivr.store.drain import files
from ivr.store.drain.ended import finish
from ivr.store.drain.files import Chunk
from ivr.store.drain.happened import keep_events
from ivr.store.drain.owed import Plan, keep_answers, keep_cases, keep_marks
from ivr.store.journal import Entry

SPOILT = (DataError, IntegrityError, KeyError, ValueError, TypeError, AttributeError, OverflowError, LookupError)
"""What a line raises that no process of ours wrote, or that the database cannot hold."""
LOCK = ".drain"
"""The file in a journal's folder that whoever drains it holds (flock)."""


class Drainer:
    """Drains the journals of a folder of what is kept (IVR_VAR). `complain` is told of lines that cannot be carried."""

    def __init__(
        self, engine: Engine, var: Path, hash_key: bytes, plan: Plan, complain: Callable[[str], None] = lambda _: None
    ) -> None:
        self._engine = engine
        self._var = var
        self._hash_key = hash_key
        self._plan = plan
        self._complain = complain

    def run(self) -> int:
        """Carry what is new; how many entries that were, 0 too when another process is at it. Raises SQLAlchemyError
        and OSError, with all that was not carried still to be."""
        with self._alone() as mine:
            if not mine:
                return 0
            carried = self._carried()
            count = 0
            sizes = files.sizes(self._var)
            if files.pieces(sizes, carried) > 1:
                self._cases_first(sizes, carried)
            for chunk in files.chunks(self._var, sizes, dict(carried)):
                self.carry(chunk)
                carried[chunk.file] = chunk.end
                count += max(1, len(chunk.entries))
            self._clean(carried)
            return count

    def drain(self) -> int:
        """Carry all there is; how many entries that were."""
        total = 0
        while count := self.run():
            total += count
        return total

    @contextlib.contextmanager
    def _alone(self) -> Iterator[bool]:
        """Hold the folder against other drainers; whether it could be held."""
        folder = self._var / "journal"
        if not folder.is_dir() and not (self._var / "events").is_dir():
            yield False
            return
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(lock)

    def _carried(self) -> dict[str, int]:
        """How far each file is read."""
        with reading(self._engine) as connection:
            return {row.file: row.bytes for row in connection.execute(select(drained.c.file, drained.c.bytes))}

    def _cases_first(self, sizes: Mapping[str, int], carried: Mapping[str, int]) -> None:
        """All new cases, before anything that was said of them: who joins a case may stand in an earlier piece than the one
        that opened it, when several processes write. Each piece is carried whole afterwards."""
        for chunk in files.owed(self._var, sizes, carried):
            found = [entry for entry in chunk.entries if entry.get("kind") == "case"]
            for some in (found, *([entry] for entry in found)):
                try:
                    with writing(self._engine) as connection:
                        keep_cases(connection, some, self._plan, self._hash_key)
                except SPOILT:
                    continue  # whole it cannot be carried: line by line
                except StatementError as error:
                    if isinstance(error, DBAPIError):
                        raise
                    continue
                if some is found:
                    break

    def carry(self, chunk: Chunk) -> None:
        """One piece of a file, all or nothing. A line that cannot be carried must not hold up those after it: then the
        piece is carried line by line, and what remains is passed over and told."""
        try:
            with writing(self._engine) as connection:
                self._keep(connection, chunk.entries)
                _note(connection, chunk)
        except SPOILT:
            self._carry_singly(chunk)
        except StatementError as error:
            if isinstance(error, DBAPIError):
                raise
            self._carry_singly(chunk)  # a value that no column takes

    def _carry_singly(self, chunk: Chunk) -> None:
        for entry in chunk.entries:
            try:
                with writing(self._engine) as connection:
                    self._keep(connection, (entry,))
            except StatementError as error:
                if isinstance(error, DBAPIError) and not isinstance(error, SPOILT):
                    raise
                self._pass_over(chunk, entry, error)
            except SPOILT as error:
                self._pass_over(chunk, entry, error)
        with writing(self._engine) as connection:
            _note(connection, chunk)

    def _pass_over(self, chunk: Chunk, entry: Entry, error: Exception) -> None:
        kind = str(entry.get("kind"))[:20]
        self._complain(f"{chunk.file}: a line of kind '{kind}' is passed over: {type(error).__name__}")

    def _keep(self, connection: Connection, entries: tuple[Entry, ...]) -> None:
        of: dict[str, list[Entry]] = {}
        for entry in entries:
            of.setdefault(str(entry.get("kind")), []).append(entry)
        keep_cases(connection, of.get("case", ()), self._plan, self._hash_key)
        keep_marks(connection, of.get("mark", ()))
        keep_answers(connection, [*of.get("join", ()), *of.get("cancel", ())])
        for entry in sorted(of.get("leg", ()), key=leg_order):  # all who lock several cases do so in this order
            apply_leg(connection, entry)
        happened = [entry for kind in ("turn", "status", "pass") for entry in of.get(kind, ())]
        if happened:
            finish(connection, keep_events(connection, happened, self._hash_key), self._plan)

    def _clean(self, carried: dict[str, int]) -> None:
        """Remove the files that are complete and carried, and forget them: first the file, then how far it was read."""
        here = {file: done for file, done in carried.items() if (self._var / file).exists()}
        gone = files.complete(self._var, here)
        files.remove(self._var, gone)
        if gone:
            with writing(self._engine) as connection:
                connection.execute(delete(drained).where(drained.c.file.in_(gone)))


def _note(connection: Connection, chunk: Chunk) -> None:
    """How far the file is read, in the transaction that carried it."""
    row = {"file": chunk.file, "bytes": chunk.end, "at": int(time.time())}
    statement = insert_into(connection, drained)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(index_elements=["file"], set_={"bytes": new.bytes, "at": new.at}), row
    )
