"""Leads: the declaration from which lists, forms, pages, REST, import and search follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.attachments.carried import carry_files
from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Amount,
    AsGiven,
    Choice,
    Code,
    Day,
    Field,
    Flag,
    Label,
    Link,
    Links,
    LongText,
    Moment,
    Text,
    Whole,
)
from duyen.entities.history import name_verbs
from duyen.entities.importing.findings import tell_after_import
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.declared import Hanging
from duyen.entities.merging.hangings import hang
from duyen.entities.pages import Panel, Tab
from duyen.entities.personal.finding import same_person
from duyen.entities.quick import Quick, offer_quick
from duyen.entities.registry import entity_named, extend, register
from duyen.entities.restricted import close_erased
from duyen.entities.stand_ins import stand_in
from duyen.entities.twins.likeness import Meant
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.names.organisations import read_organisation
from duyen.kernel.numbering import CodePattern
from duyen.modules.activities.actions import follow_owners
from duyen.modules.consents.speaking import steps_of
from duyen.modules.leads import actions, choices, found, home, matching, panels, queries, reports, rules
from duyen.modules.leads.actions import ASSIGN, intake
from duyen.modules.leads.marks import WARNED, marks
from duyen.modules.leads.models import Lead
from duyen.modules.leads.personal import LEAD
from duyen.modules.leads.timeline import MILESTONES
from duyen.modules.leads.words import OPEN, SCORED, TELLING, Known, LeadState, Temperature
from duyen.modules.parties.queries import ESTABLISHMENTS, kind_by_name
from duyen.modules.parties.words import PartyKind

#: What a lead says of a party, it says in the same words, lists and columns.
_OF_PARTIES: Mapping[str, Field] = {each.name: each for each in entity_named("customers").declared.fields}


def _judge(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    if before is not None and before["state"] == LeadState.CONVERTED:
        told = gettext("This lead became a customer. Change the customer instead.")
        yield FieldProblem("", "converted", told)
    for each in rules.problems_of(
        has_phone=bool(after["phones"]),
        has_email=bool(after["emails"]),
        company=after["company"],
        is_establishment=after["kind"] in ESTABLISHMENTS,
        honorific=after["honorific"],
    ):
        yield FieldProblem(each.field, each.code, gettext(str(each.message)))


def _complete(values: dict[str, Any], _actor: Any) -> None:
    """Know the kind of who would buy, and the legal form, from the name, where nobody said."""
    named = values["company"] or values["name"]
    values["kind"] = rules.kind_of(
        values.get("kind") or "",
        values["company"],
        kind_by_name(named, tax_code=values.get("tax_code") or ""),
        ESTABLISHMENTS,
        PartyKind.ORGANISATION.value,
    )
    values["temperature"] = values.get("temperature") or Temperature.WARM.value
    if not values.get("legal_form") and values["kind"] in ESTABLISHMENTS:
        form = read_organisation(named).form
        known = _OF_PARTIES["legal_form"]
        option = known.held.by_code.get(form.value) if form and isinstance(known, Choice) else None
        values["legal_form"] = option.code if option and not option.is_retired else ""


def _why_keep(row: Mapping[str, Any]) -> Label | None:
    return _("it became a customer.") if row["state"] == LeadState.CONVERTED else None


_SORTS = (
    Sort("created_at", _("Created at"), "created_at", descending=True),
    Sort("first_due_at", _("First contact due"), "first_due_at", nullable=True),
    Sort("name", _("Name"), "name_key"),
    Sort("score", pgettext_lazy("lead", "Score"), "score", descending=True, nullable=True),
)
_BY_DUE = (_SORTS[1], _SORTS[0], *_SORTS[2:])
_FILTERS = (
    "state temperature source campaign owner unit kind industry legal_form province ward tags created_at"
    " first_due_at first_response_at next_action_on disqualify_reason revisit_on products current_provider"
    " provider_until collaborator customer score likelihood perhaps_known"
)
_LINE = "name company phones state score temperature source first_due_at owner created_at"
_STILL_OPEN = ("state", "in", [each.value for each in OPEN])
#: Of a conversion the lead says what came of it; what was given tells of all that people fill in.
_GIVEN = (
    "name honorific job_title phones emails company tax_code kind addresses industry legal_form size_band"
    " revenue_band tags source source_detail campaign referrer collaborator purpose products need budget"
    " wanted_by is_decider is_feasible current_provider provider_until temperature next_action_on note"
    " custom"
)

leads = Entity(
    model=Lead,
    name="leads",
    label=_("Lead"),
    labels=_("Leads"),
    icon="user-plus",
    key="t",
    party="customer_id",
    personal=LEAD,
    group=_("Sales"),
    code=CodePattern("KHTN-{unit}-{yy}-{n:06}"),
    fixed={"state": LeadState.NEW, "state_since": now},
    search="search",
    fields=[
        Text(
            "name",
            _("Full name"),
            required=True,
            max_length=250,
            sort="name_key",
            search=True,
            heads=_OF_PARTIES["name"].heads,
        ),
        Code("code", _("Code"), search=True),
        _OF_PARTIES["honorific"],
        Text("job_title", _("Job title"), max_length=120, heads=("chuc danh", "chuc vu")),
        _OF_PARTIES["phones"],
        _OF_PARTIES["emails"],
        Text(
            "company",
            pgettext_lazy("lead", "Company"),
            max_length=250,
            search=True,
            help=_("Whom they ask for. Left empty, they ask for themselves."),
            heads=("ten cong ty", "cong ty", "doanh nghiep", "to chuc"),
        ),
        replace(_OF_PARTIES["kind"], required=False, label=pgettext_lazy("lead", "Kind of customer")),
        _OF_PARTIES["tax_code"],
        _OF_PARTIES["addresses"],
        _OF_PARTIES["ward"],
        _OF_PARTIES["province"],
        _OF_PARTIES["address_status"],
        _OF_PARTIES["industry"],
        _OF_PARTIES["legal_form"],
        _OF_PARTIES["size_band"],
        _OF_PARTIES["revenue_band"],
        _OF_PARTIES["tags"],
        replace(_OF_PARTIES["source"], required=True),
        _OF_PARTIES["source_detail"],
        Link("campaign", pgettext_lazy("lead", "Campaign"), to="campaigns", heads=("chien dich",)),
        Link("referrer", pgettext_lazy("lead", "Referred by customer"), to="customers"),
        Link("collaborator", pgettext_lazy("lead", "Brought by"), to="users", heads=("cong tac vien", "ctv")),
        Choice(
            "purpose",
            pgettext_lazy("lead", "Purpose of collection"),
            options=choices.PURPOSES,
            required=True,
            default="ADVICE",
        ),
        Links(
            "products",
            pgettext_lazy("lead", "Products of interest"),
            to=("products",),
            column="product_ids",
        ),
        LongText("need", pgettext_lazy("lead", "What they need"), heads=("nhu cau",)),
        Amount("budget", pgettext_lazy("lead", "Their budget"), heads=("ngan sach",)),
        Day("wanted_by", pgettext_lazy("lead", "Wanted by")),
        Flag("is_decider", pgettext_lazy("lead", "Decides themselves")),
        Flag("is_feasible", pgettext_lazy("lead", "Address can be served: checked")),
        Link("current_provider", pgettext_lazy("lead", "Provider today"), to="competitors"),
        Day("provider_until", pgettext_lazy("lead", "Contract there ends on")),
        Choice(
            "temperature",
            pgettext_lazy("lead", "Temperature"),
            options=choices.TEMPERATURES,
            default=Temperature.WARM.value,
            badge=True,
        ),
        LongText("note", _("Note"), heads=("ghi chu",)),
        Moment("assigned_at", pgettext_lazy("lead", "Assigned at")),
        Moment("first_due_at", _("First contact due"), sort="first_due_at"),
        Moment("reclaim_at", pgettext_lazy("lead", "Goes back to the pool at")),
        Moment("first_response_at", _("First contact")),
        Day("next_action_on", pgettext_lazy("lead", "Next talk on")),
        Choice(
            "disqualify_reason",
            pgettext_lazy("lead", "Why it was given up"),
            options=choices.REASONS,
            editable=False,
        ),
        Day("revisit_on", pgettext_lazy("lead", "To be looked at again on"), editable=False),
        Link("duplicate_of", pgettext_lazy("lead", "Repeats the lead"), to="leads", editable=False),
        Whole("reopened", pgettext_lazy("lead", "Times taken up again"), editable=False),
        Link(
            "customer",
            pgettext_lazy("lead", "Customer"),
            to="customers",
            column="customer_id",
            editable=False,
        ),
        Link(
            "converted_contact",
            pgettext_lazy("lead", "Contact"),
            to="contacts",
            column="contact_id",
            editable=False,
        ),
        Link(
            "opportunity",
            pgettext_lazy("lead", "Opportunity"),
            to="opportunities",
            column="opportunity_id",
            editable=False,
        ),
        Moment("converted_at", pgettext_lazy("lead", "Became a customer at")),
        Whole(
            "score",
            pgettext_lazy("lead", "Score"),
            editable=False,
            most=100,
            sort="score",
            help=_("Points of 100 by the points model. Its parts stand on the page of the lead."),
        ),
        Whole(
            "likelihood",
            pgettext_lazy("lead", "Likely to become a customer (%)"),
            editable=False,
            most=100,
            help=_("As the company's own leads have shown. Empty where that tells no more than the points."),
        ),
        Choice(
            "perhaps_known",
            pgettext_lazy("lead", "Whom it may be"),
            options=choices.KNOWN,
            editable=False,
            help=_("A phone, e-mail or tax code, or the name and street, is that of somebody known."),
        ),
        AsGiven("raw", pgettext_lazy("lead", "As it was given")),
        Link("owner", _("Owner"), to="users", heads=("nhan vien phu trach", "nguoi phu trach", "nhan vien")),
        Link("unit", _("Unit"), to="units"),
        Moment("created_at", _("Created at"), sort="created_at"),
        Moment("updated_at", _("Changed at")),
    ],
    tells={"raw": _GIVEN, "score": SCORED, "likelihood": SCORED, "perhaps_known": TELLING},
    lists=[
        Listing(
            "open",
            pgettext_lazy("leads", "Open"),
            columns=_LINE,
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(_STILL_OPEN,),
        ),
        Listing(
            "mine",
            pgettext_lazy("leads", "Mine"),
            columns=(
                "name company phones state score temperature first_due_at next_action_on source created_at"
            ),
            sorts=_BY_DUE,
            filters=_FILTERS,
            opens=(("owner", "eq", "@me"), _STILL_OPEN),
        ),
        Listing(
            "queue",
            pgettext_lazy("leads", "To be assigned"),
            columns="name company phones temperature source campaign province unit created_at",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("state", "eq", LeadState.NEW.value),),
        ),
        Listing(
            "known",
            pgettext_lazy("leads", "May be known"),
            columns="name company phones state perhaps_known source owner unit created_at",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("perhaps_known", "in", [Known.PERHAPS.value]), _STILL_OPEN),
        ),
        Listing(
            "late",
            pgettext_lazy("leads", "First contact overdue"),
            columns=_LINE,
            sorts=_BY_DUE,
            filters=_FILTERS,
            opens=(
                ("state", "eq", LeadState.ASSIGNED.value),
                ("first_due_at", "lt", "@now"),
            ),
        ),
        Listing(
            "all", _("All"), columns=f"{_LINE} disqualify_reason customer", sorts=_SORTS, filters=_FILTERS
        ),
    ],
    form=[
        (_("Who it is"), ["honorific name", "job_title company", "kind tax_code"]),
        (_("How to reach them"), ["phones", "emails", "addresses"]),
        (
            pgettext_lazy("lead", "Where it comes from"),
            ["source source_detail", "campaign referrer", "collaborator purpose"],
        ),
        (
            pgettext_lazy("lead", "What they want"),
            [
                "products temperature",
                "need",
                "budget wanted_by",
                "is_decider is_feasible",
                "current_provider provider_until",
            ],
        ),
        (_("Classification"), ["industry legal_form", "size_band revenue_band", "tags"]),
        (_("Keeping"), ["owner unit", "next_action_on", "note"]),
    ],
    summary="company code source",
    facts="state score temperature phones first_due_at next_action_on owner unit",
    complete=_complete,
    rules=[_judge],
    merging=None,
    meant=Meant(matching.meant_by, keys_of="customers"),
    marks=marks,
    warned=WARNED,
    keeps=_why_keep,
    before_birth=actions.give_parties,
    lifecycle=actions.LIFECYCLE,
    rights={ASSIGN: _("Assign leads, take them back and take them up again")},
    actions=[actions.join, actions.stand_alone, actions.someone_new, *steps_of("leads", panels.speaker_of)],
    tabs=[
        Tab("consents", pgettext_lazy("tab", "Consents"), "consents/tab.html", panels.consents),
    ],
    panels=[
        Panel(
            "consents",
            pgettext_lazy("tab", "Consents"),
            "consents/panel.html",
            panels.consents_in_short,
        ),
        Panel(
            "clock",
            pgettext_lazy("lead panel", "First contact"),
            "leads/clock_panel.html",
            panels.clock,
            panels.is_assigned,
        ),
        Panel(
            "matches",
            pgettext_lazy("lead panel", "Perhaps the same"),
            "leads/matches_panel.html",
            panels.matches,
            matching.may_be_joined,
        ),
        Panel(
            "raw",
            pgettext_lazy("lead panel", "As it was given"),
            "leads/raw_panel.html",
            panels.as_given,
        ),
    ],
    grants={
        "SALES_REP": "own: read create change",
        "TELLER": "team: read create change",
        "COLLAB": "own: read create",
        "CARE_AGENT": "own: read create change",
        "TECHNICIAN": "own: read create",
        "MARKETER": "branch: read create change",
        "AREA_HEAD": f"area: read create change delete hand_over share {ASSIGN}",
        "SALES_MANAGER": f"branch: read create change delete hand_over share export {ASSIGN}",
        "DIRECTOR": f"all: read create change delete hand_over share export {ASSIGN}",
        "DPO": "all: read",
        "HQ_STEWARD": f"all: read create change delete hand_over share export {ASSIGN}",
    },
)

register(leads)
intake.start()
reports.contribute()
follow_owners(Lead, "leads")
_LEADS = _("Leads")
stand_in("parties", queries.behind)
same_person("parties", queries.put_away)
close_erased("leads", queries.about_erased)
hang(
    "parties",
    Hanging(Lead, ("party_id",), _LEADS),
    Hanging(Lead, ("firm_id",), _LEADS, is_told=False),
)
extend(
    "customers",
    panels=[
        Panel(
            "leads",
            pgettext_lazy("customer panel", "Leads"),
            "leads/customer_panel.html",
            panels.leads_of_customer,
        )
    ],
    timeline=[MILESTONES],
)
carry_files("customers", "leads", queries.with_files_on("customer_id"))
carry_files("opportunities", "leads", queries.with_files_on("opportunity_id"))
home.contribute()
name_verbs(
    {
        "leads.note_past": _("Past of leads brought in"),
        "leads.look_again": _("Looked again whom leads may be"),
    }
)
tell_after_import("leads", found.perhaps_known)
offer_quick(
    Quick(
        "lead",
        _("Lead"),
        icon="user-plus",
        entity="leads",
        lines=("name", "phones", "company", "source temperature", "need"),
        key="t",
        opens=True,
    ),
)
