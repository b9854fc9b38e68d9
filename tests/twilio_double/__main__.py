"""The double as a process of its own: prints its address, and serves until it is stopped.

`GET /_/books` gives what it knows as JSON, `GET /_/settled` whether anything is under way.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading

from tests.twilio_double.double import ACCOUNT, TOKEN, Double
from tests.twilio_double.faults import Hooks
from tests.twilio_double.people import crowd


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="python -m tests.twilio_double")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--pace", type=float, default=100.0, help="seconds of a call in a real one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--crowd", action="store_true", help="people do what they do by chance")
    parser.add_argument(
        "--faults",
        type=json.loads,
        default={},
        help='shares of faults: {"calls.create": {"500": 0.02}, "*": {"429": 0.01}}',
    )
    parser.add_argument("--hooks", type=json.loads, default={}, help='{"lost": 0.02, "twice": 0.05, "late": 0.5}')
    given = parser.parse_args()
    double = Double(given.token, given.account, given.pace, given.seed, given.port)
    double.faults.shares = given.faults
    double.faults.hooks = Hooks(**given.hooks)
    if given.crowd:
        double.people = crowd(given.seed)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    double.start()
    print(double.url, flush=True)
    stop.wait()
    double.stop()


if __name__ == "__main__":
    main()
