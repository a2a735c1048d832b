"""What is wrong with a formula, and where in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Fault:
    """One fault: its code, what to do about it, and the signs of the formula that it is about."""

    code: str
    sentence: str
    at: int = 0
    end: int = 0

    def said_of(self, source: str) -> str:
        """Give the sentence with its place in the formula."""
        part = source[self.at : self.end].strip()
        if not part:
            return self.sentence
        told = {"part": part[:60], "place": self.at + 1, "why": self.sentence}
        return _("At “%(part)s”, sign %(place)s: %(why)s") % told


class NotAFormula(Exception):
    """The text cannot be read as a formula."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault
