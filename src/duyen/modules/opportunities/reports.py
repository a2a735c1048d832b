"""The reports on opportunities: what ended, of what type, from where, in which stage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.reports.declared import (
    Average,
    Beside,
    By,
    Condition,
    Count,
    Days,
    Percentile,
    Ratio,
    Report,
    Share,
    Step,
    Sum,
    contribute_reports,
)
from duyen.modules.opportunities import queries
from duyen.modules.opportunities.words import CLOSED, DECIDED, UNDER_WAY, WENT_ON, DealState

_ENTITY = "opportunities"
_FILTERS = "pipeline type source owner unit"
_CLOSED: Condition = ("state", "in", [each.value for each in CLOSED])
_UNDER_WAY: Condition = ("state", "in", [each.value for each in UNDER_WAY])
_WON: Condition = ("state", "eq", DealState.WON.value)
_LOST: Condition = ("state", "eq", DealState.LOST.value)
_LATE: Condition = ("expected_close", "lt", "today")

_NUMBER = Count("number", _("Opportunities"))
_SHARE = Share("share", pgettext_lazy("report", "Share"), of="number")
_AMOUNT = Sum("amount", pgettext_lazy("opportunity", "Amount"), field="amount")
_WEIGHTED = Sum("weighted", _("Weighted amount"), field="weighted")
_WON_NUMBER = Count("won", pgettext_lazy("opportunities", "Won"), where=[_WON])
_LOST_NUMBER = Count("lost", pgettext_lazy("opportunities", "Lost"), where=[_LOST])
_DAYS = Days("days", _("Days on average"), since="created_at", until="closed_on")
_WIN_RATE = Ratio("win_rate", _("Win rate"), of="won", to=("won", "lost"))


def _of_all(*names: str) -> list[Beside]:
    """Take figures over everything from the report by the number of roles."""
    labels = {"undecided": _("Without who decides"), "open_undecided": _("Under way without who decides")}
    return [
        Beside(each, labels[each], in_lines=False, report="opportunities_by_role_count", of=each)
        for each in names
    ]


def _codes(words: Sequence[StrEnum]) -> list[str]:
    return [each.value for each in words]


def _stage_places(ids: Collection[int]) -> Mapping[int, int]:
    return {each.id: each.position for each in queries.stages(ids).values()}


#: From how many days on a deal took as long as others of the same line.
_TAKEN = (0, 8, 31, 91, 181, 366)

CLOSED_DEALS = Report(
    "closed_opportunities",
    _("Closed opportunities"),
    entity=_ENTITY,
    icon="circle-check-big",
    help=_("What was won, lost or cancelled: by whom, from which stage, against whom, in how many days."),
    groups=[By("state"), By("owner")],
    ways=[
        [By("state"), By("pipeline"), By("stage", places=_stage_places)],
        [By("state"), By("lost_to")],
        [By("state"), By("days_taken", bands=_TAKEN)],
    ],
    where=[_CLOSED],
    measures=[
        _NUMBER,
        _SHARE,
        Sum("amount", pgettext_lazy("report", "Expected amount"), field="amount"),
        Sum("actual", pgettext_lazy("opportunity", "Actual amount"), field="actual_amount"),
        Ratio("kept", _("Actual of expected"), of="actual", to=("won_amount",)),
        _DAYS,
        Average("gap", _("Price gap on average"), field="price_gap"),
        replace(_WON_NUMBER, in_lines=False),
        replace(_LOST_NUMBER, in_lines=False),
        replace(_WIN_RATE, in_lines=False),
        Sum("won_amount", _("Amount won"), field="amount", where=[_WON], in_lines=False),
        Sum("lost_amount", _("Amount lost"), field="amount", where=[_LOST], in_lines=False),
        Ratio(
            "win_rate_by_amount",
            _("Win rate by amount"),
            of="won_amount",
            to=("won_amount", "lost_amount"),
            in_lines=False,
        ),
    ],
    dates="closed_on created_at expected_close",
    period="this_year",
    filters=_FILTERS,
    bars="share",
)

BY_TYPE = Report(
    "opportunities_by_type",
    _("Opportunities by type"),
    entity=_ENTITY,
    icon="shapes",
    help=_("New business beside renewals: how many, how much, how often won."),
    groups=[By("type")],
    measures=[
        _NUMBER,
        _SHARE,
        Count("open", pgettext_lazy("opportunities", "Under way"), where=[_UNDER_WAY]),
        _WON_NUMBER,
        _LOST_NUMBER,
        _WIN_RATE,
        _AMOUNT,
        _WEIGHTED,
        Average("average", _("Amount on average"), field="amount"),
        _DAYS,
    ],
    dates="created_at expected_close closed_on",
    period="this_year",
    filters=_FILTERS,
    bars="share",
)

BY_STAGE = Report(
    "opportunities_by_stage",
    _("Opportunities by stage"),
    entity=_ENTITY,
    icon="milestone",
    help=_("What is under way, stage by stage: how much, how likely, how long it has stood there."),
    groups=[By("pipeline"), By("stage", places=_stage_places)],
    where=[_UNDER_WAY],
    measures=[
        _NUMBER,
        _AMOUNT,
        Share("share", pgettext_lazy("report", "Share of the amount"), of="amount"),
        _WEIGHTED,
        Days("days", _("Days in the stage"), since="stage_since"),
        Count("late", pgettext_lazy("opportunities", "Overdue"), where=[_LATE]),
        Beside("went_on", _("Rate of going on"), report="stage_durations", of="rate"),
    ],
    dates="expected_close created_at",
    filters=_FILTERS,
    bars="share",
)

_STOOD = "opportunity_stays.days"
_LEFT = "opportunity_stays.left"

STAGE_DURATIONS = Report(
    "stage_durations",
    _("Time in stages"),
    entity=_ENTITY,
    icon="clock",
    help=_(
        "How many days opportunities stand in each stage, and how many go on from there."
        " Days on which they are put aside do not count."
    ),
    groups=[By("pipeline"), By("opportunity_stays.stage", places=_stage_places)],
    measures=[
        _NUMBER,
        Count("stays", _("Times they stood there"), rows=True),
        Average("average", _("Days on average"), field=_STOOD),
        Percentile("median", pgettext_lazy("days", "Median"), field=_STOOD),
        Percentile("slowest", _("9 of 10 within (days)"), field=_STOOD, at=90),
        Percentile("won_median", _("Median, won"), field=_STOOD, where=[_WON]),
        Percentile("lost_median", _("Median, lost"), field=_STOOD, where=[_LOST]),
        Count("left", _("Times they left it"), rows=True, where=[(_LEFT, "in", _codes(DECIDED))]),
        Count("on", _("Of them onwards"), rows=True, where=[(_LEFT, "in", _codes(WENT_ON))]),
        Ratio("rate", _("Rate of going on"), of="on", to=("left",)),
    ],
    dates="created_at closed_on expected_close",
    period="this_year",
    filters=_FILTERS,
    bars="rate",
)

BY_SOURCE = Report(
    "opportunity_sources",
    _("Sources of opportunities"),
    entity=_ENTITY,
    icon="signpost",
    help=_("Where opportunities came from, by which campaign, and what was won of them."),
    groups=[By("source"), By("campaign")],
    measures=[
        _NUMBER,
        _SHARE,
        _WON_NUMBER,
        _LOST_NUMBER,
        _WIN_RATE,
        Sum("won_amount", _("Amount won"), field="actual_amount", where=[_WON]),
    ],
    dates="created_at closed_on expected_close",
    period="this_year",
    filters=_FILTERS,
    bars="share",
)


BY_CONTACT_ROLE = Report(
    "opportunity_contact_roles",
    pgettext_lazy("report", "Roles of contacts"),
    entity=_ENTITY,
    icon="users-round",
    help=_("Which part contacts have in deals, and how those deals end."),
    groups=[By("opportunity_contacts.role")],
    measures=[
        _NUMBER,
        Count("people", _("Contacts"), rows=True),
        Share("share", pgettext_lazy("report", "Share of the contacts"), of="people"),
        Average("influence", _("Influence on average"), field="opportunity_contacts.influence"),
        Count("open", pgettext_lazy("opportunities", "Under way"), where=[_UNDER_WAY]),
        _WON_NUMBER,
        _LOST_NUMBER,
        _WIN_RATE,
        *_of_all("open_undecided", "undecided"),
    ],
    dates="created_at expected_close closed_on",
    period="this_year",
    filters=_FILTERS,
    bars="share",
)

BY_ROLE_COUNT = Report(
    "opportunities_by_role_count",
    _("Opportunities by number of roles"),
    entity=_ENTITY,
    icon="users-round",
    help=_("How many parts are filled among the contacts, whether somebody decides, and how it ends."),
    groups=[By("role_count")],
    measures=[
        _NUMBER,
        _SHARE,
        Count("undecided", _("Without who decides"), where=[("has_decider", "eq", False)]),
        Count("open", pgettext_lazy("opportunities", "Under way"), where=[_UNDER_WAY]),
        Count(
            "open_undecided",
            _("Under way without who decides"),
            where=[_UNDER_WAY, ("has_decider", "eq", False)],
        ),
        _WON_NUMBER,
        _LOST_NUMBER,
        _WIN_RATE,
        _AMOUNT,
    ],
    dates="created_at expected_close closed_on",
    period="this_year",
    filters=_FILTERS,
    bars="share",
)

BY_MONTH_AND_PRODUCT = Report(
    "opportunities_by_month_and_product",
    _("Opportunities by month and product"),
    entity=_ENTITY,
    icon="calendar-range",
    help=_(
        "Which products are to be sold in which month, and which were. Cancelled and lost deals stay out."
    ),
    groups=[By("opportunity_lines.product")],
    across=By("expected_close", Step.MONTH),
    cells="total quantity weighted number",
    where=[("state", "in", [DealState.OPEN.value, DealState.ON_HOLD.value, DealState.WON.value])],
    measures=[
        _NUMBER,
        Sum("quantity", _("Quantity"), field="opportunity_lines.quantity"),
        Sum("total", pgettext_lazy("opportunity", "Amount"), field="opportunity_lines.total"),
        Sum(
            "weighted",
            _("Weighted amount"),
            field="opportunity_lines.total",
            weighed_by="probability",
        ),
        Share("share", pgettext_lazy("report", "Share of the amount"), of="total"),
        _WON_NUMBER,
        Sum("won_total", _("Amount won"), field="opportunity_lines.total", where=[_WON]),
    ],
    dates="expected_close created_at closed_on",
    period="this_year",
    filters=_FILTERS,
    bars="share",
)


def contribute() -> None:
    """Offer the reports. Called once, at start-up."""
    contribute_reports(
        *(CLOSED_DEALS, BY_TYPE, BY_CONTACT_ROLE, BY_ROLE_COUNT, BY_STAGE, STAGE_DURATIONS),
        *(BY_MONTH_AND_PRODUCT, BY_SOURCE),
    )
