"""What the company decides about commissions."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.foundation.settings.declaring import Kind, declare_setting

PLAN_NEEDED = "commissions.plan_needed"

declare_setting(
    PLAN_NEEDED,
    True,
    kind=Kind.FLAG,
    area="opportunities",
    label=_("A deal is won with a commission plan"),
    help=_("Before a deal is closed as won, its shares make 100 %, or it is said that none is due."),
)
