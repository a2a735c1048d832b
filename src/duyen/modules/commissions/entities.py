"""Commissions: the declaration from which lists, forms, pages, REST, import and search follow."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity, Part
from duyen.entities.fields import (
    Amount,
    Choice,
    Code,
    Day,
    Link,
    LongText,
    Moment,
    Percent,
    Text,
    Whole,
)
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.declared import Hanging
from duyen.entities.merging.hangings import hang
from duyen.entities.pages import Lead, Panel, Tab
from duyen.entities.registry import extend, register
from duyen.kernel.clock import now
from duyen.kernel.numbering import CodePattern
from duyen.modules.commissions import actions, choices, rules, tabs
from duyen.modules.commissions.actions import PAY
from duyen.modules.commissions.actions.life import CONFIRM
from duyen.modules.commissions.following import follow
from duyen.modules.commissions.foretelling import BEFORE_WINNING
from duyen.modules.commissions.models import Commission, Plan
from duyen.modules.commissions.personal import COMMISSION
from duyen.modules.commissions.withholding import withholding_rules
from duyen.modules.commissions.words import CommissionState
from duyen.modules.commissions.working_out import complete, judge, why_bar, why_keep

_SORTS = (
    Sort("created_at", _("Created at"), "created_at", descending=True),
    Sort("beneficiary", _("Beneficiary"), "name_key"),
)
_FILTERS = "state kind taxed_as opportunity employee beneficiary amount accrued_on paid_on owner unit"

commissions = Entity(
    model=Commission,
    name="commissions",
    label=_("Commission"),
    labels=_("Commissions"),
    icon="hand-coins",
    personal=COMMISSION,
    title="beneficiary",
    party="party_id",
    group=_("Sales"),
    code=CodePattern("HH-{unit}-{yy}-{n:06}"),
    fixed={"state": CommissionState.PLANNED, "state_since": now},
    search="search",
    fields=[
        Link(
            "opportunity", _("Opportunity"), to="opportunities", required=True, heads=("co hoi", "ma co hoi")
        ),
        Choice(
            "kind",
            _("Kind of beneficiary"),
            options=choices.KINDS,
            required=True,
            badge=True,
            heads=("doi tuong", "loai nguoi huong"),
        ),
        Link(
            "employee",
            pgettext_lazy("commission", "Account"),
            to="users",
            help=_("Of an employee, or of a collaborator who has one."),
        ),
        Text(
            "beneficiary",
            _("Beneficiary"),
            max_length=200,
            sort="name_key",
            search=True,
            help=_("Left empty, the name of the account."),
            heads=("nguoi huong", "ten nguoi huong"),
        ),
        Code("code", _("Code"), search=True),
        Choice(
            "taxed_as",
            _("Income tax"),
            options=choices.TAXED_AS,
            help=_("Left empty, as the kind usually is."),
        ),
        Percent("split", _("Share (%)"), required=True, heads=("ty le chia", "phan chia")),
        Choice("condition", _("Earned when"), options=choices.CONDITIONS, default="ACTIVATION"),
        Whole("months", _("Months paid"), least=1, most=rules.LONGEST_CONDITION),
        LongText("note", _("Note")),
        Amount("base", pgettext_lazy("commission", "Worked out from"), editable=False),
        Amount("amount", pgettext_lazy("commission", "Amount"), total="sum", editable=False),
        Day("accrued_on", pgettext_lazy("commission", "Earned on"), editable=False),
        Day("paid_on", pgettext_lazy("commission", "Paid on"), editable=False),
        Text("payment_ref", _("Payment reference"), editable=False),
        Amount("pit_withheld", _("Tax withheld"), total="sum", editable=False),
        Amount("paid_amount", _("Paid out"), total="sum", editable=False),
        Text("clawback_reason", _("Why it is clawed back"), editable=False),
        Link("owner", _("Owner"), to="users"),
        Link("unit", _("Unit"), to="units"),
        Moment("created_at", _("Created at"), sort="created_at"),
        Moment("updated_at", _("Changed at")),
    ],
    tells={"amount": "split base", "pit_withheld": "amount", "paid_amount": "amount"},
    lists=[
        Listing(
            "open",
            pgettext_lazy("commissions", "To be paid"),
            columns="beneficiary opportunity amount state kind split",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("state", "in", ["PLANNED", "ACCRUED", "APPROVED"]),),
        ),
        Listing(
            "paid",
            pgettext_lazy("commissions", "Paid"),
            columns="beneficiary opportunity paid_amount paid_on amount pit_withheld kind payment_ref",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("state", "in", ["PAID"]),),
        ),
        Listing(
            "all",
            _("All"),
            columns="beneficiary opportunity amount state kind split accrued_on paid_on owner",
            sorts=_SORTS,
            filters=_FILTERS,
        ),
    ],
    form=[
        (pgettext_lazy("commission", "Who"), ["opportunity", "kind employee", "beneficiary taxed_as"]),
        (pgettext_lazy("commission", "How much, and when"), ["split", "condition months", "note"]),
    ],
    summary="code opportunity",
    facts="state split amount condition accrued_on paid_on paid_amount owner",
    complete=complete,
    rules=[judge],
    rules_ask=True,
    worked_out=("owner", "unit"),
    merging=None,
    keeps=why_keep,
    bars=why_bar,
    lifecycle=actions.LIFECYCLE,
    leads=[
        Lead("statement", _("Statement"), "file-text"),
        Lead("statement.pdf", _("Statement as a PDF"), "file-down"),
    ],
    rights={CONFIRM: _("Confirm and approve commissions"), PAY: _("Pay commissions, claw them back")},
    grants={
        "SALES_REP": "own: read create change delete",
        "TELLER": "team: read create change delete",
        "COLLAB": "own: read",
        "ACCOUNTANT": f"branch: read export {PAY}",
        "AREA_HEAD": f"area: read create change delete {CONFIRM}",
        "SALES_MANAGER": f"branch: read create change delete export {CONFIRM}",
        "DIRECTOR": f"all: read create change delete export {CONFIRM} {PAY}",
        "DPO": "all: read",
        "HQ_STEWARD": f"all: read create change delete export {CONFIRM} {PAY}",
    },
)

register(commissions, withholding_rules)
follow()

_COMMISSIONS = _("Commissions")
hang(
    "parties",
    Hanging(Commission, ("party_id",), _COMMISSIONS, is_told=False),
    Hanging(Plan, ("party_id",), _COMMISSIONS, is_told=False),
)
extend(
    "opportunities",
    actions=[actions.plan_commission, actions.waive_commission],
    guards={"win": [actions.against_winning]},
    foretold={"win": BEFORE_WINNING},
    tabs=[
        Tab(
            "commissions",
            pgettext_lazy("opportunity tab", "Commission"),
            "commissions/deal_tab.html",
            tabs.commission_of,
            tabs.count_shares,
            brief=Panel(
                "commissions",
                pgettext_lazy("opportunity tab", "Commission"),
                "commissions/brief.html",
                tabs.brief_of,
            ),
        )
    ],
    parts=[
        Part(
            "commission_plans",
            _("Commission of the deal"),
            [
                Choice("basis", _("Worked out from"), options=choices.BASES),
                Percent("rate", pgettext_lazy("commission", "Rate (%)")),
                Amount("fixed_amount", _("Or a fixed amount")),
                Amount("total", pgettext_lazy("commission", "To be shared out")),
                Text("none_due", _("Why none is due")),
            ],
        )
    ],
)
