"""`python -m benchmarks.looking PORT COUNT DATABASE COOKIE TOPIC…`: that many open pages, each with its live stream, while
calls move about in the database. It says `ready` when all streams have been sent something, and how much came when it ends.
"""

from __future__ import annotations

import asyncio
import itertools
import signal
import sys
import time
from urllib.parse import urlencode

from sqlalchemy import insert, update

from ivr.store.database.connect import connect, writing
from ivr.store.database.schema import calls

HOST = "ivr.example"
RUNNING = 40
"""Calls that run while people look."""
MOVES = 0.25
"""Seconds between two changes, so that no look of a second finds things as they were."""


async def _look(port: int, head: bytes, heard: asyncio.Semaphore, count: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    first = True
    try:
        while data := await reader.read(65_536):
            count[0] += len(data)
            count[1] += data.count(b"event: part")
            if first and b"event: part" in data:
                first = False
                heard.release()
    finally:
        writer.close()


async def _move(database: str) -> None:
    engine = connect(database)
    now = int(time.time())
    nodes = itertools.cycle(("main", "waste", "documents", "parking"))
    with writing(engine) as connection:
        rows = [
            {"id": f"LOOK{n}", "table_id": "groningen", "began": now, "node": "main", "language": "nl"}
            for n in range(RUNNING)
        ]
        connection.execute(calls.delete().where(calls.c.id.like("LOOK%")))
        connection.execute(insert(calls), rows)
    for n in itertools.count():
        await asyncio.sleep(MOVES)
        with writing(engine) as connection:
            connection.execute(update(calls).where(calls.c.id == f"LOOK{n % RUNNING}").values(node=next(nodes)))


async def main() -> None:
    """Look until told to stop."""
    port, pages, database, cookie, topics = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:]
    query = urlencode([("t", topic) for topic in topics])
    head = f"GET /desk/live?{query} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n\r\n"
    heard, count = asyncio.Semaphore(0), [0, 0]
    tasks = [asyncio.create_task(_look(port, head.encode(), heard, count)) for _ in range(pages)]
    tasks.append(asyncio.create_task(_move(database)))
    for _ in range(pages):
        await asyncio.wait_for(heard.acquire(), 30)
    print("ready", flush=True)
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    print(count[0], count[1], flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
