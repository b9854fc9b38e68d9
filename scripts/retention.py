"""Write docs/reference/retention.md from what columns and terms declare: `python scripts/retention.py` (or `--print`)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "retention.md"
sys.path.insert(0, str(ROOT))

HEAD = """\
# What is kept, and how long

Each column of the database, what it is, of whom, and when it goes, with the days that hold when nothing is set. Written
from the declarations (`ivr/store/holdings.py`, `ivr/desk/retention.py`) by `scripts/retention.py`; a column without one
fails a test. `ivr privacy` says the same with the days that are set, in Dutch or English.

A case counts from its closing: while it is open, nothing of it goes. A call that belongs to a case keeps its number and
code as long as the case does.

| what | of whom | how long | setting | columns |
|---|---|---|---|---|
"""
RULES_HEAD = """
## What `ivr retain` takes away

`ivr worker` looks hourly; `ivr retain --dry-run` tells what would go. Each batch of at most {batch} rows is a transaction
with its line in the audit trail. Where nothing is said of rows, columns are emptied and the row stays for its counts.

| what goes | table | how long after |
|---|---|---|
"""
TAIL = """
## Elsewhere

"""


def page() -> str:
    """The page as it should be."""
    from ivr.desk.retention import ELSEWHERE, TERMS, Periods
    from ivr.store.retention import BATCH
    from ivr.store.retention_rules import RULES
    from ivr.store.statement import statement

    out = [HEAD]
    for line in statement(Periods(), "en"):
        settings = " + ".join(f"`{name}`" for name in line.settings)
        where = ", ".join(f"`{name}`" for name in line.where)
        out.append(f"| {line.what} | {line.of} | {line.how_long} | {settings} | {where} |\n")
    out.append(RULES_HEAD.format(batch=BATCH))
    for rule in RULES:
        term = TERMS[rule.term]
        rows = " (whole rows)" if rule.values is None else ""
        days = term.days(Periods())
        out.append(f"| {rule.name}{rows} | `{rule.table.name}` | {days} days after {term.since['en']} |\n")
    return "".join([*out, TAIL, *(f"- {note['en']}\n" for note in ELSEWHERE)])


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), encoding="utf-8")
