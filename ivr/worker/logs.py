"""The worker's log: one line of JSON for each thing, as the webhook's, on standard error."""

from __future__ import annotations

import json
import logging
import re
import sys

from ivr.model.numbers import mask

_NUMBER = re.compile(r"\+[0-9]{7,15}")


class Lines(logging.Formatter):
    """A record as a line. Whatever looks like a telephone number is masked, whoever wrote it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        text = _NUMBER.sub(lambda found: mask(found[0]), record.getMessage())
        fault = {"fault": record.exc_info[0].__name__} if record.exc_info and record.exc_info[0] else {}
        held = {"at": round(record.created, 3), "level": record.levelname.lower(), "event": text[:1000], **fault}
        return json.dumps(held, ensure_ascii=False)


def log_to_stderr(level: str) -> None:
    """Send the log of our own packages to standard error; of others only warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("ivr").setLevel(level.upper())
