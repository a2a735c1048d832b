"""What a company may want a second person for: that a customer goes into the bin, that several become one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.declared import ANY, Limit, Measure
from duyen.entities.words import MERGE
from duyen.foundation.access.words import DELETE
from duyen.foundation.org.words import RoleCode
from duyen.modules.parties.words import PartyRole


def _is_customer(row: Mapping[str, Any], _asked: Mapping[str, Any]) -> bool:
    """Tell whether the party is a customer, by whichever of its roles it is reached."""
    return bool(int(row.get("role_mask") or 0) & int(PartyRole.CUSTOMER))


_DELETE = Limit(
    "customers.delete",
    _("Delete a customer"),
    help=_("A customer goes into the bin only when somebody of these roles agrees."),
    roles={
        RoleCode.AREA_HEAD.value: ANY,
        RoleCode.SALES_MANAGER.value: ANY,
        RoleCode.DIRECTOR.value: ANY,
    },
    applies=_is_customer,
    columns=("role_mask",),
    is_on=False,
)
_MERGE = Limit(
    "customers.merge",
    _("Merge customers"),
    Measure.COUNT,
    help=_("Several customers become one only when somebody of these roles agrees; the amount is how many."),
    roles={
        RoleCode.AREA_HEAD.value: 3,
        RoleCode.SALES_MANAGER.value: 5,
        RoleCode.DIRECTOR.value: ANY,
    },
    amount=lambda _row, asked: asked.get("count"),
    applies=_is_customer,
    columns=("role_mask",),
    is_on=False,
)
#: For customers, and for contacts: a person who is both goes into the bin as either.
BY_VERB: dict[str, Limit] = {DELETE: _DELETE, MERGE: _MERGE}
