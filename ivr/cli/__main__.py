"""`python -m ivr.cli` is `ivr`."""

from ivr.cli import main

main()
