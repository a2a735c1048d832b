"""The temperature that a score proposes becomes that of its lead: by a click, while it is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities import standard
from duyen.entities.actions import action
from duyen.entities.errors import NotAllowed, Refused
from duyen.entities.fields import Choice
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.modules.leads.choices import TEMPERATURES
from duyen.modules.leads.words import Temperature
from duyen.modules.scoring import queries
from duyen.modules.scoring.rules import LIVE, temperature_of
from duyen.modules.scoring.ties import LEADS

Row = Mapping[str, Any]


class NotProposed(Refused):
    """The score proposes another temperature by now, or none."""

    code = "not_proposed"
    sentence = _("The score does not propose this temperature any more. Look at the page again.")


def proposed_for(row: Row) -> Temperature | None:
    """Give the temperature that the score of a lead proposes, where it moves and proposes another one."""
    model = queries.model_in_force() if row["state"] in LIVE and row["score"] is not None else None
    if model is None:
        return None
    found = temperature_of(row["score"], hot_from=model.hot_from, warm_from=model.warm_from)
    return found if found != row["temperature"] else None


@action(
    "leads.follow_score",
    label=_("Take the temperature that the score proposes"),
    asks=(Choice("temperature", pgettext_lazy("lead", "Temperature"), options=TEMPERATURES, required=True),),
    part="temperature",
    icon="gauge",
    can_undo=True,
)
def follow_score(*, actor: Actor, row: Row, temperature: str) -> Row:
    """Give a lead the temperature that its score proposes. Raises NotProposed, or NotAllowed."""
    leads = entity_named(LEADS)
    if leads.level(actor, "score") is FieldLevel.HIDDEN:
        raise NotAllowed(why=_("the scores of leads are not open to you."))
    if leads.level(actor, "temperature") is not None:
        raise NotAllowed(why=_("the temperature of leads is not among the fields that you may change."))
    if proposed_for(row) != temperature:
        raise NotProposed
    columns = {"temperature": temperature}
    return {**row, **columns, "version": standard.write_changes(leads, actor, row, columns)}
