"""What the company decides about how long unused leads are kept; whoever answers data requests decides it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.declaring import Kind, declare_area, declare_setting
from duyen.modules.subject_requests.queries import NEEDS

AREA = "unused_leads"
IS_ON, MONTHS, MOST = "retention.leads_on", "retention.leads_months", "retention.leads_a_night"


def may_decide(actor: Actor) -> bool:
    """Tell whether the actor sees and decides how long personal data are kept."""
    return actor.user_id is not None and actor.may(*NEEDS)


declare_area(
    AREA,
    label=_("How long personal data are kept"),
    help=_("After how long the personal data of leads that nobody uses are erased."),
    icon="shredder",
    order=23,
    may_open=may_decide,
    also=_("retention personal data erase leads months"),
)
declare_setting(
    IS_ON,
    True,
    kind=Kind.FLAG,
    area=AREA,
    label=_("Erase leads that nobody uses"),
    help=_("Each night, for good. The page “How long personal data are kept” shows beforehand which ones."),
)
declare_setting(
    MONTHS,
    6,
    kind=Kind.WHOLE,
    area=AREA,
    least=1,
    most=36,
    required=True,
    label=_("Months without any touch"),
    help=_("After the last call, mail, task or change by a person, where no consent holds."),
)
declare_setting(
    MOST,
    2_000,
    kind=Kind.WHOLE,
    area=AREA,
    least=10,
    most=20_000,
    required=True,
    label=_("Leads erased in one night at most"),
    help=_("What is more waits for the next nights, the oldest first."),
)
