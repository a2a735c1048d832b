"""What deals hold of persons, and what an erasure makes of that: the sums stay, without whoever bought."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.personal.declared import By, Personal, Under
from duyen.entities.personal.holding import hold
from duyen.modules.opportunities.models import Answer, Contact, Encounter, Line, Opportunity, Partner, Stay

OPPORTUNITY = Personal(
    ties=[By("party_id")],
    erases={
        "name": _("[deal, personal data erased]"),
        "close_note": "",
        "pain_points": "",
        "decision_process": "",
        "next_step": "",
        "install_place": "",
    },
)
hold(Answer, Personal(ties=[Under(Opportunity, "opportunity_id")], plain="item"))
hold(Stay, Personal(ties=[Under(Opportunity, "opportunity_id")], plain="left"))
hold(
    Line,
    Personal(ties=[Under(Opportunity, "opportunity_id")], erases={"site": ""}, plain="feasibility"),
    _("Lines of deals"),
)
hold(
    Contact,
    Personal(ties=[By("contact_id")], erases={"note": ""}, plain="role"),
    _("People in deals"),
)
hold(
    Encounter,
    Personal(
        ties=[Under(Opportunity, "opportunity_id")],
        erases={"info_source": ""},
        plain="product strengths weaknesses counter",
    ),
    _("Competitors in deals"),
)
hold(
    Partner,
    Personal(
        ties=[By("contact_id"), By("partner_id")],
        erases={"responsibility": ""},
        plain="role commitment",
    ),
    _("Partners in deals"),
)
