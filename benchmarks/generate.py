"""A table of any size, written as an admin would write it: departments in a tree, each with its menus, hours, branches,
transfers, callbacks, messages, numbers and teams, in Dutch and English.

Its measure is the table of Groningen: says are the commonest kind, menus come next, and a word or text has 15 characters.
"""

from __future__ import annotations

from pathlib import Path

NODES_OF_A_DEPARTMENT = 14
DEPARTMENTS_IN_A_FILE = 40
TEAMS_EVERY = 8
"""Departments to a team."""
CALENDARS_EVERY = 6
"""Teams to a calendar."""

SUBJECTS = (
    ("paspoorten", "passports"), ("afval", "waste"), ("parkeren", "parking"), ("belastingen", "taxes"),
    ("verhuizen", "moving house"), ("bouwen", "building"), ("groen", "parks and trees"), ("wegen", "roads"),
    ("zorg", "care"), ("werk", "work"), ("jeugd", "youth"), ("sport", "sports"), ("markten", "markets"),
    ("huwelijken", "weddings"), ("subsidies", "grants"), ("evenementen", "events"), ("geluid", "noise"),
)  # fmt: skip
PLACES = (
    ("Centrum", "the centre"), ("Noord", "the north"), ("Zuid", "the south"), ("Oost", "the east"),
    ("West", "the west"), ("Haren", "Haren"), ("Ten Boer", "Ten Boer"), ("Hoogkerk", "Hoogkerk"),
)  # fmt: skip
HOURS = (
    "Mo-Fr 08:30-17:00; Th 08:30-19:00", "Mo-Fr 09:00-16:30", "Mo-We 08:00-17:00; Fr 08:00-12:00",
    "Mo-Fr 08:30-12:30,13:30-17:00", "Mo-Sa 08:00-18:00",
)  # fmt: skip


def write_table(folder: Path, nodes: int) -> int:
    """Write a table with at least so many nodes into a folder; the number of bytes written.

    Every department can be reached from the main menu: department n leads to 2n+1 and 2n+2.
    """
    departments = max(1, -(-(nodes - len(_COMMON_NODES)) // NODES_OF_A_DEPARTMENT))
    folder.mkdir(parents=True, exist_ok=True)
    files = {"table.yaml": _table(), "teams.yaml": _teams(departments), "numbers.yaml": _numbers(departments)}
    for first in range(0, departments, DEPARTMENTS_IN_A_FILE):
        last = min(first + DEPARTMENTS_IN_A_FILE, departments)
        body = [_department(n, departments) for n in range(first, last)]
        files[f"menus/departments-{first:05d}.yaml"] = "nodes:\n" + "\n".join(body)
    written = 0
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        written += path.write_bytes(text.encode())
    return written


def _subject(n: int) -> tuple[str, str]:
    """What department n is for, in Dutch and English."""
    subject, place = SUBJECTS[n % len(SUBJECTS)], PLACES[n // len(SUBJECTS) % len(PLACES)]
    return f"{subject[0]} in {place[0]}", f"{subject[1]} in {place[1]}"


def _team(n: int) -> int:
    return n // TEAMS_EVERY


def _calendar(team: int) -> int:
    return team // CALENDARS_EVERY


_COMMON_NODES = ("calamity", "welcome", "opening", "closed", "main", "operator", "later", "note", "goodbye")


def _table() -> str:
    topics = ", ".join(dict.fromkeys(english.replace(" ", "-") for _, english in SUBJECTS))
    return f"""\
table:
  id: generated
  title: Gemeente Voorbeeld
  main_number: "14 050"
  from_abroad: "+31 50 367 9111"
  timezone: Europe/Amsterdam
  languages:
    nl: {{voice: Polly.Laura-Neural, locale: nl-NL}}
    en: {{voice: Polly.Amy-Neural, locale: en-GB}}
  entry: [calamity, welcome, opening]
  operator: {{key: 0, to: operator}}
  repeat_key: "*"
  wait: 8s
  caller_id: "+31 50 367 9111"
  illustration: true

variables:
  topic: [{topics}]

facts:
  caller: [known, blocked, anonymous, other]

nodes:
  calamity: {{kind: calamity, then: continue}}
  welcome:
    kind: say
    say: {{nl: Welkom bij de gemeente., en: Welcome to the city.}}
    to: continue
  opening: {{kind: hours, calendar: cal-0, open: continue, closed: closed, holiday: closed}}
  closed:
    kind: say
    say:
      nl: Wij zijn nu gesloten. Wij zijn er weer {{opens:cal-0}}. Is er gevaar? Bel 112.
      en: We are closed now. We open again {{opens:cal-0}}. In danger? Call 112.
    to: later
  main:
    kind: menu
    languages_first: true
    say: {{nl: "Waarvoor belt u?", en: "What are you calling about?"}}
    options:
      1: {{label: {{nl: alle diensten, en: all services}}, to: d0}}
      2: {{label: {{nl: iets anders, en: something else}}, to: operator}}
      3: {{language: en}}
    no_input: {{ask_at_most: 2, to: operator}}
    no_match: {{ask_at_most: 3, to: operator}}
  operator:
    kind: transfer
    team: team-0
    when_done: goodbye
    busy: later
    no_answer: later
    closed: later
    failed: later
  later:
    kind: callback
    team: team-0
    within: 1 working day
    taken: goodbye
    refused: goodbye
    full: note
    failed: note
  note:
    kind: voicemail
    team: team-0
    say: {{nl: Spreek in na de piep. Wij nemen uw bericht op., en: Leave a message after the beep. We record it.}}
    to: goodbye
    failed: goodbye
  goodbye:
    kind: end
    where_to_turn: true
    say: {{nl: Dank voor uw telefoontje. Meer leest u op onze website., en: Thank you for calling. Our website tells more.}}

flows:
  reach:
    with: {{team: team}}
    start: ring
    nodes:
      ring:
        kind: transfer
        team: $team
        whisper: true
        when_done: return
        busy: promise
        no_answer: promise
        closed: promise
        failed: promise
      promise:
        kind: callback
        team: $team
        within: 1 working day
        taken: return
        refused: return
        full: message
        failed: message
      message:
        kind: voicemail
        team: $team
        say: {{nl: Spreek in na de piep. Wij nemen uw bericht op., en: Leave a message after the beep. We record it.}}
        to: return
        failed: return
"""


def _teams(departments: int) -> str:
    teams = _team(departments - 1) + 1
    out = ["calendars:"]
    for n in range(_calendar(teams - 1) + 1):
        out += [
            f"  cal-{n}:",
            f'    hours: "{HOURS[n % len(HOURS)]}"',
            "    holidays: NL",
            f'    closed_on: {{2027-05-{7 + n % 20:02d}: brugdag, "2026-12-24 15:00-24:00": kerstavond}}',
        ]
    out += ["", "teams:"]
    for n in range(teams):
        dutch, english = _subject(n * TEAMS_EVERY)
        out += [
            f"  team-{n}:",
            f"    title: {{nl: Team {dutch}, en: Team {english}}}",
            "    speaks: [nl, en]",
            f"    calendar: cal-{_calendar(n)}",
            f"    via: {'twilio' if n % 4 == 3 else 'sip'}",
            f'    dial: ["sip:team-{n}@kcc.example"]',
            "    ring: 25s",
            f"    callbacks: {{per_day: {40 + n % 60}}}",
        ]
    return "\n".join(out) + "\n"


def _numbers(departments: int) -> str:
    out = ["numbers:"]
    for n in range(departments):
        dutch, _ = _subject(n)
        digits = f"3{n:06d}"
        out += [
            f'  "050 {digits[:3]} {digits[3:]}":',
            f"    formerly: Loket {dutch}",
            f"    to: d{n}",
            f"    must_still_reach: [team-{_team(n)}]",
        ]
        if n % 3 == 0:
            out += [
                "    phases: {parallel: 2026-12-01, announce: 2027-02-01, redirect: 2027-05-01, returned: 2027-09-01}",
                "    announce: {nl: Dit nummer verdwijnt. Bel 14 0 50., en: This number will go. Dial 14 0 50.}",
            ]
    return "\n".join(out) + "\n"


def _department(n: int, departments: int) -> str:
    """The nodes of department n."""
    dutch, english = _subject(n)
    team = _team(n)
    topic = SUBJECTS[n % len(SUBJECTS)][1].replace(" ", "-")
    choices = [
        f"""\
      1:
        label: {{nl: een medewerker van {dutch}, en: someone about {english}}}
        speech: {{nl: [afspraak, medewerker, iemand spreken over {dutch}], en: [appointment, speak about {english}]}}
        set: {{topic: {topic}}}
        to: d{n}-hours""",
        f"""\
      2:
        label: {{nl: informatie over {dutch}, en: information on {english}}}
        speech: {{nl: [informatie, vraag], en: [information, question]}}
        to: d{n}-info""",
    ]
    children = [child for child in (2 * n + 1, 2 * n + 2) if child < departments]
    for key, child in enumerate(children, 3):
        nl, en = _subject(child)
        choices.append(f"      {key}:\n        label: {{nl: '{nl}', en: '{en}'}}\n        to: d{child}")
    if not children:
        choices.append(f"      3:\n        label: {{nl: een lopende zaak, en: an open case}}\n        to: d{n}-case")
    if team % 4 == 3:
        line = f"""\
    kind: queue
    team: team-{team}
    say: {{nl: Al onze mensen zijn in gesprek. U staat in de rij., en: All our people are busy. You are in the queue.}}
    offer_after: {{wait: 60s, key: 1, to: d{n}-callback}}
    timeout: {{wait: 10m, to: d{n}-callback}}
    when_done: goodbye
    full: d{n}-callback
    closed: d{n}-closed
    failed: d{n}-callback"""
    else:
        line = f"""\
    kind: transfer
    team: team-{team}
    whisper: true
    when_done: goodbye
    busy: d{n}-callback
    no_answer: d{n}-callback
    closed: d{n}-closed
    failed: d{n}-callback"""
    return f"""\
  # {dutch}: hours and people are those of team-{team}
  d{n}:
    kind: menu
    say: {{nl: "U bent bij {dutch}.", en: "You have reached {english}."}}
    again: {{nl: "Dit is het keuzemenu voor {dutch}.", en: "This is the menu for {english}."}}
    options:
{chr(10).join(choices)}
    no_input: {{ask_at_most: 2, to: operator}}
    no_match: {{ask_at_most: 3, to: operator}}
  d{n}-hours:
    kind: hours
    calendar: cal-{_calendar(team)}
    open: d{n}-known
    closed: d{n}-closed
    holiday: d{n}-closed
  d{n}-known:
    kind: branch
    on: caller
    cases: {{known: d{n}-line, anonymous: d{n}-case}}
    otherwise: d{n}-line
  d{n}-case:
    kind: ask
    field: case
    say: {{nl: Toets uw zaaknummer in. Dat zijn zes cijfers., en: Enter your case number. It has six digits.}}
    digits: 6
    to: d{n}-line
    no_input: {{ask_at_most: 2, to: operator}}
    no_match: {{ask_at_most: 3, to: operator}}
  d{n}-line:
{line}
  d{n}-callback:
    kind: callback
    team: team-{team}
    within: {1 + n % 3} working days
    taken: goodbye
    refused: goodbye
    full: d{n}-message
    failed: d{n}-message
  d{n}-message:
    kind: voicemail
    team: team-{team}
    say: {{nl: Spreek uw vraag over {dutch} in. Wij nemen dit op., en: Leave your question on {english}. We record it.}}
    max: 2m
    to: goodbye
    failed: goodbye
  d{n}-closed:
    kind: say
    say:
      nl: De afdeling {dutch} is gesloten. Wij zijn er weer {{opens:cal-{_calendar(team)}}}.
      en: The office for {english} is closed. We open again {{opens:cal-{_calendar(team)}}}.
    to: d{n}-callback
  d{n}-info:
    kind: say
    say:
      nl: "Over {dutch} vindt u alles op de website van de gemeente. U kunt ook langskomen op het gemeentehuis."
      en: "You will find all about {english} on the city's own website. You can also come to the town hall."
    to: d{n}-costs
  d{n}-costs:
    kind: say
    say:
      nl: "Aan een aanvraag zijn soms kosten verbonden. Wat u betaalt, staat op de website. U betaalt met uw pas."
      en: "There may be a charge for a request. You will find what you pay on the website. You can pay by card."
    to: d{n}-more
  d{n}-more:
    kind: menu
    options:
      1: {{label: {{nl: een medewerker, en: one of our people}}, to: d{n}-hours}}
      2: {{label: {{nl: een bericht of terugbellen, en: a message or a call back}}, to: d{n}-reach}}
      3: {{label: {{nl: ons adres, en: our address}}, to: d{n}-address}}
    no_input: {{ask_at_most: 2, to: operator}}
    no_match: {{ask_at_most: 3, to: operator}}
  d{n}-reach: {{kind: visit, flow: reach, with: {{team: team-{team}}}, then: goodbye}}
  d{n}-address:
    kind: say
    where_to_turn: true
    say:
      nl: "Kom naar loket {n + 1} in het gemeentehuis aan de Markt. Maak van tevoren een afspraak op de website."
      en: "Come to desk {n + 1} in the town hall on the Market Square. Please make an appointment on the website."
    to: d{n}-bring
  d{n}-bring:
    kind: say
    say:
      nl: "Neem een geldig identiteitsbewijs mee. Neem ook de brief mee die u van ons kreeg."
      en: "Bring a valid proof of identity with you. Bring the letter that you had from us as well."
    to: goodbye
"""
