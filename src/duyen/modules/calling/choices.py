"""What came of a call, and why a lead's turn has come, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Label
from duyen.modules.calling.words import Outcome, Turn

#: In the order of their keys.
OUTCOMES: Mapping[Outcome, Label] = {
    Outcome.REACHED: pgettext_lazy("call", "Spoke to them"),
    Outcome.NO_ANSWER: pgettext_lazy("call", "No answer"),
    Outcome.CALL_BACK: pgettext_lazy("call", "Call again"),
    Outcome.WRONG_NUMBER: pgettext_lazy("call", "Wrong number"),
    Outcome.NOT_INTERESTED: pgettext_lazy("call", "Not interested"),
    Outcome.QUALIFIED: pgettext_lazy("call", "Qualified"),
    Outcome.REFUSED: pgettext_lazy("call", "Wants no more calls"),
    Outcome.NURTURE: pgettext_lazy("call", "Nurture"),
}
TURNS: Mapping[Turn, Label] = {
    Turn.PROMISED: pgettext_lazy("turn", "Promised a call"),
    Turn.FIRST: pgettext_lazy("turn", "First contact"),
    Turn.DUE: pgettext_lazy("turn", "Next talk"),
    Turn.OPEN: pgettext_lazy("turn", "No date yet"),
}
