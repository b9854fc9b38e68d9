"""Why something about a draft or a publication was not done."""

from __future__ import annotations


class NotDone(Exception):
    """Nothing was changed. `reason` is a word for pages, which say it in each language, `holes` what it is about; the text
    is one line for a terminal."""

    def __init__(self, reason: str, text: str, **holes: object) -> None:
        super().__init__(text)
        self.reason = reason
        self.holes = holes


MOST_WORDS = 2000
"""Characters of why something is done."""
MOST_TITLE = 200


def words(text: str, most: int = MOST_WORDS, needed: bool = False) -> str:
    """What a person wrote, in bounds: nothing that cannot be seen. Raises NotDone."""
    clean = "".join(c for c in text.replace("\r\n", "\n") if c.isprintable() or c in "\n\t").strip()
    if needed and not clean:
        raise NotDone("why_missing", "say why")
    if len(clean) > most:
        raise NotDone("words_long", f"at most {most} characters are kept", most=most)
    return clean
