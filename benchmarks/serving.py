"""`python -m benchmarks.serving APP PORT`: one app in one uvicorn worker, all with the same settings; ours on its own
connection class, as `ivr serve` runs it."""

from __future__ import annotations

import sys

import uvicorn

OURS = "benchmarks.ours:app"


def main() -> None:
    """Serve until told to stop."""
    app, port = sys.argv[1], int(sys.argv[2])
    from ivr.web.connection import Connection

    uvicorn.run(
        app, host="127.0.0.1", port=port, loop="uvloop", http=Connection if app == OURS else "httptools",
        log_level="warning", access_log=False, server_header=False, date_header=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
