"""What of a deal needs a second person: that it is cancelled, that a large one is closed as lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.declared import ANY, Limit, Measure
from duyen.foundation.org.words import RoleCode

#: What a seller closes as lost by herself, in đồng: process §2.2 leaves the threshold to the company.
_ALONE = 200_000_000
_LEADING: Mapping[str, Any] = dict.fromkeys(
    (
        RoleCode.AREA_HEAD.value,
        RoleCode.SALES_MANAGER.value,
        RoleCode.DIRECTOR.value,
        RoleCode.HQ_STEWARD.value,
    ),
    ANY,
)

LOSS = Limit(
    "opportunities.loss",
    _("Close an opportunity as lost"),
    Measure.MONEY,
    help=_("A larger deal is closed as lost only when somebody of these roles agrees."),
    roles={RoleCode.SALES_REP.value: _ALONE, RoleCode.TELLER.value: _ALONE, **_LEADING},
    amount=lambda row, _asked: row["amount"] or 0,
)
CANCELLATION = Limit(
    "opportunities.cancel",
    _("Cancel an opportunity"),
    help=_("A deal is cancelled only when somebody of these roles agrees."),
    roles=_LEADING,
)
