"""What handovers add to leads: the step that hands over, what stands against taking one that waits."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.calls import declare_calls
from duyen.entities.history import name_verbs
from duyen.entities.pages import Panel
from duyen.entities.personal.declared import Personal, Under
from duyen.entities.personal.holding import hold
from duyen.entities.registry import extend
from duyen.modules.handovers import home, panels
from duyen.modules.handovers.actions import HAND_TO, NOT_WAITING
from duyen.modules.handovers.calls import CALLS
from duyen.modules.handovers.models import Handover

extend(
    "leads",
    actions=[HAND_TO],
    guards={"take": [NOT_WAITING], "assign": [NOT_WAITING]},
    panels=[
        Panel("handover", pgettext_lazy("lead panel", "Handover"), "handovers/panel.html", panels.handover)
    ],
)
hold(
    Handover,
    Personal(ties=[Under("leads", "lead_id")], erases={"note": "", "answer": ""}),
    _("Handover of a lead"),
    tells={"handed_at": _("Handed over at"), "note": _("Remark"), "answer": _("Answer")},
)
name_verbs(
    {
        "leads.accept_handover": _("Accepted the handover"),
        "leads.return_handover": _("Returned the handover"),
        "leads.withdraw_handover": _("Withdrew the handover"),
        "leads.late_handover": _("Told that a handover waits too long"),
    }
)
home.contribute()
declare_calls(*CALLS)
