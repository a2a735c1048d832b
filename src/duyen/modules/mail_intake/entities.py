"""Leads by mail: who takes them in, the mail beside the lead, what its tables hold of persons."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.pages import Panel
from duyen.entities.personal.declared import NOBODY
from duyen.entities.personal.holding import hold
from duyen.entities.registry import extend
from duyen.entities.trail_lines import name_families
from duyen.modules.mail_intake import actions, panels
from duyen.modules.mail_intake.models import Intake
from duyen.modules.mail_intake.words import SETTINGS
from duyen.modules.messaging.actions import Taker, offer_taker
from duyen.modules.messaging.words import Use

hold(Intake, NOBODY)
offer_taker(Use.LEADS, Taker(actions.take, _("Mailboxes for leads"), SETTINGS))
name_families({"lead_mailbox": _("Mailbox for leads")})
extend(
    "leads",
    panels=[
        Panel("mail", pgettext_lazy("lead panel", "Mail it came from"), "mail_intake/panel.html", panels.mail)
    ],
)
