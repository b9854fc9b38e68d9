"""The offline simulator's front door: `python simulate.py call …` is `ivr simulate call …`."""

from __future__ import annotations

import sys

from ivr.cli import main

if __name__ == "__main__":
    sys.argv[0:1] = ["ivr", "simulate"]
    main()
