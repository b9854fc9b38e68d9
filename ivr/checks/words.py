"""What is wrong with a text by itself: nothing to speak, characters that cannot be carried, too long, hard to follow."""

from __future__ import annotations

import re

from ivr.checks.carets import caret
from ivr.checks.links import Links
from ivr.diagnostics import Report, Spoken
from ivr.model.speaking import HOLE_CHARACTERS, RATES, speaking_seconds

MAX_SAY = 4096
"""Characters of one `<Say>` (Twilio's reference of TwiML)."""
MAX_SECONDS = 30
MAX_WORDS = 15
_SPEAKABLE = re.compile(r"[^\W_]|\{[^{}]+\}")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no character for (section 2.2)."""
_MARKUP = re.compile(
    r"</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>|<!--.*?-->|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);", re.S
)
"""Tags of SSML or HTML, comments, and entities."""
PLACE = re.compile(r"\{[^{}]*\}")
_SENTENCE = re.compile(r"\s*(\S.*?)(?:[.!?…]+[\"'”’)]*(?=\s|$)|$)", re.S)
_FIGURES = re.compile(r"\d+(?:\s+\d+)+")
_LEAST = int(MAX_SECONDS * min(RATES.values())) // 2
"""A text of fewer characters is short whatever it holds: half its time would have to be rests."""


def check_words(links: Links, report: Report) -> None:
    """IVR502, IVR503, IVR505, IVR515, IVR516 and IVR520 for each text of the table."""
    met: set[int] = set()
    for spoken in links.source_map.spoken:
        if id(spoken.at) in met:
            continue  # met before in another role, or in another menu
        met.add(id(spoken.at))
        text = spoken.at.text
        if not text.isprintable():
            _characters(links, spoken, report)
        if "<" in text or "&" in text:
            _markup(links, spoken, report)
        if not text[:1].isalnum() and _SPEAKABLE.search(text) is None:
            what = (
                "this text has no letter or figure, so nothing of it is spoken"
                if text.strip()
                else "this text is empty"
            )
            report.add("IVR502", spoken.at.span, what, "write words, or take it out")
            continue
        if len(text) > MAX_SAY:
            report.add(
                "IVR505", spoken.at.span, f"this text has {len(text):,} characters; Twilio speaks {MAX_SAY:,} at most",
                "part it over several nodes, or say less",
            )  # fmt: skip
        if spoken.role == "label":
            continue
        if _LEAST < len(text) <= MAX_SAY:  # of a longer one IVR505 says enough
            _long(links, spoken, report)
        if "{" in text or (text.count(" ") + text.count("\n") >= MAX_WORDS and not _short_sentences(text)):
            _sentences(links, spoken, report)


def _characters(links: Links, spoken: Spoken, report: Report) -> None:
    for found in _NOT_XML.finditer(spoken.at.text):
        span = caret(links.source_map, spoken.at, found.start(), found.end())
        what = f"the character U+{ord(found.group()):04X} cannot be sent to the provider: XML has no such character"
        report.add("IVR503", span, what, "take it out")


def _markup(links: Links, spoken: Spoken, report: Report) -> None:
    for found in _MARKUP.finditer(spoken.at.text):
        report.add(
            "IVR520", caret(links.source_map, spoken.at, found.start(), found.end()),
            f"'{found.group()[:40]}' is read aloud as it stands: words are spoken, not marked up",
            "write '&' itself or a word for it" if found.group()[0] == "&" else "take it out; a full stop makes a rest",
        )  # fmt: skip


def _long(links: Links, spoken: Spoken, report: Report) -> None:
    seconds = text_seconds(spoken.at.text, links.graph.languages[spoken.language].code)
    if seconds > MAX_SECONDS:
        report.add(
            "IVR515", spoken.at.span, f"this prompt takes about {seconds:.0f} seconds; callers stop listening after 30",
            "say less, or let the caller choose in between",
        )  # fmt: skip


def text_seconds(text: str, code: str) -> float:
    """How long a text as written takes to speak, estimated."""
    return speaking_seconds(PLACE.sub("x" * HOLE_CHARACTERS, text), code)


def _short_sentences(text: str) -> bool:
    """Whether each sentence is short by its blanks alone, which is soon seen."""
    for part in text.replace("?", ".").replace("!", ".").split("."):
        if part.count(" ") + part.count("\n") > MAX_WORDS:  # the blank before the first word is one of them
            return False
    return True


def _sentences(links: Links, spoken: Spoken, report: Report) -> None:
    text = spoken.at.text
    for found in _SENTENCE.finditer(text):
        count = count_words(found[1])
        if count > MAX_WORDS:
            report.add(
                "IVR516", caret(links.source_map, spoken.at, found.start(1), found.end()),
                f"this sentence has {count} words; over {MAX_WORDS} are hard to follow by ear", "make it two",
            )  # fmt: skip


def count_words(sentence: str) -> int:
    """How many words a sentence has. A placeholder counts as three, a number read in groups as one."""
    holes = len(PLACE.findall(sentence))
    plain = _FIGURES.sub("0", PLACE.sub(" ", sentence))
    return 3 * holes + sum(1 for word in plain.split() if _SPEAKABLE.search(word))
