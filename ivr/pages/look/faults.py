"""Faults that somebody can act on, told in words of the pages."""

from __future__ import annotations


class Told(Exception):
    """What was asked cannot be done. `key` is one of the words (words/*.yaml), `holes` fill it; `status` is of HTTP. With
    `text` the words are given as they are (a message that another layer made)."""

    def __init__(self, key: str, status: int = 400, text: str = "", **holes: object) -> None:
        super().__init__(text or key)
        self.key = key
        self.status = status
        self.text = text
        self.holes = holes
