"""Each fault in the way of a call gives exactly its finding, under the right characters; its mended twin gives none."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.minimal import TABLE, findings

HEAD = "nodes:\n"
MENU = "      2: {label: {nl: een paspoort}, to: operator}\n"
OPERATOR = "{kind: transfer, team: desk, when_done: bye, busy: note, no_answer: note, closed: note, failed: note}"
NUMBER = 'numbers:\n  "050 367 1000": {formerly: Stadsbeheer, to: operator}\n'
ASK = '  code: {kind: ask, field: code, digits: "4", say: {nl: "Wat is uw code?"}, to: thanks}\n'
THANKS = '  thanks: {kind: say, say: {nl: "Uw code is {code}."}, to: operator}\n'
FLOW = """\
flows:
  reach:
    with: {team: team}
    start: ring
    nodes:
      ring: {kind: transfer, team: $team, when_done: return, busy: box, no_answer: box, closed: box, failed: box}
      box: {kind: voicemail, team: $team, say: {nl: "Wij zijn er weer {opens:$team}."}, to: return, no_input: elsewhere, failed: elsewhere}
"""

SORRY = ("nodes:\n", 'nodes:\n  sorry: {kind: end, say: {nl: "Kom naar de balie."}, where_to_turn: true}\n')
KEPT = '  kept: {kind: end, say: {nl: "Uw zaak is {case}. Bel 112 bij nood."}, where_to_turn: true}\n'
RING = "  ring: {kind: callback, team: desk, within: today, taken: bye, refused: bye, full: note, failed: note}\n"
SOON = '  soon: {kind: end, say: {nl: "Wij bellen {number}, uiterlijk {due}. Of bel 112."}, where_to_turn: true}\n'

QUEUE = """\
  hold: {kind: queue, team: line, offer_after: {wait: 30s, to: note}, timeout: {wait: 60s, to: note}, when_done: bye, full: note, closed: note, failed: note}
"""


@dataclass(frozen=True)
class Case:
    """A fault: what replaces what in the minimal table, what is found (code, under the caret, message), and its mend."""

    name: str
    edits: tuple[tuple[str, str], ...]
    found: tuple[tuple[str, str, str], ...]
    mend: tuple[str, str]
    extra: str = ""

    @property
    def text(self) -> str:
        text = TABLE
        for old, new in self.edits:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        return text + self.extra


def first(to: str) -> tuple[str, str]:
    """The first option of the menu led elsewhere."""
    return "1: {label: {nl: afval}, to: operator}", f"1: {{label: {{nl: afval}}, to: {to}}}"


def nodes(text: str) -> tuple[str, str]:
    """More nodes."""
    return HEAD, HEAD + text


def menu(text: str) -> tuple[str, str]:
    """More lines of the menu."""
    return MENU, MENU + text


VISIT = "  via: {kind: visit, flow: reach, with: {team: desk}, then: bye}\n"

CASES = [
    Case(
        "a node that nothing leads to",
        (nodes("  lost: {kind: say, say: {nl: Hallo.}, to: bye}\n"),),
        (("IVR301", "lost", "no call ever comes to 'lost'"),),
        ("to: operator}\n      2", "to: lost}\n      2"),
    ),
    Case(
        "an island, at its beginning only",
        (nodes("  one: {kind: say, say: {nl: Ja.}, to: two}\n  two: {kind: say, say: {nl: Nee.}, to: bye}\n"),),
        (("IVR301", "one", "no call ever comes to 'one'"),),
        ("to: operator}\n      2", "to: one}\n      2"),
    ),
    Case(
        "a visit that nothing leads to, and not what follows it",
        (nodes(VISIT.replace("bye", "solo") + "  solo: {kind: end}\n"),),
        (("IVR301", "via", "no call ever comes to 'via'"),),
        ("to: operator}\n      2", "to: via}\n      2"),
        FLOW,
    ),
    Case(
        "a node of a flow that no visit comes to",
        (first("via"), (MENU, MENU.replace("operator", "again")), nodes(VISIT + VISIT.replace("via", "again"))),
        (("IVR301", "dead", "no call ever comes to 'dead'"),),
        ("failed: box}", "failed: dead}"),
        FLOW
        + "      dead: {kind: callback, team: $team, within: today, taken: return, refused: return, full: box, failed: box}\n",
    ),
    Case(
        "an entry that is left before its end",
        (("to: continue", "to: main"), (HEAD, NUMBER + HEAD)),
        (
            (
                "IVR302",
                "main",
                "calls leave the entry here: its other nodes and where each number leads are passed by",
            ),
        ),
        ("to: main}\n  main", "to: continue}\n  main"),
    ),
    Case(
        "an entry of hours whose open exit is no continue",
        (
            (
                '{kind: say, say: {nl: "Welkom bij de gemeente."}, to: continue}',
                "{kind: hours, calendar: desk, open: main, closed: note}",
            ),
            (HEAD, NUMBER + HEAD),
        ),
        (("IVR302", "main", "calls leave the entry here: its other nodes and where each number leads are passed by"),),
        ("open: main", "open: continue"),
    ),
    Case(
        "an empty entry, passed by with hours that were meant for it",
        (
            ("entry: [welcome]", "entry: []"),
            (
                '{kind: say, say: {nl: "Welkom bij de gemeente."}, to: continue}',
                "{kind: hours, calendar: desk, open: continue, closed: note}",
            ),
            (HEAD, NUMBER + HEAD),
        ),
        (("IVR302", "entry", "the entry is empty, so callers of a number pass by 'welcome'"),),
        ("entry: []", "entry: [welcome]"),
    ),
    Case(
        "hours that lead to themselves",
        (first("loop"), nodes("  loop: {kind: hours, calendar: desk, open: loop, closed: note}\n")),
        (("IVR303", "loop", "a loop that needs no caller: 'loop' → 'loop'"),),
        ("open: loop", "open: operator"),
    ),
    Case(
        "words that go round",
        (
            first("one"),
            nodes(
                "  one: {kind: say, say: {nl: Een.}, to: two}\n  two: {kind: say, say: {nl: Twee.}, to: three}\n"
                "  three: {kind: say, say: {nl: Drie.}, to: one}\n"
            ),
        ),
        (("IVR303", "two", "a loop that needs no caller: 'one' → 'two' → 'three' → 'one'"),),
        ("to: one}\n  welcome", "to: operator}\n  welcome"),
    ),
    Case(
        "a silent caller who is asked for ever",
        (menu("    no_input: {to: main}\n"),),
        (
            (
                "IVR304",
                "main",
                "a caller who stays silent goes round and never comes to a person or a case: 'main' → 'main'",
            ),
        ),
        ("no_input: {to: main}", "no_input: {ask_at_most: 3}"),
    ),
    Case(
        "a silent caller who goes from menu to menu",
        (
            first("second"),
            menu("    no_input: {to: second}\n"),
            nodes("  second: {kind: menu, options: {1: {label: {nl: afval}, to: operator}}, no_input: {to: main}}\n"),
        ),
        (
            (
                "IVR304",
                "main",
                "a caller who stays silent goes round and never comes to a person or a case: 'second' → 'main' → 'second'",
            ),
        ),
        ("no_input: {to: main}", "no_input: {to: operator}"),
    ),
    Case(
        "a silent caller who is hung up on outside hours",
        (
            menu("    no_input: {to: later}\n"),
            nodes("  later: {kind: hours, calendar: desk, open: operator, closed: bye}\n"),
        ),
        (("IVR304", "later", "a caller who stays silent is not led to a person or a case, but hung up on"),),
        ("closed: bye}", "closed: note}"),
    ),
    Case(
        "one bad way that two menus share is one fault",
        (
            first("second"),
            menu("    no_input: {to: later}\n"),
            nodes(
                "  second: {kind: menu, options: {1: {label: {nl: afval}, to: operator}}, no_input: {to: later}}\n"
                "  later: {kind: hours, calendar: desk, open: operator, closed: bye}\n"
            ),
        ),
        (("IVR304", "later", "a caller who stays silent is not led to a person or a case, but hung up on"),),
        ("closed: bye}", "closed: note}"),
    ),
    Case(
        "an operator who hangs up outside hours is one fault, however many menus lead there",
        (
            first("second"),
            ("  operator: {kind", "  line: {kind"),
            nodes(
                "  second: {kind: menu, options: {1: {label: {nl: afval}, to: line}}}\n"
                "  operator: {kind: hours, calendar: desk, open: line, closed: bye}\n"
            ),
        ),
        (("IVR304", "bye", "a caller who stays silent is led here and hung up on"),),
        ("closed: bye}", "closed: note}"),
    ),
    Case(
        "a caller with wrong keys who is asked for ever",
        (menu("    no_match: {to: main}\n"),),
        (
            (
                "IVR305",
                "main",
                "a caller who keeps pressing wrong keys goes round and never comes to a person or a case: 'main' → 'main'",
            ),
        ),
        ("no_match: {to: main}", "no_match: {to: note}"),
    ),
    Case(
        "a caller with wrong keys who comes to an end by way of a survey",
        (
            menu("    no_match: {to: mark}\n"),
            nodes('  mark: {kind: survey, say: {nl: "Welk cijfer geeft u?"}, to: bye}\n'),
        ),
        (
            (
                "IVR305",
                "mark",
                "a caller who keeps pressing wrong keys is not led to a person or a case, but hung up on",
            ),
        ),
        ("to: bye}\n  welcome", "to: note}\n  welcome"),
    ),
    Case(
        "a last silence that hangs up",
        (menu("    no_input: {to: bye}\n"),),
        (("IVR306", "bye", "the last silence hangs up on the caller"),),
        ("no_input: {to: bye}", "no_input: {to: note}"),
    ),
    Case(
        "a last wrong key that hangs up after some words",
        (
            menu("    no_match: {to: sorry}\n"),
            nodes('  sorry: {kind: say, say: {nl: "Dat lukt niet."}, to: bye}\n'),
        ),
        (("IVR306", "sorry", "the last wrong key hangs up on the caller"),),
        ('"Dat lukt niet."}', '"Kijk op onze website."}, where_to_turn: true'),
    ),
    Case(
        "a choice on the key that repeats",
        (menu('      "*": {label: {nl: een vraag}, to: operator}\n'),),
        (("IVR308", '"*"', "the key * repeats every menu and cannot choose anything"),),
        ('"*": {label', "3: {label"),
    ),
    Case(
        "a choice on the key of the operator",
        (("{key: 0,", '{key: "#",'), menu('      "#": {label: {nl: een bericht}, to: note}\n')),
        (("IVR308", '"#"', "the key # reaches the operator in every menu and cannot choose anything else"),),
        ('"#": {label', "3: {label"),
    ),
    Case(
        "one key for the operator and for repeating",
        (("  operator: {key", '  repeat_key: "0"\n  operator: {key'),),
        (("IVR308", '"0"', "the key 0 also reaches the operator"),),
        ('repeat_key: "0"', 'repeat_key: "#"'),
    ),
    Case(
        "0 for a voicemail",
        (menu("      0: {label: {nl: een bericht}, to: note}\n"),),
        (("IVR309", "0", "the key 0 leads to a person everywhere, but not here"),),
        ("0: {label: {nl: een bericht}, to: note}", "0: {label: {nl: een mens}, to: operator}"),
    ),
    Case(
        "an operator who is a voicemail",
        (("{key: 0, to: operator}", "{key: 0, to: note}"),),
        (("IVR309", "note", "the operator 'note' is no person"),),
        ("{key: 0, to: note}", "{key: 0, to: operator}"),
    ),
    Case(
        "a menu without options",
        (first("empty"), nodes("  empty: {kind: menu, options: {}}\n")),
        (("IVR310", "options", "a menu without options"),),
        ("options: {}", "options: {1: {label: {nl: afval}, to: operator}}"),
    ),
    Case(
        "a flow that never returns, and not what would follow it",
        (first("via"), nodes(VISIT.replace("bye", "solo") + "  solo: {kind: end}\n")),
        (("IVR315", "reach", "the flow 'reach' never returns: no way through it comes to 'return'"),),
        ("when_done: bye, busy: box", "when_done: return, busy: box"),
        FLOW.replace("return", "bye"),
    ),
    Case(
        "a line that rings itself for ever",
        (("busy: note", "busy: operator"),),
        (("IVR316", "operator", "while nobody answers, the caller is rung round for ever: 'operator' → 'operator'"),),
        ("busy: operator", "busy: note"),
    ),
    Case(
        "two lines that ring each other",
        (
            ("no_answer: note", "no_answer: other"),
            nodes("  other: " + OPERATOR.replace("no_answer: note", "no_answer: operator") + "\n"),
        ),
        (
            (
                "IVR316",
                "operator",
                "while nobody answers, the caller is rung round for ever: 'other' → 'operator' → 'other'",
            ),
        ),
        ("no_answer: operator", "no_answer: note"),
    ),
    Case(
        "a closed line that says where to turn and rings on",
        (
            ("closed: note", "closed: told"),
            nodes("  told: {kind: say, say: {nl: Kijk elders.}, where_to_turn: true, to: operator}\n"),
        ),
        (
            (
                "IVR316",
                "told",
                "while nobody answers, the caller is rung round for ever: 'operator' → 'told' → 'operator'",
            ),
        ),
        ("where_to_turn: true, to: operator", "where_to_turn: true, to: bye"),
    ),
    Case(
        "a share of the callers that goes round",
        (
            first("some"),
            nodes("  some: {kind: split, shares: {few: {share: 5, to: some}, most: {share: 95, to: operator}}}\n"),
        ),
        (("IVR303", "some", "a loop that needs no caller: 'some' → 'some'"),),
        ("share: 5, to: some", "share: 5, to: note"),
    ),
    Case(
        "a closed line that hangs up",
        (("closed: note", "closed: bye"),),
        (("IVR316", "bye", "when the team is closed, the caller is hung up on"),),
        ("closed: bye", "closed: note"),
    ),
    Case(
        "a default that hangs up, at the default",
        (("  operator: {key", "  defaults: {failed: bye}\n  operator: {key"), (", failed: note}", "}")),
        (("IVR316", "bye", "when the network fails, the caller is hung up on"),),
        ("{failed: bye}", "{failed: note}"),
    ),
    Case(
        "a closed line that leads a silent caller back to it",
        (("closed: note", "closed: main"),),
        (
            (
                "IVR316",
                "main",
                "while nobody answers, a caller who stays silent goes round for ever: 'operator' → 'main' → 'operator'",
            ),
        ),
        ("closed: main", "closed: note"),
    ),
    Case(
        "a code that is spoken to a caller who gave none",
        (first("code"), (MENU, MENU.replace("operator", "thanks")), nodes(ASK + THANKS)),
        (("IVR318", "{code}", "'{code}' is spoken where the caller may not have given it"),),
        ("een paspoort}, to: thanks", "een paspoort}, to: code"),
    ),
    Case(
        "a code that is spoken after too many wrong ones",
        (first("code"), nodes(ASK.replace("}\n", ", no_match: {to: thanks}}\n") + THANKS)),
        (("IVR318", "{code}", "'{code}' is spoken where the caller may not have given it"),),
        ("no_match: {to: thanks}", "no_match: {to: operator}"),
    ),
    Case(
        "a code in the operator's words, whom every menu reaches",
        (
            first("code"),
            (OPERATOR, OPERATOR.replace("team: desk", 'team: desk, say: {nl: "Code {code}."}')),
            nodes(ASK.replace("thanks", "operator")),
        ),
        (("IVR318", "{code}", "'{code}' is spoken where the caller may not have given it"),),
        ('"Code {code}."', '"Ik verbind u door."'),
    ),
    Case(
        "a voicemail whose silent callers are hung up on",
        (("no_input: elsewhere, ", ""),),
        (("IVR322", "bye", "when nothing is recorded, the caller is hung up on and has no case"),),
        ("to: bye, failed", "to: bye, no_input: elsewhere, failed"),
    ),
    Case(
        "a voicemail that sends those who say nothing back to be rung round",
        (("no_input: elsewhere", "no_input: operator"),),
        (
            (
                "IVR316",
                "note",
                "while nobody answers, a caller who stays silent goes round for ever: 'operator' → 'note' → 'operator'",
            ),
        ),
        ("no_input: operator", "no_input: elsewhere"),
    ),
    Case(
        "a message that cannot be kept",
        (("failed: elsewhere", "failed: bye"),),
        (("IVR322", "bye", "when the case cannot be kept, the caller is hung up on and has no case"),),
        ("failed: bye", "failed: elsewhere"),
    ),
    Case(
        "a voicemail behind a message that tells nobody where to turn",
        (
            ("no_input: elsewhere, failed: elsewhere", "failed: bye"),
            ("when_done: bye", "when_done: elsewhere"),
            ("closed: note", "closed: shut"),
            ("busy: note, no_answer: note", "busy: shut, no_answer: shut"),
            ("failed: note", "failed: shut"),
            nodes('  shut: {kind: say, say: {nl: "Bel bij nood 112."}, to: note}\n'),
        ),
        (("IVR322", "bye", "when nothing is recorded, the caller is hung up on and has no case"),),
        ('nood 112."}', 'nood 112."}, where_to_turn: true'),
    ),
    Case(
        "a callback for which no day has a place",
        (("busy: note", "busy: ring"), nodes(RING.replace("full: note", "full: bye"))),
        (("IVR322", "bye", "when no day has a place left, the caller is hung up on and has no case"),),
        ("full: bye", "full: note"),
    ),
    Case(
        "a case that is spoken after a conversation",
        (
            ('nl: "Tot ziens."', 'nl: "Uw zaak is {case}."'),
            ("failed: elsewhere", "failed: sorry"),
            SORRY,
        ),
        (("IVR318", "{case}", "'{case}' is spoken where there may be no case"),),
        ("when_done: bye", "when_done: sorry"),
    ),
    Case(
        "a case that is spoken to who left no message",
        (("no_input: elsewhere", "no_input: kept"), ("to: bye, no_input", "to: kept, no_input"), nodes(KEPT)),
        (("IVR318", "{case}", "'{case}' is spoken where there may be no case"),),
        ("no_input: kept", "no_input: elsewhere"),
    ),
    Case(
        "a promise that is spoken after a message, which has no day",
        (("to: bye, no_input", "to: kept, no_input"), nodes(KEPT.replace("{case}", "{due}"))),
        (("IVR318", "{due}", "'{due}' is spoken where nothing may have been promised"),),
        ("{due}", "{case}"),
    ),
    Case(
        "a day and a number before a callback is taken",
        (
            ("busy: note", "busy: ring"),
            nodes(RING.replace("team: desk", 'team: desk, say: {nl: "Op {number}, {due}."}')),
        ),
        (
            ("IVR318", "{number}", "'{number}' is spoken where no number to ring back may be known"),
            ("IVR318", "{due}", "'{due}' is spoken where nothing may have been promised"),
        ),
        ('"Op {number}, {due}."', '"Wij bellen vanaf {shows}."'),
    ),
    Case(
        "a day where a callback failed",
        (("busy: note", "busy: ring"), nodes(RING.replace("failed: note", "failed: soon") + SOON)),
        (
            ("IVR318", "{number}", "'{number}' is spoken where no number to ring back may be known"),
            ("IVR318", "{due}", "'{due}' is spoken where nothing may have been promised"),
        ),
        ("taken: bye, refused: bye, full: note, failed: soon", "taken: soon, refused: bye, full: note, failed: note"),
    ),
    Case(
        "a case in what is said of a number",
        (
            (
                HEAD,
                NUMBER.replace(
                    "to: operator", "to: operator, phases: {announce: 2027-01-01}, announce: {nl: 'Zaak {case}.'}"
                )
                + HEAD,
            ),
        ),
        (("IVR318", "{case}", "'{case}' is spoken where there may be no case"),),
        ("Zaak {case}.", "Dit nummer verdwijnt."),
    ),
    Case(
        "continue after the entry",
        (first("continue"),),
        (("IVR212", "continue", "'continue' stands outside the entry"),),
        ("to: continue}\n      2", "to: operator}\n      2"),
    ),
    Case(
        "a choice that leads back into the entry",
        (first("welcome"),),
        (("IVR212", "welcome", "this leads back into the entry, to 'welcome', which calls have passed already"),),
        ("to: welcome}", "to: operator}"),
    ),
    Case(
        "continue as the start",
        (("  operator: {key", "  start: continue\n  operator: {key"),),
        (("IVR212", "continue", "'continue' stands where a node must be named"),),
        ("start: continue", "start: main"),
    ),
    Case(
        "a start that is a node of the entry",
        (("  operator: {key", "  start: welcome\n  operator: {key"),),
        (("IVR303", "welcome", "the start leads back into the entry: calls pass 'welcome' and come to it again"),),
        ("start: welcome", "start: main"),
    ),
    Case(
        "a start in the entry from which a caller must act",
        (
            ("entry: [welcome]", "entry: [welcome, ask]\n  start: welcome"),
            nodes("  ask: {kind: menu, options: {1: {label: {nl: verder}, to: continue}}}\n"),
        ),
        (("IVR303", "welcome", "the start leads back into the entry: calls pass 'welcome' and come to it again"),),
        ("start: welcome", "start: main"),
    ),
    Case(
        "a start that leads back to the entry",
        (
            ("  operator: {key", "  start: hello\n  operator: {key"),
            nodes("  hello: {kind: say, say: {nl: Dag.}, to: welcome}\n"),
        ),
        (("IVR212", "welcome", "this leads back into the entry, to 'welcome', which calls have passed already"),),
        ("to: welcome", "to: main"),
    ),
    Case(
        "a node that stands in the entry twice",
        (("entry: [welcome]", "entry: [welcome, welcome]"),),
        (("IVR106", "welcome", "'welcome' stands in the entry twice: callers would pass it twice"),),
        ("[welcome, welcome]", "[welcome]"),
    ),
    Case(
        "a loop in the entry, and not what it keeps calls from",
        (("to: continue", "to: welcome"),),
        (("IVR303", "welcome", "a loop that needs no caller: 'welcome' → 'welcome'"),),
        ("to: welcome", "to: continue"),
    ),
    Case(
        "a key of the operator that rings another team",
        (
            ("teams:\n", 'teams:\n  waste: {title: {nl: afval}, calendar: desk, dial: ["sip:waste@kcc.example"]}\n'),
            nodes("  waste: " + OPERATOR.replace("desk", "waste") + "\n"),
            menu("      0: {label: {nl: een klacht}, to: waste}\n"),
        ),
        (("IVR308", "waste", "the key 0 reaches the operator 'operator' in every menu, and here 'waste'"),),
        ("      0:", "      3:"),
    ),
    Case(
        "a choice on the key of the operator that rings the operator's own team, and is spoken besides",
        (
            (HEAD, "facts: {caller: [known, other]}\n" + HEAD),
            nodes("  turns: {kind: branch, on: caller, cases: {known: person}, otherwise: operator}\n"),
            nodes("  person: " + OPERATOR + "\n"),
            menu("      0: {label: {nl: een klacht}, to: turns}\n"),
        ),
        (("IVR308", "0", "callers would hear the key 0 twice: for this choice, and for the operator"),),
        ("een klacht}, to: turns", "een klacht}, silent: true, to: turns"),
    ),
    Case(
        "a choice on another key of the operator that visits a flow which rings the operator's own team",
        (("{key: 0,", "{key: 2,"), (MENU, MENU.replace("operator", "via")), nodes(VISIT)),
        (("IVR308", "2", "callers would hear the key 2 twice: for this choice, and for the operator"),),
        ("      2:", "      3:"),
        FLOW,
    ),
    Case(
        "a 0 that leaves a queue for a machine",
        (
            ("teams:\n", "teams:\n  line: {title: {nl: afval}, calendar: desk, via: twilio}\n"),
            nodes(QUEUE.replace("wait: 30s", "wait: 30s, key: 0")),
            first("hold"),
        ),
        (("IVR309", "0", "the key 0 leads to a person everywhere, but not here"),),
        ("wait: 30s, key: 0", "wait: 30s, key: 1"),
    ),
    Case(
        "a way out of a queue that is offered when the wait is over",
        (
            ("teams:\n", "teams:\n  line: {title: {nl: afval}, calendar: desk, via: twilio}\n"),
            nodes(QUEUE.replace("wait: 30s", "wait: 1m")),
            first("hold"),
        ),
        (
            (
                "IVR321",
                "1m",
                "the way out is offered after 60 seconds, when the wait of 60 is over: nobody ever hears of it",
            ),
        ),
        ("wait: 1m,", "wait: 59s,"),
    ),
    Case(
        "a team that can no longer be reached",
        (
            ("teams:\n", 'teams:\n  waste: {title: {nl: afval}, calendar: desk, dial: ["sip:waste@kcc.example"]}\n'),
            (HEAD, NUMBER.replace("operator}", "operator, must_still_reach: [desk, waste]}") + HEAD),
            first("waste"),
            nodes("  waste: " + OPERATOR.replace("desk", "waste") + "\n"),
        ),
        (("IVR408", "waste", "no way leads from '050 367 1000' to 'waste' any more"),),
        ("to: operator, must", "to: main, must"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_gives_exactly_its_finding_and_its_mend_none(case: Case) -> None:
    assert findings(case.text) == list(case.found)
    old, new = case.mend
    assert case.text.count(old) >= 1
    assert findings(case.text.replace(old, new, 1)) == []


@pytest.mark.parametrize(
    ("key", "what"),
    [("from_abroad", "number for callers from abroad"), ("caller_id", "caller_id"), ("main_number", "main number")],
)
def test_a_team_that_dials_a_number_of_the_table_itself_would_be_rung_round(key: str, what: str) -> None:
    number = "14 050" if key == "main_number" else "+31 50 367 9111"
    main = '  main_number: "14 050"\n'
    text = TABLE if key == "main_number" else TABLE.replace(main, f'{main}  {key}: "+31 50 367 9111"\n')
    for dialled in (number, number.replace("+31 ", "0")):
        found = findings(text.replace('"sip:desk@kcc.example"', f'"{dialled}"'))
        message = f"'{dialled}' is the table's own {what}: the call would come back"
        assert found == [("IVR317", f'"{dialled}"', message)]
        assert findings(text.replace('"sip:desk@kcc.example"', '"+31 50 367 9112"')) == []


def test_a_silent_key_of_the_operator_may_ring_the_same_team_by_another_node() -> None:
    text = TABLE.replace(*menu("      0: {label: {nl: een mens}, silent: true, to: person}\n"))
    assert findings(text.replace(*nodes("  person: " + OPERATOR + "\n"))) == []


def test_an_unknown_node_counts_as_a_person_and_hides_no_other_fault() -> None:
    text = TABLE.replace("failed: elsewhere", "failed: gone").replace("closed: note", "closed: bye")
    found = [(code, under) for code, under, _ in findings(text + "  lost: {kind: end}\n")]
    assert found == [("IVR316", "bye"), ("IVR201", "gone")]


def test_silence_and_wrong_keys_that_go_round_are_two_faults() -> None:
    text = TABLE.replace(*menu("    no_input: {to: main}\n    no_match: {to: main}\n"))
    assert [(code, under) for code, under, _ in findings(text)] == [("IVR304", "main"), ("IVR305", "main")]


def test_a_chain_of_5000_nodes_is_followed_without_recursion() -> None:
    chain = "".join(f"  n{i}: {{kind: say, say: {{nl: Ja.}}, to: n{i + 1}}}\n" for i in range(5000))
    text = TABLE.replace(*first("n0")).replace(*nodes(chain + "  n5000: {kind: say, say: {nl: Ja.}, to: n1}\n"))
    ((code, _, message),) = findings(text)
    assert code == "IVR303"
    assert "'n1' → 'n2' →" in message
    assert len(message) < 120


def test_hours_that_contradict_each_other_make_no_loop() -> None:
    more = nodes(
        "  one: {kind: hours, calendar: desk, open: two, closed: note}\n"
        "  two: {kind: hours, calendar: desk, open: note, closed: one}\n"
    )
    text = TABLE.replace(*first("one")).replace(*more)
    assert findings(text) == []


def test_an_operator_behind_words_hours_and_languages_is_a_person() -> None:
    text = TABLE.replace("  operator: {kind", "  line: {kind").replace(
        HEAD,
        HEAD + "  operator: {kind: say, say: {nl: Moment.}, to: by-hours}\n"
        "  by-hours: {kind: hours, calendar: desk, open: by-language, closed: note}\n"
        "  by-language: {kind: branch, on: language, cases: {nl: line}}\n",
    )
    assert findings(text) == []


def test_a_plain_number_is_never_closed_so_its_closed_exit_strands_nobody() -> None:
    line = OPERATOR.replace("team: desk", 'number: "050 367 9111"').replace("closed: note, ", "")
    assert findings(TABLE.replace(OPERATOR, line)) == []
