"""Pipelines, their stages and competitors: kept by those who lead sales, read by all who sell."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Field, Flag, Link, LongText, Option, Several, Text, Whole
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel, Tab
from duyen.entities.personal.declared import NOBODY
from duyen.entities.registry import entity_named
from duyen.entities.scope import Scope
from duyen.modules.opportunities import actions, choices, tabs
from duyen.modules.opportunities.actions.moving import DECISION_MAKER, LINES
from duyen.modules.opportunities.models import Competitor, Pipeline, Stage

_COMPANY = Scope(owner="", unit="")
_KEEPS = "all: read create change delete export"
_SELLERS = ("SALES_REP", "TELLER", "COLLAB", "MARKETER", "ACCOUNTANT", "AREA_HEAD", "DPO")
_GRANTS = {
    **dict.fromkeys(_SELLERS, "all: read"),
    **dict.fromkeys(("SALES_MANAGER", "DIRECTOR", "HQ_STEWARD", "ADMIN"), _KEEPS),
}
#: What a stage may ask for before a deal leaves it, beside products and somebody who decides.
_ASKED = (
    *("amount", "forecast", "campaign", "next_step", "budget", "pain_points"),
    *("decision_process", "install_place", "rival_contract_end"),
)


def _required() -> Sequence[Option]:
    deals = entity_named("opportunities")
    found = [Option(name, deals.field(name).label) for name in _ASKED if name in deals.by_name]
    return [
        Option(LINES, _("At least one product")),
        Option(DECISION_MAKER, _("A contact who decides")),
        *found,
    ]


pipelines = Entity(
    model=Pipeline,
    name="pipelines",
    label=_("Pipeline"),
    labels=_("Pipelines"),
    icon="kanban",
    personal=NOBODY,
    group=_("Administration"),
    under="/opportunities",
    scope=_COMPANY,
    files=None,
    search="search",
    in_search=False,
    public_labels=True,
    order=("position",),
    merging=None,
    fields=[
        Text("name", _("Name"), required=True, max_length=120, sort="name_key", search=True),
        Whole(
            "position",
            pgettext_lazy("pipeline", "Place"),
            required=True,
            most=1_000,
            default=1,
            help=_("The first one is proposed for new opportunities."),
        ),
        LongText("note", pgettext_lazy("pipeline", "What it is for")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name position note",
            sorts=[
                Sort("position", pgettext_lazy("pipeline", "Place"), "position"),
                Sort("name", _("Name"), "name_key"),
            ],
        )
    ],
    form=["name", "position", "note"],
    facts="position note",
    keeps=actions.why_keep_pipeline,
    actions=[actions.raise_stage, actions.lower_stage],
    panels=[Panel("stages", _("Stages"), "opportunities/stages_panel.html", tabs.stages_of_pipeline)],
    grants=_GRANTS,
)

_STAGE_FIELDS: tuple[Field, ...] = (
    Text("name", _("Name"), required=True, max_length=80, search=True),
    Link("pipeline", _("Pipeline"), to="pipelines", required=True, at_birth=True),
    Whole("position", pgettext_lazy("stage", "Place"), required=True, most=1_000, default=1),
    Whole("probability", _("Probability (%)"), required=True, most=100),
    LongText(
        "checklist",
        _("Checklist"),
        max_length=4_000,
        help=_("One item a line. All are ticked before a deal goes on from here."),
    ),
    Several(
        "required",
        pgettext_lazy("stage", "What has to be there"),
        known=_required,
        help=_("Before a deal goes on from here."),
    ),
    Whole(
        "stale_after",
        _("Stale after so many days"),
        least=1,
        most=365,
        help=_("A deal that stands here for longer is marked. Left empty, none is."),
    ),
    Choice("tone", _("Colour"), options=choices.TONES, default="gray"),
    Flag("is_late", _("Deals are won from here"), help=_("Only who confirms takes a deal back from here.")),
)

stages = Entity(
    model=Stage,
    name="opportunity_stages",
    label=_("Stage of a pipeline"),
    labels=_("Stages of pipelines"),
    icon="milestone",
    personal=NOBODY,
    in_menu=False,
    group=_("Administration"),
    scope=_COMPANY,
    files=None,
    search="search",
    in_search=False,
    public_labels=True,
    order=("pipeline__position", "pipeline", "position"),
    told_apart_by="pipeline",
    merging=None,
    fields=_STAGE_FIELDS,
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name pipeline position probability stale_after is_late",
            sorts=[Sort("position", pgettext_lazy("stage", "Place"), "position")],
            filters="pipeline is_late",
        )
    ],
    form=["name", "pipeline position", "probability stale_after", "checklist", "required", "tone is_late"],
    summary="pipeline",
    facts="position probability stale_after is_late required",
    keeps=actions.why_keep_stage,
    actions=[actions.retire_stage],
    grants=_GRANTS,
)

competitors = Entity(
    model=Competitor,
    name="competitors",
    label=_("Competitor"),
    labels=_("Competitors"),
    icon="swords",
    personal=NOBODY,
    group=_("Sales"),
    under="/opportunities",
    scope=_COMPANY,
    search="search",
    merging=None,
    fields=[
        Text("name", _("Name"), required=True, max_length=160, sort="name_key", search=True),
        Text("website", _("Website"), max_length=200),
        LongText("strengths", pgettext_lazy("competitor", "What speaks for them"), max_length=4_000),
        LongText("weaknesses", pgettext_lazy("competitor", "What speaks against them"), max_length=4_000),
        LongText("counter", _("How we answer them"), max_length=4_000),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name website strengths weaknesses",
            sorts=[Sort("name", _("Name"), "name_key")],
        )
    ],
    form=["name", "website", "strengths", "weaknesses", "counter"],
    summary="website",
    facts="website",
    keeps=actions.why_keep_competitor,
    tabs=[
        Tab(
            "deals",
            pgettext_lazy("competitor tab", "Opportunities"),
            "opportunities/competitor_tab.html",
            tabs.deals_against,
        )
    ],
    grants={**_GRANTS, **dict.fromkeys(("SALES_REP", "AREA_HEAD"), "all: read create change")},
)
