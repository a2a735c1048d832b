"""Campaigns: the declaration from which list, form, page, REST, import and search follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Amount, Choice, Code, Day, Link, LongText, Moment, Text
from duyen.entities.listing import Listing, Sort
from duyen.entities.personal.declared import NOBODY
from duyen.entities.registry import register
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.numbering import CodePattern
from duyen.modules.campaigns import choices, rules
from duyen.modules.campaigns.lifecycle import LIFECYCLE
from duyen.modules.campaigns.models import Campaign
from duyen.modules.campaigns.words import CampaignState

_KEEPS = "read create change delete hand_over share export"


def _judge(after: Mapping[str, Any], _before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    found = rules.problems_of(starts_on=after["starts_on"], ends_on=after["ends_on"])
    return (FieldProblem(each.field, each.code, gettext(str(each.message))) for each in found)


_SORTS = (
    Sort("starts_on", pgettext_lazy("campaign", "First day"), "starts_on", descending=True, nullable=True),
    Sort("name", _("Name"), "name_key"),
    Sort("created_at", _("Created at"), "created_at", descending=True),
)
_FILTERS = "kind state starts_on ends_on owner unit budget"

campaigns = Entity(
    model=Campaign,
    name="campaigns",
    label=_("Campaign"),
    labels=_("Campaigns"),
    icon="megaphone",
    personal=NOBODY,
    group=pgettext_lazy("navigation", "Marketing"),
    code=CodePattern("CD-{unit}-{yy}-{n:04}"),
    fixed={"state": CampaignState.DRAFT, "state_since": now},
    search="search",
    fields=[
        Text(
            "name",
            _("Name"),
            required=True,
            max_length=200,
            sort="name_key",
            search=True,
            heads=("ten chien dich", "chien dich"),
        ),
        Code("code", _("Code"), search=True),
        Choice(
            "kind",
            pgettext_lazy("campaign", "Kind"),
            options=choices.KINDS,
            badge=True,
            heads=("kenh", "loai chien dich"),
        ),
        Day(
            "starts_on",
            pgettext_lazy("campaign", "First day"),
            sort="starts_on",
            heads=("ngay bat dau", "tu ngay"),
        ),
        Day("ends_on", pgettext_lazy("campaign", "Last day"), heads=("ngay ket thuc", "den ngay")),
        Amount("budget", _("Budget"), heads=("ngan sach", "kinh phi")),
        LongText("objective", _("Objective"), heads=("muc tieu",)),
        LongText("note", _("Note")),
        Text("end_reason", pgettext_lazy("campaign", "Why it is called off"), editable=False),
        Link("owner", _("Owner"), to="users"),
        Link("unit", _("Unit"), to="units"),
        Moment("created_at", _("Created at"), sort="created_at"),
        Moment("updated_at", _("Changed at")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name kind state starts_on ends_on budget owner",
            sorts=_SORTS,
            filters=_FILTERS,
        ),
        Listing(
            "running",
            pgettext_lazy("campaigns", "Running"),
            columns="name kind starts_on ends_on budget owner",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("state", "in", [CampaignState.RUNNING.value]),),
        ),
    ],
    form=[
        (pgettext_lazy("campaign", "What"), ["name", "kind budget", "objective"]),
        (pgettext_lazy("campaign", "When"), ["starts_on ends_on"]),
        (_("Keeping"), ["owner unit", "note"]),
    ],
    summary="code",
    facts="state starts_on ends_on budget owner unit",
    rules=[_judge],
    lifecycle=LIFECYCLE,
    merging=None,
    # What a campaign may cost is the business of those who run it.
    limits={"budget": "SALES_REP TELLER COLLAB CARE_AGENT"},
    grants={
        **dict.fromkeys(("SALES_REP", "TELLER", "COLLAB", "CARE_AGENT", "AREA_HEAD"), "all: read"),
        **dict.fromkeys(("ACCOUNTANT", "DPO"), "all: read"),
        **dict.fromkeys(("MARKETER", "SALES_MANAGER"), f"branch: {_KEEPS}"),
        **dict.fromkeys(("DIRECTOR", "HQ_STEWARD"), f"all: {_KEEPS}"),
    },
)

register(campaigns)
