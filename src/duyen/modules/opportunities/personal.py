"""What deals hold of persons, and what an erasure makes of that: the sums stay, without whoever bought."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Amount, Choice, Flag, Link, Percent, Whole
from duyen.entities.personal.declared import By, Personal, Under
from duyen.entities.personal.holding import Said, hold
from duyen.modules.opportunities import choices
from duyen.modules.opportunities.models import Answer, Contact, Encounter, Line, Opportunity, Partner, Stay


def _attitude(held: int) -> str:
    return str(choices.ATTITUDES.held().by_code[str(held)].label)


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
_DEAL = {"opportunity_id": Link("opportunity", _("Opportunity"), to="opportunities")}
hold(Answer, Personal(ties=[Under(Opportunity, "opportunity_id")], plain="item"))
hold(Stay, Personal(ties=[Under(Opportunity, "opportunity_id")], plain="left"))
hold(
    Line,
    Personal(ties=[Under(Opportunity, "opportunity_id")], erases={"site": ""}, plain="feasibility"),
    _("Lines of deals"),
    tells={
        **_DEAL,
        "product_id": Link("product", _("Product"), to="products"),
        "plan_id": Link("plan", pgettext_lazy("product", "Plan"), to="plans"),
        "quantity": Whole("quantity", _("Quantity")),
        "unit_price": Amount("unit_price", _("Price that is agreed")),
        "term_months": Whole("term_months", _("Term (months)")),
        "total": Amount("total", pgettext_lazy("line", "Sum")),
        "site": _("Where it is installed"),
        "feasibility": Choice("feasibility", _("Survey"), options=choices.FEASIBILITY),
    },
)
hold(
    Contact,
    Personal(ties=[By("contact_id")], erases={"note": ""}, plain="role"),
    _("People in deals"),
    tells={
        **_DEAL,
        "role": Choice("role", _("Role in the deal"), options=choices.ROLES),
        "is_primary": Flag("is_primary", _("Whom we speak to first")),
        "influence": Whole("influence", _("Influence")),
        "attitude": Said(_("Attitude"), _attitude),
        "strength": Whole("strength", _("How well we know each other")),
        "note": _("Note"),
    },
)
hold(
    Encounter,
    Personal(
        ties=[Under(Opportunity, "opportunity_id")],
        erases={"info_source": ""},
        plain="product strengths weaknesses counter",
    ),
    _("Competitors in deals"),
    # What we hold of the competitor is about a company and not about her.
    tells={
        **_DEAL,
        "competitor_id": Link("competitor", _("Competitor"), to="competitors"),
        "product": _("What they offer"),
        "price": Amount("price", _("Their price")),
        "is_incumbent": Flag("is_incumbent", _("Serves the customer today")),
        "info_source": _("Who says so"),
    },
)
hold(
    Partner,
    Personal(
        ties=[By("contact_id"), By("partner_id")],
        erases={"responsibility": ""},
        plain="role commitment",
    ),
    _("Partners in deals"),
    tells={
        **_DEAL,
        "partner_id": Link("partner", _("Partner"), to="customers"),
        "contact_id": Link("contact", _("Whom we speak to there"), to="contacts"),
        "role": Choice("role", _("Role of the partner"), options=choices.PARTNER_ROLES),
        "share": Percent("share", _("Share of the deal")),
        "responsibility": _("What it is responsible for"),
        "commitment": Choice("commitment", _("Commitment"), options=choices.COMMITMENTS),
    },
)
