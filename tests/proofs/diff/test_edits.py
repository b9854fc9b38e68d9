"""One edit of the real table is one group: named after what was edited, at its line, with a call that shows it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from ivr.diagnostics import Source, Sources
from ivr.model.events import Begin
from ivr.proofs.diff.groups import Difference, Row, compare_tables
from ivr.proofs.diff.words import ways
from ivr.simulator.replay import replay
from ivr.simulator.show import show_transcript
from ivr.tables.ready import Table, check_folder, check_sources, ready
from tests.proofs.tables import TODAY, start_of

GRONINGEN = Path(__file__).parents[3] / "routing_tables" / "groningen"


class Edit(Struct, frozen=True):
    """What is replaced, by file; the title that the group should have, its file, and a row that it should show."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    title: str
    file: str
    row: str
    words: bool = False


def one(file: str, old: str, new: str) -> tuple[tuple[str, str, str], ...]:
    return ((file, old, new),)


RING = 'dial: ["sip:burgerzaken@kcc.example"]\n    ring: 25s'
EDITS = [
    Edit("a choice leads elsewhere", one("menus/money.yaml", "to: objection", "to: reach-parking"),
         "node parking", "menus/money.yaml", "presses 2: was belastingen is rung → now parkeren is rung"),
    Edit("a renamed node leads elsewhere",
         (("menus/money.yaml", "  parking:\n", "  parkeren-menu:\n"), ("*", "to: parking\n", "to: parkeren-menu\n"),
          ("*", "to: parking}", "to: parkeren-menu}"), ("menus/money.yaml", "to: objection", "to: reach-parking")),
         "node parkeren-menu, formerly parking", "menus/money.yaml", "was belastingen is rung → now parkeren is rung"),
    Edit("a message is put in between",
         (("menus/money.yaml", "        to: parking-permit", "        to: intro"),
          ("menus/money.yaml", "  parking-permit:\n",
           '  intro: {kind: say, say: {nl: "Nog iets.", en: "One more thing."}, to: parking-permit}\n  parking-permit:\n')),
         "new node intro", "menus/money.yaml", 'presses 1: was no message → now hears "Nog iets."'),
    Edit("a team rings longer", one("teams.yaml", RING, RING.replace("25s", "30s")),
         "team burgerzaken", "teams.yaml", "burgerzaken is rung (rings 25 s) → now burgerzaken is rung (rings 30 s)"),
    Edit("a team has another address", one("teams.yaml", "sip:parkeren@", "sip:parkeren-2@"), "team parkeren", "teams.yaml",
         "parkeren is rung (dials sip:parkeren@kcc.example) → now parkeren is rung (dials sip:parkeren-2@kcc.example)"),
    Edit("a team can call back fewer", one("teams.yaml", "per_day: 40", "per_day: 30"), "team parkeren", "teams.yaml",
         "callback parkeren (a day 40) → now callback parkeren (a day 30)"),
    Edit("everybody waits less long", one("table.yaml", "wait: 8s", "wait: 6s"),
         "table: wait", "table.yaml", "was 8 s for a key → now 6 s for a key"),
    Edit("the way to a person", one("table.yaml", "{key: 0, to: operator}", "{key: 0, to: senior}"),
         "table: operator", "table.yaml", "was queue kcc → now coaches is rung"),
    Edit("a default exit", one("table.yaml", "    busy: operator", "    busy: operator-call-back"),
         "table: defaults/busy", "table.yaml", "was queue kcc → now offer of a callback by kcc"),
    Edit("the late evening is shorter", one("calendars.yaml", "Th 08:30-19:00", "Th 08:30-18:00"), "calendar kcc", "calendars.yaml",
         "on arrival: was menu main → now menu closed-menu"),
    Edit("a bridge day", one("calendars.yaml", "      2027-05-07: brugdag na Hemelvaart\n", ""),
         "calendar kcc", "calendars.yaml", "7 May 2027 08:30-17:00, on arrival: was menu closed-menu → now menu main"),
    Edit("a number leads elsewhere", one("numbers.yaml", "to: lost", "to: moving"), "number 050 367 7011", "numbers.yaml",
         "on arrival: was burgerzaken is rung → now menu moving"),
    Edit("a number is another number", one("numbers.yaml", '"050 367 7011":', '"050 368 7011":'),
         "number 050 368 7011, formerly 050 367 7011", "numbers.yaml", "050 368 7011, "),
    Edit("a number is announced sooner", one("numbers.yaml", "2026-10-01, announce: 2027-02-01", "2026-10-01, announce: 2027-01-01"),
         "number 050 367 7011", "numbers.yaml", "1 Jan 2027 to 31 Jan 2027 (parallel → announce)"),
    Edit("an entry more",
         (("table.yaml", "[calamity, notices, welcome, opening]", "[calamity, notices, welcome, hallo, opening]"),
          ("menus/entry.yaml", "  opening: {kind", '  hallo: {kind: say, say: {nl: "Hallo.", en: "Hello."}, to: continue}\n  opening: {kind')),
         "new node hallo", "menus/entry.yaml", 'on arrival: was no message → now hears "Hallo."'),
    Edit("a flow that all teams use", one("flows.yaml", "        no_answer: sorry", "        no_answer: promise"),
         "node ring of flow reach", "flows.yaml", "nobody answers: was offer of a callback by"),
    Edit("a visit within a flow leads elsewhere", one("flows.yaml", "promise: {kind: visit, flow: call-back, with: {team: $team}, then: return}", "promise: {kind: visit, flow: call-back, with: {team: $team}, then: done}"),
         "node promise of flow reach", "flows.yaml", "→ now asked for a mark"),
    Edit("a flow begins elsewhere", one("flows.yaml", "    start: ring\n", "    start: sorry\n"),
         "flow reach: start", "flows.yaml", "is rung → now offer of a callback by"),
    Edit("another pattern", one("menus/permits.yaml", "20[0-9]{6}", "20[0-8][0-9]{5}"), "node permit-number", "menus/permits.yaml",
         "then 20900000: was asked whether that is right (permit-number) → now asked again (permit-number)"),
    Edit("the entry in another order", one("table.yaml", "[calamity, notices, welcome, opening]", "[calamity, welcome, notices, opening]"),
         "", "", 'was hears "Op 24 en 31 december sluiten wij om drie uur." and "Welkom bij de gemeente Groningen."'),
    Edit("a word that chooses", one("menus/main.yaml", "nl: [paspoort, id-kaart", "nl: [pas, id-kaart"),
         "node main", "menus/main.yaml", 'says "paspoort": was menu documents → now asked again (main)'),
    Edit("a limit of the whole table", one("table.yaml", "max_inputs: 30", "max_inputs: 20"),
         "table: max_inputs", "table.yaml", "was 30 answers, then a person → now 20 answers, then a person"),
    Edit("a longer recording", one("flows.yaml", "max: 2m", "max: 3m"), "node ", "flows.yaml", "(records 120 s) → now"),
    Edit("a promise sooner", one("flows.yaml", "within: 1 working day", "within: 2 working days"),
         "node ", "flows.yaml", "(promised 1 working day) → now"),
    Edit("asked once more", one("menus/main.yaml", "no_match: {ask_at_most: 3, to: operator}", "no_match: {ask_at_most: 4, to: operator}"),
         "node main", "menus/main.yaml", "presses 8, then 8, then 8: was queue kcc → now asked again (main)"),
    Edit("the beginning", one("table.yaml", "start: returning", "start: main"),
         "table: start", "table.yaml", "except holidays and 4 other days, on arrival: was menu again → now menu main"),
    Edit("the key to a person", one("table.yaml", "{key: 0, to: operator}", '{key: "#", to: operator}'),
         "table: operator", "table.yaml", "presses 0: was queue kcc → now asked again (main)"),
    Edit("the key that repeats", one("table.yaml", 'repeat_key: "*"', 'repeat_key: "#"'),
         "table: repeat_key", "table.yaml", "presses *: was asked again (main)"),
    Edit("a visit leads elsewhere", one("menus/money.yaml", "{team: belastingen}, then: goodbye", "{team: belastingen}, then: main"),
         "node reach-taxes", "menus/money.yaml", "→ now menu main"),
    Edit("a visit rings another team", (("menus/money.yaml", "{team: belastingen}, then", "{team: parkeren}, then"), ("*", "[belastingen]", "[parkeren]")),
         "node reach-taxes", "menus/money.yaml", "was belastingen is rung → now parkeren is rung"),
    Edit("a team has another calendar", one("teams.yaml", "title: {nl: Parkeren, en: Parking}\n    speaks: [nl, en]\n    calendar: backoffice", "title: {nl: Parkeren, en: Parking}\n    speaks: [nl, en]\n    calendar: street"),
         "team parkeren", "teams.yaml", "was offer of a callback by parkeren → now parkeren is rung"),
    Edit("a team rings all at once", one("teams.yaml", "strategy: in_order\n    ring: 20s", "strategy: all\n    ring: 20s"),
         "team coaches", "teams.yaml", "(dials sip:coach-1@kcc.example) → now coaches is rung (dials sip:coach-1@kcc.example, sip:coach-2@kcc.example)"),
    Edit("a team has another name and rings longer",
         (("*", "team: wachtdienst", "team: nachtdienst"), ("teams.yaml", "  wachtdienst:\n", "  nachtdienst:\n"),
          ("teams.yaml", "strategy: in_order\n    ring: 30s", "strategy: in_order\n    ring: 40s")),
         "team nachtdienst", "teams.yaml", "(rings 30 s) → now nachtdienst is rung (rings 40 s)"),
    Edit("a day on which a team is not there, so that promises are later",
         one("calendars.yaml", "hours: \"Mo-Fr 09:00-16:30\"\n    holidays: NL\n    closed_on:\n", "hours: \"Mo-Fr 09:00-16:30\"\n    holidays: NL\n    closed_on:\n      2027-06-09: uitje\n"),
         "calendar backoffice", "calendars.yaml", "calls on 8 Jun 2027"),
    Edit("a number is known in another way", one("numbers.yaml", '"050 367 9111": {formerly: Algemeen nummer, to: returning}', '"050 367 9111": {formerly: Algemeen nummer, to: returning, via: [to]}'),
         "number 050 367 9111", "numbers.yaml", "was known by any way → now known by to"),
    Edit("another recogniser", one("table.yaml", "locale: nl-NL", "locale: nl-BE"), "table: languages/nl/locale", "table.yaml", "was nl-NL → now nl-BE"),
    Edit("other words for a team", one("teams.yaml", "{nl: de wachtdienst van Stadsbeheer, en:", "{nl: de dienst van Stadsbeheer, en:"),
         "team wachtdienst", "teams.yaml", "dienst van Stadsbeheer", True),
    Edit("other words of welcome", one("menus/entry.yaml", "Welkom bij de gemeente Groningen.", "Welkom bij de stad Groningen."),
         "node welcome", "menus/entry.yaml", '"Welkom bij de gemeente Groningen." → now "Welkom bij de stad Groningen."', True),
    Edit("another name of a choice", one("menus/main.yaml", 'label: {nl: "een paspoort, ID-kaart of rijbewijs"', 'label: {nl: "een paspoort of rijbewijs"'),
         "node main", "menus/main.yaml", 'paspoort of rijbewijs', True),
    Edit("other words of a prompt that many say", one("prompts.yaml", "Hang op en bel 112.", "Hang dan op en bel 112."), "prompt call-112", "", "Hang dan op", True),
]  # fmt: skip


def sources(changes: tuple[tuple[str, str, str], ...] = ()) -> Sources:
    """The files of the real table with some text replaced; `*` stands for any file."""
    files = list(groningen().sources.files)
    for file, old, new in changes:
        places = [i for i, held in enumerate(files) if held.path.endswith(file.lstrip("*")) and old in held.text]
        assert places or file == "*", f"{old!r} is not in {file}"
        for at in places if file == "*" else places[:1]:
            text = files[at].text.replace(old, new) if file == "*" else files[at].text.replace(old, new, 1)
            files[at] = Source(files[at].path, text)
    return Sources(tuple(files))


@cache
def groningen() -> Table:
    return ready(check_folder(GRONINGEN, TODAY))


def edited(changes: tuple[tuple[str, str, str], ...]) -> Table:
    return ready(check_sources(sources(changes), TODAY))


def difference(new: Table, words: bool = True) -> Difference:
    old = groningen()
    return compare_tables((old.graph, old.source_map), (new.graph, new.source_map), start_of(old), words=words)


def shown(found: Difference, row: Row) -> str:
    number = found.numbers[row.callers[0]] if row.callers and row.callers[0] >= 0 else "main"
    fact = "caller " + " or ".join(found.facts[0][1][facts[0]] for facts in row.whom) if row.whom else ""
    parts = [number, fact, row.when, ways(list(row.events)) or "on arrival"]
    return f"{', '.join(p for p in parts if p)}: was {row.was} → now {row.now}"


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_one_edit_is_one_group(edit: Edit) -> None:
    new = edited(edit.changes)
    found = difference(new)
    assert [group.title for group in found.groups if not group.words or edit.words] == [found.groups[0].title]
    group = found.groups[0]
    assert group.title.startswith(edit.title)
    assert group.words == edit.words
    if edit.file:
        place = new.sources.where(group.new)
        assert edit.file in place
    assert any(edit.row in shown(found, row) for row in group.rows), [shown(found, row) for row in group.rows]


@pytest.mark.parametrize("edit", [e for e in EDITS if not e.words], ids=lambda edit: edit.name)
def test_the_call_of_a_row_is_another_call_in_the_other_table(edit: Edit) -> None:
    new = edited(edit.changes)
    old = groningen()
    found = difference(new, words=False)
    places = {number.name: index for index, number in enumerate(new.graph.numbers)}
    if [n.name for n in old.graph.numbers] != [n.name for n in new.graph.numbers]:
        return  # such a number can be dialled in one of the tables only
    for group in found.groups:
        for row in group.rows[:12]:
            if row.script is None:
                continue
            script = replace(row.script, dial=places[found.numbers[row.script.dial]] if row.script.dial >= 0 else -1)
            told = [_bare(show_transcript(table, replay(table, script))) for table in (old, new)]
            if "(a day " not in row.was and "promised" not in row.was:  # these show on the calendar of a full team only
                assert told[0] != told[1] or "waits" in row.was or "records" in row.was or "rings" in row.was, row


def _bare(transcript: str) -> str:
    """A transcript without the places in files, which any edit moves."""
    return re.sub(r"\S+\.yaml:\d+", "", transcript)


SAME = [
    ("nodes are renamed", (("*", "reach-taxes", "rt"), ("*", "parking-permit", "pp"), ("*", "to: taxes", "to: tx"), ("*", "then: taxes", "then: tx"), ("menus/money.yaml", "  taxes:\n", "  tx:\n"))),
    ("a team is renamed", (("*", "team: wachtdienst", "team: nachtdienst"), ("teams.yaml", "  wachtdienst:\n", "  nachtdienst:\n"))),
    ("a calendar is renamed", (("*", "backoffice", "achterkant"),)),
    ("a flow is renamed", (("*", "flow: reach", "flow: bereik"), ("flows.yaml", "  reach: #", "  bereik: #"))),
    ("the order of keys is another", (("menus/entry.yaml", "{kind: hours, calendar: kcc, open: reach-street, closed: closed, holiday: closed}",
                                       "{holiday: closed, closed: closed, open: reach-street, calendar: kcc, kind: hours}"),)),
    ("hours are written otherwise", (("calendars.yaml", "Mo-Su 06:00-23:00", "06:00-23:00"),)),
    ("a number is written otherwise", (("numbers.yaml", '"050 367 7011":', '"+31503677011":'),)),
    ("the main number is written otherwise", (("table.yaml", 'main_number: "14 050"', 'main_number: "14050"'),)),
    ("hours are written day by day", (("calendars.yaml", "Mo-Fr 08:30-17:00; Th 08:30-19:00", "Mo-We,Fr 08:30-12:00,12:00-17:00; Th 08:30-19:00"),)),
    ("a comment is added", (("teams.yaml", "teams:\n", "# people\nteams:\n"),)),
    ("a message is said in two pieces", (("menus/money.yaml", 'nl: "Een vergunning regelt u op gemeente.groningen.nl, met DigiD. Blijf aan de lijn, dan helpen wij u."',
                                          'nl: "Een vergunning  regelt u op gemeente.groningen.nl, met DigiD. Blijf aan de lijn, dan helpen wij u."'),)),
    ("a default is written out", (("menus/entry.yaml", "    team: coaches\n", "    team: coaches\n    busy: operator\n"),)),
]  # fmt: skip


@pytest.mark.parametrize("changes", [changes for _, changes in SAME], ids=[name for name, _ in SAME])
def test_what_callers_do_not_notice_is_no_difference(changes: tuple[tuple[str, str, str], ...]) -> None:
    found = difference(edited(changes))
    assert [(group.title, [shown(found, row) for row in group.rows[:3]]) for group in found.groups] == []


def test_edits_of_several_things_are_as_many_groups() -> None:
    held = {edit.name: edit.changes for edit in EDITS}
    changes = held["a choice leads elsewhere"] + held["a team rings longer"] + held["other words of welcome"]
    found = difference(edited(changes))
    assert sorted(group.title for group in found.groups) == ["node parking", "node welcome", "team burgerzaken"]


def test_an_entry_more_and_another_calendar_are_two_groups() -> None:
    changes = {edit.name: edit.changes for edit in EDITS}
    found = difference(edited(changes["an entry more"] + changes["the late evening is shorter"]))
    assert sorted(group.title for group in found.groups) == ["calendar kcc", "new node hallo"]


def test_each_caller_of_a_row_finds_it_by_its_keys() -> None:
    """The numbers of a row are not only those for whom it is shown: all of them can play it, each at some time of theirs."""
    changes = next(edit.changes for edit in EDITS if edit.name == "a choice leads elsewhere")
    new, old = edited(changes), groningen()
    found = difference(new)
    start = start_of(old)
    for row in found.groups[0].rows:
        assert row.script is not None
        for caller in row.callers:
            scripts = [replace(row.script, dial=caller, at=start + 3600 * hour) for hour in range(0, 24 * 420, 37)]
            assert any(
                _bare(show_transcript(old, replay(old, s))) != _bare(show_transcript(new, replay(new, s)))
                for s in scripts
            )


def test_numbers_of_one_row_have_their_own_times_only_where_they_differ() -> None:
    changes = {edit.name: edit.changes for edit in EDITS}
    (entry,) = difference(edited(changes["an entry more"])).groups
    whole = next(row for row in entry.rows if row.events == (Begin(),) and len(row.callers) == 33)
    assert (whole.when, whole.own_times) == ("", False)
    (parking,) = difference(edited(changes["a choice leads elsewhere"])).groups
    assert any(row.own_times for row in parking.rows if len(row.callers) > 1)
    assert not any(row.own_times for row in parking.rows if len(row.callers) == 1)


def test_a_promise_is_later_only_for_numbers_whose_callers_can_get_it_on_that_day() -> None:
    changes = next(edit.changes for edit in EDITS if edit.name.startswith("a day on which a team"))
    (group,) = difference(edited(changes)).groups
    promised = [row for row in group.rows if row.when.startswith("calls on ")]
    assert promised
    numbers = {number.name: index for index, number in enumerate(groningen().graph.numbers)}
    for row in promised:
        assert row.script is not None
        assert numbers["050 367 7011"] not in row.callers  # that day it only tells where to turn
        assert row.callers


def test_without_words_wording_is_no_difference() -> None:
    assert difference(edited(next(e for e in EDITS if e.words).changes), words=False).groups == ()
