"""Our webhook as `uvicorn` is to serve it for the measurement: settings from the environment, the Groningen table or
BENCH_TABLE; with BENCH_KEEP=0 it keeps nothing of any call."""

from __future__ import annotations

import os

from benchmarks.tables import groningen
from ivr.store.database.connect import connect
from ivr.store.database.migrate import upgrade
from ivr.web.app import App
from ivr.web.settings import Settings


def _app() -> App:
    settings = Settings()
    if os.environ.get("BENCH_KEEP") == "0":
        return App(settings, [groningen()], keep=False)
    database = connect(settings.database)
    upgrade(database)
    return App(settings, [groningen()], database=database)


app = _app()
