"""What commissions hold of persons, and what an erasure makes of that: who was paid stays, for the taxes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.personal.declared import NOBODY, Kept, Personal, Under
from duyen.entities.personal.holding import hold
from duyen.modules.commissions.models import Plan

COMMISSION = Personal(
    ties=[Under("opportunities", "opportunity_id")],
    erases={"note": "", "clawback_reason": ""},
    keeps=[
        Kept("beneficiary payment_ref", _("Law on Accounting 88/2015/QH13, article 41"), 10),
    ],
)
hold(Plan, NOBODY)
