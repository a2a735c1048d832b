"""A commission is approved by a second person, who neither planned it nor gets it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.approvals.declared import ANY, Limit, Measure
from duyen.foundation.org.words import RoleCode
from duyen.modules.commissions import queries

#: What the head of sales approves to start with, in đồng.
_OF_SALES = 20_000_000


def _concerned(row: Mapping[str, Any], _asked: Mapping[str, Any]) -> Collection[int | None]:
    plan = queries.deal(row["opportunity_id"]).plan
    planners = (row["created_by_id"], row["confirmed_from_id"], plan.planned_by if plan else None)
    return (*planners, row["employee_id"])


APPROVAL = Limit(
    "commissions.approve",
    _("Approve a commission"),
    Measure.MONEY,
    help=_("Who planned a commission or gets it never approves it."),
    roles={
        RoleCode.SALES_MANAGER.value: _OF_SALES,
        RoleCode.DIRECTOR.value: ANY,
        RoleCode.HQ_STEWARD.value: ANY,
    },
    amount=lambda row, _asked: row["amount"],
    excludes=_concerned,
    always=True,
    columns=("created_by_id", "confirmed_from_id"),
)
