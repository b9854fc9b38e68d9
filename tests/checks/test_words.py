"""Findings about what is spoken: each with its mended twin, and the characters that the caret stands under."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.authoring.load import load_sources
from ivr.checks.carets import caret
from ivr.checks.named_keys import named_keys
from ivr.checks.words import count_words
from ivr.diagnostics import Source, Sources
from ivr.model.phrases import PHRASES
from tests.minimal import TABLE, TODAY, findings, text_at

LANGUAGES = "languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}}"
TWO = "languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}, en: {voice: Polly.Amy-Neural, locale: en-GB}}"
WELCOME = '{nl: "Welkom bij de gemeente."}'
BYE = '{nl: "Tot ziens."}'
DESK = ('"Het lukt niet. Kom naar de balie."', '"Het lukt niet. Kom naar de balie.", en: "Please visit our desk."')
MAIN = "  main:\n    kind: menu\n"
OPTIONS = """\
      1: {label: {nl: afval}, to: operator}
      2: {label: {nl: een paspoort}, to: operator}
"""


END = "  bye: {kind: end, say: " + BYE + "}"
FOLDED = "  bye:\n    kind: end\n    say:\n      nl: >-\n        {}\n        {}"


def changed(*pairs: tuple[str, str]) -> str:
    """The minimal table with parts replaced; each part must be there."""
    text = TABLE
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "mark", ['<break time="1s"/>', "<emphasis>", "</s>", "<br>", "&amp;", "&#233;", "&#x20AC;", "<!-- kort -->"]
)
def test_markup_is_told_since_it_would_be_read_aloud(mark: str) -> None:
    text = changed((BYE, "{nl: 'Tot " + mark + " ziens.'}"))
    what = f"'{mark}' is read aloud as it stands: words are spoken, not marked up"
    assert findings(text) == [("IVR520", mark, what)]


@pytest.mark.parametrize("words", ["Wonen & werken", "Bel < 5 minuten", "a<b", "x > y", "Q & A;"])
def test_a_sign_that_is_no_markup_is_none(words: str) -> None:
    assert findings(changed((BYE, "{nl: '" + words + ".'}"))) == []


def menu(say: str = "", again: str = "", options: str = OPTIONS, more: str = "") -> str:
    """The minimal table with another menu."""
    lines = MAIN + more
    lines += f"    say: {say}\n" if say else ""
    lines += f"    again: {again}\n" if again else ""
    return changed((MAIN, lines), (OPTIONS, options))


def choices(*keys: str) -> str:
    """Options with a label each."""
    return "".join(f"      {key}: {{label: {{nl: onderwerp {key}}}, to: operator}}\n" for key in keys)


def sentence(words: int) -> str:
    """A sentence of so many short words."""
    return " ".join(["Wij"] + ["en"] * (words - 1)) + "."


CASES = {
    "a menu in English whose goodbye is Dutch": (
        changed((LANGUAGES, TWO), (OPTIONS, OPTIONS + "      9: {language: en}\n"), ("{nl: afval}", "{nl: afval, en: waste}"),
                ("{nl: een paspoort}", "{nl: een paspoort, en: a passport}"), DESK,
                ('bericht achter."}', 'bericht achter.", en: "We are back {opens:desk}. Leave a message."}')),
        [("IVR501", "nl", "these words lack 'en', in which callers can hear them")],
    ),
    "the same with an English goodbye": (
        changed((LANGUAGES, TWO), (OPTIONS, OPTIONS + "      9: {language: en}\n"), ("{nl: afval}", "{nl: afval, en: waste}"),
                ("{nl: een paspoort}", "{nl: een paspoort, en: a passport}"), (BYE, '{nl: "Tot ziens.", en: "Goodbye."}'), DESK,
                ('bericht achter."}', 'bericht achter.", en: "We are back {opens:desk}. Leave a message."}')),
        [],
    ),
    "a second language that nobody can choose": (changed((LANGUAGES, TWO)), []),
    "a branch that keeps English away": (
        changed((LANGUAGES, TWO), (OPTIONS, OPTIONS + "      9: {language: en, to: which}\n"),
                ("  operator: {kind: transfer", "  which: {kind: branch, on: language, cases: {nl: bye, en: over}}\n"
                 '  over: {kind: end, say: {nl: "Dag.", en: "Goodbye."}}\n  operator: {kind: transfer')),
        [],
    ),
    "an empty text": (changed((BYE, '{nl: ""}')), [("IVR502", '""', "this text is empty")]),
    "marks only": (
        changed((BYE, '{nl: "..."}')),
        [("IVR502", '"..."', "this text has no letter or figure, so nothing of it is spoken")],
    ),
    "a figure is enough to speak": (changed((BYE, '{nl: "112."}')), []),
    "a control character": (
        changed((BYE, r'{nl: "Tot \x07ziens."}')),
        [("IVR503", r"\x07", "the character U+0007 cannot be sent to the provider: XML has no such character")],
    ),
    "an unwritten code point": (
        changed((BYE, r'{nl: "Dag \"u\" \uFFFE hoor."}')),
        [("IVR503", r"\uFFFE", "the character U+FFFE cannot be sent to the provider: XML has no such character")],
    ),
    "a tab and a tilde are characters of XML": (changed((BYE, r'{nl: "Tot\t~ ziens."}')), []),
    "a sentence of sixteen words": (
        changed((BYE, f'{{nl: "Dag. {sentence(16)} Dag."}}')),
        [("IVR516", sentence(16), "this sentence has 16 words; over 15 are hard to follow by ear")],
    ),
    "a sentence of fifteen words": (changed((BYE, f'{{nl: "Dag. {sentence(15)} Dag."}}')), []),
    "a placeholder counts as three words": (
        changed((BYE, '{nl: "' + sentence(13)[:-1] + ' {opens:desk}."}')),
        [("IVR516", sentence(13)[:-1] + " {opens:desk}.", "this sentence has 16 words; over 15 are hard to follow by ear")],
    ),
    "a sentence that is folded over two lines": (
        changed((END, FOLDED.format("Dag. Wij en en en en en en en", "en en en en en en en en en. Dag."))),
        [("IVR516", "Wij en en en en en en en", "this sentence has 17 words; over 15 are hard to follow by ear")],
    ),
    "two short sentences that are folded over two lines": (
        changed((END, FOLDED.format("Dag. Wij en en en en en en en.", "En en en en en en en en en. Dag."))),
        [],
    ),
    "a choice of many words belongs to a sentence of ours": (
        menu(options=choices("1") + f"      2: {{label: {{nl: {sentence(20)[:-1]}}}, to: operator}}\n"),
        [],
    ),
    "a text that Twilio would cut off": (
        changed((BYE, '{nl: "' + "Dag allemaal. " * 300 + '"}')),
        [("IVR505", '"' + "Dag allemaal. " * 300 + '"', "this text has 4,200 characters; Twilio speaks 4,096 at most")],
    ),
    "a text of half a minute": (
        changed((BYE, '{nl: "' + "Dag allemaal. " * 25 + '"}')),
        [
            (
                "IVR515", '"' + "Dag allemaal. " * 25 + '"',
                "this prompt takes about 32 seconds; callers stop listening after 30",
            )
        ],
    ),
    "a text of a quarter of a minute": (changed((BYE, '{nl: "' + "Dag allemaal. " * 12 + '"}')), []),
    "two texts that are too long together": (
        changed((BYE, "[long, long]"), ("nodes:\n", 'prompts:\n  long: {nl: "' + "Dag allemaal. " * 18 + '"}\nnodes:\n')),
        [("IVR515", "say", "this prompt takes about 47 seconds; callers stop listening after 30")],
    ),
    "a named prompt of half a minute that two nodes speak": (
        changed(
            (BYE, "[long]"), ('{nl: "Wij zijn er weer {opens:desk}. Laat een bericht achter."}', "[long]"),
            ("nodes:\n", 'prompts:\n  long: {nl: "' + "Dag allemaal. " * 25 + '"}\nnodes:\n'),
        ),
        [
            (
                "IVR515", '"' + "Dag allemaal. " * 25 + '"',
                "this prompt takes about 32 seconds; callers stop listening after 30",
            )
        ],
    ),
    "one of them alone": (
        changed((BYE, "[long]"), ("nodes:\n", 'prompts:\n  long: {nl: "' + "Dag allemaal. " * 18 + '"}\nnodes:\n')),
        [],
    ),
    "a welcome of ten seconds": (
        changed((WELCOME, '{nl: "' + "Welkom bij de gemeente. " * 5 + '"}')),
        [
            (
                "IVR514", '"' + "Welkom bij de gemeente. " * 5 + '"',
                "every caller hears this first, for about 10 seconds; a welcome takes 8 at most",
            )
        ],
    ),
    "a welcome of six seconds": (changed((WELCOME, '{nl: "' + "Welkom bij de gemeente. " * 3 + '"}')), []),
    "words that name a key of another menu": (
        menu(say='{nl: "Voor de balie, toets 3."}'),
        [("IVR506", "3", "the words name key 3, which this menu does not have")],
    ),
    "words that name a key by its word, in the repeat": (
        menu(again='{nl: "Voor de balie, druk op de vier."}'),
        [("IVR506", "vier", "the words name key 4, which this menu does not have")],
    ),
    "words that name a bound key, the operator and the repeat key": (
        menu(say='{nl: "Toets 1, twee of 0. Toets een nummer. Of toets een sterretje."}'),
        [],
    ),
    "words that name a key to a caller who is spoken to as u": (
        menu(say='{nl: "Voor de balie toetst u 4."}'),
        [("IVR506", "4", "the words name key 4, which this menu does not have")],
    ),
    "a label that names the key of another choice": (
        changed(("{nl: afval}", '{nl: "afval, druk op 2"}')),
        [("IVR506", "2", "the words name key 2, and the choice is bound to key 1")],
    ),
    "a label that names the key of its own choice": (changed(("{nl: afval}", '{nl: "afval, druk op 1"}')), []),
    "words in a named prompt that fit one menu and not the other": (
        changed((MAIN, MAIN + "    say: help\n"), (OPTIONS, choices("1", "2", "3").replace("operator}", "sub}", 1)),
                ("nodes:\n", 'prompts:\n  help: {nl: "Toets 3 voor hulp."}\nnodes:\n  sub: {kind: menu, say: help, '
                 "options: {1: {label: {nl: wat}, to: operator}}}\n")),
        [("IVR506", "3", "the words name key 3, which this menu does not have")],
    ),
    "six choices": (
        menu(options=choices(*"123456")),
        [("IVR511", "6", "this menu speaks 6 choices; callers remember 5")],
    ),
    "five choices, a silent one and a language": (
        menu(options=choices(*"12345") + "      6: {label: {nl: meer}, silent: true, to: operator}\n      9: {language: nl}\n"),
        [],
    ),
    "keys 1, 2 and 4": (
        menu(options=choices(*"124")),
        [("IVR512", "4", "before key 4, key 3 chooses nothing that is spoken")],
    ),
    "keys that begin at 3": (
        menu(options=choices("3")),
        [("IVR512", "3", "before key 3, the keys 1, 2 choose nothing that is spoken")],
    ),
    "keys 1, 2 and a hash": (menu(options=choices("1", "2", '"#"')), []),
    "keys 2 and 1": (menu(options=choices("2", "1")), []),
    "a first choice after half a minute": (
        menu(say='{nl: "' + "U kunt ons van alles vragen. " * 10 + '"}'),
        [
            (
                "IVR513", '"' + "U kunt ons van alles vragen. " * 10 + '"',
                "the first choice is spoken only after about 26 seconds; 20 at most",
            )
        ],
    ),
    "a first choice after a quarter of a minute": (menu(say='{nl: "' + "U kunt ons van alles vragen. " * 5 + '"}'), []),
    "a table that waits four seconds": (
        changed((LANGUAGES, LANGUAGES + "\n  wait: 4s")),
        [("IVR517", "4s", "callers have 4 seconds to find a key; with less than 5 many do not")],
    ),
    "a menu that waits four seconds": (
        menu(more="    wait: 4s\n"),
        [("IVR517", "4s", "callers have 4 seconds to find a key; with less than 5 many do not")],
    ),
    "a table that waits five seconds": (changed((LANGUAGES, LANGUAGES + "\n  wait: 5s")), []),
    "a repeat that is a copy but for its marks": (
        menu(say='{nl: "Waar gaat het over?"}', again='{nl: "waar gaat het over"}'),
        [("IVR518", '"waar gaat het over"', "the repeat is a copy of the first asking")],
    ),
    "a repeat that is the same named prompt": (
        changed((MAIN, MAIN + "    say: what\n    again: what\n"), ("nodes:\n", 'prompts:\n  what: {nl: "Waarover?"}\nnodes:\n')),
        [("IVR518", "what", "the repeat is a copy of the first asking")],
    ),
    "a repeat that is a copy in both languages is one slip": (
        menu(say="{nl: Waarover?, en: What about?}", again="{nl: Waarover?, en: What about?}").replace(LANGUAGES, TWO),
        [("IVR518", "Waarover?", "the repeat is a copy of the first asking")],
    ),
    "a fuller repeat": (
        menu(say='{nl: "Waar gaat het over?"}', again='{nl: "Zeg ons waar u over belt."}'),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_found(name: str) -> None:
    text, expected = CASES[name]
    assert findings(text) == expected


HOURS = "  opening: {kind: hours, calendar: desk, open: continue, closed: %s}\n  welcome:"
CLOSED = '  shut: {kind: %s, say: {nl: "%s"}%s}\n'


def entry(closed: str, nodes: str = "") -> str:
    """The minimal table whose entry asks whether the desk is open."""
    return changed(
        ("entry: [welcome]", "entry: [welcome, opening]"),
        ("  welcome:", HOURS % closed),
        ("nodes:\n", "nodes:\n" + nodes),
    )


UNTOLD = "callers who come when 'desk' is closed are not told when it opens"
CLOSED_LINES = {
    "an end without a time": (entry("shut", CLOSED % ("end", "Wij zijn gesloten.", "")), '"Wij zijn gesloten."'),
    "an end that says when": (entry("shut", CLOSED % ("end", "Wij zijn er weer {opens:desk}.", "")), None),
    "an end that names a day": (entry("shut", CLOSED % ("end", "Bel ons op maandag.", "")), None),
    "an end that names a time": (entry("shut", CLOSED % ("end", "Wij zijn er vanaf 8.30 uur.", "")), None),
    "a greeting is no time": (entry("shut", CLOSED % ("end", "Goede morgen. Wij zijn dicht.", "")), '"Goede morgen. Wij zijn dicht."'),
    "two says before the time": (
        entry("first", '  first: {kind: say, say: {nl: "Gesloten."}, to: shut}\n' + CLOSED % ("end", "Tot {opens:desk}.", "")), None,
    ),
    "two says without one": (
        entry("first", '  first: {kind: say, say: {nl: "Gesloten."}, to: shut}\n' + CLOSED % ("end", "Dag hoor.", "")), '"Gesloten."',
    ),
    "a voicemail that says when": (entry("note"), None),
    "a menu that does not say when": (
        entry("choose", '  choose: {kind: menu, say: {nl: "Gesloten."}, options: {1: {label: {nl: een bericht}, to: note}}}\n'),
        '"Gesloten."',
    ),
    "the entry goes on without a word": (entry("continue"), None),
    "the entry goes on after a word": (entry("shut", CLOSED % ("say", "Wij zijn dicht.", ", to: continue")), '"Wij zijn dicht."'),
    "two calendars in a row, of which the first says nothing": (
        entry("shut", "  late: {kind: hours, calendar: desk, open: continue, closed: shut}\n" + CLOSED % ("end", "Dicht.", "")).replace(
            "open: continue, closed: shut}\n  welcome", "open: late, closed: shut}\n  welcome"
        ),
        '"Dicht."',
    ),
    "hours that lead to the same words either way": (
        entry("which", "  which: {kind: split, shares: {a: {share: 100, to: shut}}}\n" + CLOSED % ("say", "Dag.", ", to: continue")).replace(
            "open: continue, closed: which", "open: shut, closed: which"
        ),
        None,
    ),
    "a person is there all the same": (entry("operator"), None),
    "a branch of which one way does not say when": (
        entry("which", "  which: {kind: split, shares: {a: {share: 50, to: note}, b: {share: 50, to: shut}}}\n" + CLOSED % ("end", "Dicht.", "")),
        '"Dicht."',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLOSED_LINES)
def test_a_closed_line_says_when_it_opens(name: str) -> None:
    text, caret_under = CLOSED_LINES[name]
    assert findings(text) == ([] if caret_under is None else [("IVR519", caret_under, UNTOLD)])


def says(count: int) -> str:
    """The minimal table with so many nodes of 4 kB between the operator and the goodbye."""
    words = " ".join(["Dag allemaal."] * 290)
    nodes = "".join(f'  n{i}: {{kind: say, say: {{nl: "{words}"}}, to: n{i + 1}}}\n' for i in range(count))
    return changed((END, nodes.replace(f"to: n{count}", "to: bye") + END), ("when_done: bye", "when_done: n0"))


def test_nodes_that_speak_over_64_kb_in_a_row_are_one_document_too_long() -> None:
    assert [under for code, under, _ in findings(says(16)) if code == "IVR505"] == ["n0"]
    assert [under for code, under, _ in findings(says(17)) if code == "IVR505"] == ["n1"]
    assert [under for code, under, _ in findings(says(15)) if code == "IVR505"] == []


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Voor afval, toets 3.", "3"),
        ("Druk op 3 of 4.", "34"),
        ("Toets een 3, twee of hekje.", "32#"),
        ("Toets een.", "1"),
        ("Toets één voor afval.", "1"),
        ("Toets een getal.", ""),
        ("Kies een onderwerp.", ""),
        ("Toets 112 in.", ""),
        ("Toets 14 0 50.", ""),
        ("Press 5, or press the star key.", "5*"),
        ("Press one of the keys.", ""),
        ("Press one for waste or two for tax.", "1"),
        ("Press number three.", "3"),
        ("De wachttijd is drie minuten.", ""),
        ("Voor de balie toetst u 4.", "4"),
        ("Voor de balie drukt u dan op de 4.", "4"),
        ("U kiest een vier.", "4"),
        ("Druk op 4.", "4"),
        ("Voor de balie, toets: 4.", "4"),
        ("Een paspoort (toets 4)", "4"),
        ("Druk op toets '4' of \"5\".", "45"),
        ("Als u 4 toetst, komt u bij de balie.", "4"),
        ("Door 4 in te drukken of een 5 te kiezen.", "45"),
        ("Hit 4 for waste, choose the 5 for tax.", "45"),
        ("Kies een van de 4 toetsen.", ""),
        ("Toets 1-9.", ""),
        ("U drukt op de knop voor 4 deuren.", ""),
    ],
)
def test_the_keys_that_words_name(text: str, keys: str) -> None:
    assert "".join(key for key, _, _ in named_keys(text)) == keys
    for _, start, end in named_keys(text):
        assert text[start:end].strip() == text[start:end] != ""


QUEUE = """\
  hold: {kind: queue, team: line, say: {nl: "%s"}, offer_after: {wait: 30s, key: 1, to: note}, timeout: {wait: 60s, to: note}, when_done: bye, full: note, closed: note, failed: note}
"""
LINE = "  line: {title: {nl: afval}, calendar: desk, via: twilio}\n"
TO_HOLD = ("{label: {nl: afval}, to: operator}", "{label: {nl: afval}, to: hold}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Toets 5 als u niet wilt wachten.", ["5"]),
        ("Toets straks 1.", []),
        ("Toets 1 of 0.", ["0"]),
        ("Een ogenblik.", []),
    ],
)
def test_in_a_queue_only_the_key_that_leaves_it_works(words: str, told: list[str]) -> None:
    text = changed(TO_HOLD, ("teams:\n", "teams:\n" + LINE), ("nodes:\n", "nodes:\n" + QUEUE % words))
    what = "the words name key {}, which does nothing while callers wait here"
    assert findings(text) == [("IVR506", key, what.format(key)) for key in told]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Geef een cijfer. Toets 0 voor een medewerker.", ["0"]),
        ("Toets 1 tot en met 9, dan een hekje.", []),
        ("Toets *.", ["*"]),
    ],
)
def test_in_a_survey_only_marks_and_hash_work(words: str, told: list[str]) -> None:
    text = changed(
        ("when_done: bye", "when_done: mark"),
        ("nodes:\n", f'nodes:\n  mark: {{kind: survey, say: {{nl: "{words}"}}, to: bye}}\n'),
    )
    assert findings(text) == [
        ("IVR506", key, f"the words name key {key}, which does nothing in a survey") for key in told
    ]


@pytest.mark.parametrize(
    ("choice", "words", "under"),
    [
        ("Für {label}, drücken Sie {key}.", "Für den Schalter drücken Sie die 4.", "4"),
        ("Für {label}, drücken Sie {key}.", "Für den Schalter drücken Sie die 2.", ""),
        ("Für {label} die {key} drücken.", "Die 4 drücken für den Schalter.", "4"),
        ("Drücken Sie {key} für {label}.", "Bitte drücken Sie 4.", "4"),
        ("{label} için {key} tuşuna basın.", "Gişe için 4 tuşuna basın.", "4"),
        ("{label}: {key}.", "Gişe: 4.", ""),
        ("Foar {label} typt jo {key}.", "Foar de baly typt jo 4, of bel 14 050.", "4"),
    ],
)
def test_in_a_language_of_the_table_the_words_of_its_choices_tell_which_name_a_key(
    choice: str, words: str, under: str
) -> None:
    phrases = "".join(f"    {name}: {json.dumps(text)}\n" for name, text in {**PHRASES["nl"], "choice": choice}.items())
    text = changed(
        ("nl: {voice", "xx: {voice"), (MAIN, MAIN + f'    say: {{xx: "{words}"}}\n'), ("{nl: de balie}", "{xx: balie}")
    )
    found = findings(text.replace("{nl: ", "{xx: ") + "phrases:\n  xx:\n" + phrases)
    assert [(code, at) for code, at, _ in found if code == "IVR506"] == ([("IVR506", under)] if under else [])


@pytest.mark.parametrize(
    ("text", "count"),
    [("Dag.", 1), ("Bel 050 367 91 11.", 2), ("{case}", 3), ("Uw nummer is {number}, klopt dat?", 8), ("Ja - nee", 2)],
)
def test_words_are_counted_as_they_are_heard(text: str, count: int) -> None:
    assert count_words(text) == count


WORDS = st.lists(st.sampled_from(["dag", "'t", 'een "ja"', "zaak: nee", "é", "a\\b", "#1"]), min_size=2, max_size=8)
STYLES = ("double", "single", "folded", "literal")


def written(style: str, words: list[str], width: int) -> str:
    """A text as YAML, broken after every `width` words."""
    rows = [" ".join(words[i : i + width]) for i in range(0, len(words), width)]
    if style in ("folded", "literal"):
        return (">-" if style == "folded" else "|-") + "".join("\n        " + row for row in rows)
    text = "\n        ".join(rows)
    return (
        '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if style == "double"
        else "'" + text.replace("'", "''") + "'"
    )


@given(WORDS, st.integers(2, 5), st.sampled_from(STYLES), st.data())
def test_the_caret_finds_each_word_however_it_is_written(
    words: list[str], width: int, style: str, data: st.DataObject
) -> None:
    source = changed((END, "  bye:\n    kind: end\n    say:\n      nl: " + written(style, words, width)))
    sources = Sources((Source("table.yaml", source),))
    compiled = load_sources(sources, TODAY).compiled
    assert compiled is not None
    spoken = next(s for s in compiled.source_map.spoken if s.at.text.split() == " ".join(words).split())
    index = data.draw(st.integers(0, len(words) - 1))
    start = len(" ".join(words[:index])) + (1 if index else 0)
    end = start + len(words[index])
    shown = text_at(caret(compiled.source_map, spoken.at, start, end), sources)
    assert shown.replace("''", "'").replace('\\"', '"').replace("\\\\", "\\") == words[index].replace("\\\\", "\\")


def test_a_closed_line_is_followed_however_far_away_its_words_are() -> None:
    chain = "".join(f"  h{i}: {{kind: hours, calendar: desk, open: operator, closed: h{i + 1}}}\n" for i in range(1500))
    assert findings(entry("h0", chain + CLOSED.replace("shut", "h1500") % ("end", "Dicht.", ""))) == [
        ("IVR519", '"Dicht."', UNTOLD)
    ]
