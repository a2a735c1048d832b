"""The lists of choices of assignment rules, with the words on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import ChoiceList, Label, Option
from duyen.modules.assignments.words import Left, Way

WAYS = ChoiceList(
    "assignment_ways",
    _("Ways to assign leads"),
    (
        Option(Way.IN_TURN, _("One after the other")),
        Option(Way.LEAST_LOAD, _("Whoever has the fewest open leads")),
    ),
    is_fixed=True,
)

LEFT: Mapping[Left, Label] = {
    Left.NO_RULE: _("No rule fits"),
    Left.NOBODY: _("A rule fits, but everybody in it is away or full"),
    Left.SHUT: _("A rule fits, and waits for working hours"),
}
