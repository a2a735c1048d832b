"""Let a request be about a lead that lies in the bin: the form finds only those that are worked on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Text
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.leads.queries import in_the_bin
from duyen.modules.subject_requests.queries import ENTITY, FULFIL, person_of
from duyen.modules.subject_requests.words import OPEN

Row = Mapping[str, Any]
#: So many codes are named where several leads fit.
_NAMED = 5


def _names_nobody(row: Row) -> bool:
    return row["state"] in OPEN and person_of(row) is None


@action(
    "subject_requests.choose_from_bin",
    label=_("Find her lead in the bin"),
    needs=FULFIL,
    asks=[Text("known_by", _("Phone, e-mail or code of the lead"), required=True, max_length=254)],
    icon="archive-restore",
    fits=_names_nobody,
    is_told=True,
    text=_("A lead that was deleted still holds her data. The lead stays in the bin."),
)
def choose_from_bin(*, actor: Actor, row: Row, known_by: str) -> Row:
    """Let a request be about the one lead in the bin that has a phone, an e-mail or a code.

    Raises InvalidValues where none has it, or several do.
    """
    found = in_the_bin(actor, known_by)
    if not found:
        told = gettext("No lead in the bin that you may see has this phone, e-mail or code.")
        raise InvalidValues([FieldProblem("known_by", "unknown", told)])
    if len(found) > 1:
        codes = ", ".join(code for _id, code in found[:_NAMED])
        told = gettext("Several leads in the bin have it. Type the code of one: %(codes)s") % {"codes": codes}
        raise InvalidValues([FieldProblem("known_by", "several", told)])
    columns = {"lead_id": found[0][0]}
    version = write_changes(entity_named(ENTITY), actor, row, columns)
    return {**row, **columns, "version": version}
