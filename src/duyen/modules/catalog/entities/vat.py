"""What the company adds to the law about VAT, as an entity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Choice,
    Day,
    Percent,
    Text,
)
from duyen.entities.listing import Listing, Sort
from duyen.entities.personal.declared import NOBODY
from duyen.kernel.errors import FieldProblem
from duyen.modules.catalog import choices, queries
from duyen.modules.catalog.entities.common import COMPANY, GROUP, READERS
from duyen.modules.catalog.models import VatRate


def _judge_rate(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    is_other = before is None or (before["vat_class"], before["since"]) != (
        after["vat_class"],
        after["since"],
    )
    if is_other and queries.has_rate(after["vat_class"], after["since"]):
        told = _("There is an entry for this class and day already. Change that one.")
        yield FieldProblem("since", "taken", told)


vat_rates = Entity(
    model=VatRate,
    name="vat_rates",
    label=_("VAT rate"),
    labels=_("VAT rates of our own"),
    icon="percent",
    personal=NOBODY,
    in_menu=False,
    group=GROUP,
    scope=COMPANY,
    title="basis",
    search="search",
    fields=[
        Text(
            "basis",
            _("Legal basis"),
            required=True,
            max_length=300,
            help=_("The law or decree that says so."),
        ),
        Choice("vat_class", _("VAT class"), required=True, options=choices.VAT_CLASSES),
        Day("since", _("From"), required=True, sort="since"),
        Percent("percent", _("Rate (%)"), help=_("Left empty: not subject to VAT.")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="basis vat_class since percent",
            sorts=[Sort("since", _("From"), "since", descending=True)],
            filters="vat_class since",
        )
    ],
    form=["vat_class", "since percent", "basis"],
    summary="vat_class since percent",
    facts="vat_class since percent",
    known_by="vat_class since",
    rules=[_judge_rate],
    rules_ask=True,
    files=None,
    grants={
        **dict.fromkeys((*READERS, "MARKETER"), "all: read"),
        **dict.fromkeys(("SALES_MANAGER", "DIRECTOR", "HQ_STEWARD"), "all: read"),
        **dict.fromkeys(("ADMIN", "ACCOUNTANT"), "all: read create change delete export"),
    },
)
