"""Our webhook as `uvicorn` is to serve it for the measurement: the Groningen table, settings from the environment."""

from __future__ import annotations

from benchmarks.tables import groningen
from ivr.web.app import App
from ivr.web.settings import Settings

app = App(Settings(), [groningen()])
