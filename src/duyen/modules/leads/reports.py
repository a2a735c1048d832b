"""The reports on leads: where they come from and what becomes of them, who works on them, why some end."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.reports.declared import (
    By,
    Condition,
    Count,
    Days,
    Ratio,
    Report,
    Share,
    contribute_reports,
)
from duyen.modules.leads.words import OPEN, LeadState

_ENTITY = "leads"
_FILTERS = "source campaign temperature province industry owner unit"
_DATES = "created_at first_response_at converted_at"
_SPOKEN_TO: Condition = ("first_response_at", "empty", False)
_QUALIFIED: Condition = ("state", "in", [LeadState.QUALIFIED.value, LeadState.CONVERTED.value])
_CONVERTED: Condition = ("state", "eq", LeadState.CONVERTED.value)
_GIVEN_UP: Condition = ("state", "eq", LeadState.DISQUALIFIED.value)
_STILL_OPEN: Condition = ("state", "in", [each.value for each in OPEN])

_NUMBER = Count("number", _("Leads"))
_SHARE = Share("share", pgettext_lazy("report", "Share"), of="number")
_FUNNEL = (
    _NUMBER,
    _SHARE,
    Count("spoken_to", pgettext_lazy("leads", "Spoken to"), where=[_SPOKEN_TO]),
    Count("qualified", pgettext_lazy("leads", "Qualified or customer"), where=[_QUALIFIED]),
    Count("converted", pgettext_lazy("leads", "Became customers"), where=[_CONVERTED]),
    Count("given_up", pgettext_lazy("leads", "Given up"), where=[_GIVEN_UP]),
    Count("open", pgettext_lazy("leads", "Still open"), where=[_STILL_OPEN]),
    Ratio("conversion", _("Conversion rate"), of="converted", to=("number",)),
    Days("days", _("Days to become a customer"), since="created_at", until="converted_at"),
)

BY_SOURCE = Report(
    "leads_by_source",
    _("Funnel of leads by source"),
    entity=_ENTITY,
    icon="signpost",
    help=_("How many leads each source and campaign brought, and how far they came."),
    groups=[By("source"), By("campaign")],
    measures=_FUNNEL,
    dates=_DATES,
    period="this_year",
    filters=_FILTERS,
    bars="share",
)

BY_OWNER = Report(
    "leads_by_owner",
    _("Leads by owner"),
    entity=_ENTITY,
    icon="users",
    help=_("What each colleague made of the leads."),
    groups=[By("owner")],
    measures=_FUNNEL,
    dates=_DATES,
    period="this_year",
    filters=_FILTERS,
    bars="share",
)

GIVEN_UP = Report(
    "leads_given_up",
    _("Why leads are given up"),
    entity=_ENTITY,
    icon="thumbs-down",
    help=_("The reasons, and from which sources those leads came."),
    groups=[By("disqualify_reason"), By("source")],
    where=[_GIVEN_UP],
    measures=[_NUMBER, _SHARE],
    dates="created_at",
    filters=_FILTERS,
    bars="share",
)


def contribute() -> None:
    """Offer the reports. Called once, at start-up."""
    contribute_reports(BY_SOURCE, BY_OWNER, GIVEN_UP)
