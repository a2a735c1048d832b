"""What the company adds to the law about the tax that is withheld from commissions, as an entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import Amount, Day, Percent, Text
from duyen.entities.listing import Listing, Sort
from duyen.entities.personal.declared import NOBODY
from duyen.entities.scope import Scope
from duyen.kernel.errors import FieldProblem
from duyen.modules.commissions import queries
from duyen.modules.commissions.models import WithholdingRule

#: Whoever sees commissions sees by which rule their tax is withheld.
_READERS = (
    *("SALES_REP", "TELLER", "COLLAB", "AREA_HEAD", "SALES_MANAGER", "DIRECTOR", "DPO", "HQ_STEWARD"),
)


def _judge(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    is_other = before is None or before["since"] != after["since"]
    if after["since"] is not None and is_other and queries.has_rule(after["since"]):
        yield FieldProblem("since", "taken", _("There is a rule from this day already. Change that one."))


withholding_rules = Entity(
    model=WithholdingRule,
    name="withholding_rules",
    label=pgettext_lazy("commission", "Withholding rule"),
    labels=_("Withholding rules of our own"),
    icon="percent",
    personal=NOBODY,
    in_menu=False,
    group=_("Sales"),
    scope=Scope(owner="", unit=""),
    title="basis",
    search="search",
    fields=[
        Text(
            "basis",
            _("Where it says so"),
            required=True,
            max_length=300,
            help=_("Law, decree or circular, with its article."),
        ),
        Day("since", _("For payments from"), required=True, sort="since"),
        Percent("percent", pgettext_lazy("tax", "Withheld (%)"), required=True),
        Amount(
            "least",
            _("Of each payment from"),
            required=True,
            help=_("A smaller one is paid in full. Zero: tax is withheld of every payment."),
        ),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="basis since percent least",
            sorts=[Sort("since", _("For payments from"), "since", descending=True)],
            filters="since",
        )
    ],
    form=["since", "percent least", "basis"],
    summary="since percent least",
    facts="since percent least",
    known_by="since",
    rules=[_judge],
    rules_ask=True,
    files=None,
    grants={
        **dict.fromkeys(_READERS, "all: read"),
        **dict.fromkeys(("ADMIN", "ACCOUNTANT"), "all: read create change delete export"),
    },
)
