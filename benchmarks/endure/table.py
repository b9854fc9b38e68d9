"""The table of the endurance run: teams that are always there, each behind a number of its own, and all that can be owed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

MAIN = "+31503670000"
"""What the operator of the table is reached at; an illustration, never dialled."""
CALLBACK, VOICEMAIL, MARK, CASE, RING = "1", "2", "3", "4", "5"
"""The keys of every team's menu."""


def number_of(team: int) -> str:
    """The number (E.164) whose callers hear a team's menu."""
    return f"+3150367{1000 + team}"


def write_table(folder: Path, teams: int, per_day: int, now: dt.datetime) -> None:
    """Write the table. `now` is an instant: the zone is chosen such that it is morning there, since nobody is called back
    in the evening."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_HEAD.format(zone=_zone(now))]
    parts.append("teams:\n" + "".join(_TEAM.format(n=n, per_day=per_day) for n in range(teams)))
    parts.append("numbers:\n" + "".join(_NUMBER.format(n=n, dialled=number_of(n)) for n in range(teams)))
    parts.append(_NODES + "".join(_MENU.format(n=n) for n in range(teams)))
    (folder / "table.yaml").write_text("".join(parts), encoding="utf-8")


def _zone(now: dt.datetime) -> str:
    ahead = (10 - now.astimezone(dt.UTC).hour + 11) % 24 - 11  # hours to add so that it is about ten
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


_HEAD = """\
table:
  id: endure
  title: Gemeente Proef
  main_number: "14 050"
  from_abroad: "+31 50 367 0000"
  timezone: {zone}
  languages: {{nl: {{voice: Polly.Laura-Neural, locale: nl-NL}}}}
  entry: [welcome]
  operator: {{key: 0, to: operator}}
  wait: 5s
  caller_id: "+31 50 367 0000"
  illustration: true
calendars:
  always: {{hours: "Mo-Su 00:00-24:00"}}
"""
_TEAM = """\
  team-{n}:
    title: {{nl: team {n}}}
    calendar: always
    via: sip
    dial: ["sip:team-{n}@kcc.example"]
    ring: 20s
    callbacks: {{per_day: {per_day}, attempts: 3, apart: 1h}}
"""
_NUMBER = """\
  "{dialled}": {{formerly: team {n}, to: menu-{n}, must_still_reach: [team-{n}]}}
"""
_NODES = """\
nodes:
  welcome: {kind: say, say: {nl: "Welkom bij de gemeente."}, to: continue}
  main: {kind: menu, options: {1: {label: {nl: een medewerker}, to: operator}}}
  operator: {kind: transfer, team: team-0, when_done: bye, busy: note-0, no_answer: note-0, closed: note-0, failed: note-0}
  bye: {kind: end, say: {nl: "Tot ziens."}}
  elsewhere: {kind: end, say: {nl: "Het lukt niet. Kom naar de balie."}, where_to_turn: true}
  mark: {kind: survey, say: {nl: "Welk cijfer geeft u ons? Sluit af met een hekje."}, to: bye}
  case: {kind: case, joined: bye, cancelled: bye, over: bye, unknown: elsewhere, no_input: elsewhere, failed: elsewhere}
"""
_MENU = """\
  menu-{n}:
    kind: menu
    options:
      1: {{label: {{nl: een afspraak om u terug te bellen}}, to: promise-{n}}}
      2: {{label: {{nl: een bericht}}, to: note-{n}}}
      3: {{label: {{nl: een cijfer voor ons}}, to: mark}}
      4: {{label: {{nl: uw zaaknummer}}, to: case}}
      5: {{label: {{nl: een medewerker}}, to: ring-{n}}}
  promise-{n}:
    {{kind: callback, team: team-{n}, within: 4 working hours, taken: bye, refused: bye, full: note-{n}, failed: note-{n}}}
  note-{n}:
    {{kind: voicemail, team: team-{n}, say: {{nl: "Spreek na de toon."}}, to: bye, no_input: elsewhere, failed: elsewhere}}
  ring-{n}:
    {{kind: transfer, team: team-{n}, when_done: bye, busy: promise-{n}, no_answer: promise-{n}, closed: promise-{n},
     failed: promise-{n}}}
"""
