"""Opportunities: the declaration from which lists, forms, pages, REST, import and search follow."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity, Part, Rows
from duyen.entities.fields import (
    Amount,
    Choice,
    Code,
    Day,
    Flag,
    Link,
    Links,
    LongText,
    Moment,
    Percent,
    Text,
    When,
    Whole,
)
from duyen.entities.history import name_verbs
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.declared import Hanging, Same
from duyen.entities.merging.hangings import hang
from duyen.entities.pages import Panel, Tab
from duyen.entities.quick import Quick, offer_quick
from duyen.entities.registry import entity_named, extend, register
from duyen.kernel.clock import now
from duyen.kernel.numbering import CodePattern
from duyen.modules.opportunities import (
    actions,
    choices,
    home,
    on_customers,
    reports,
    rules,
    seeding,
    similar,
    stays,
    tabs,
)
from duyen.modules.opportunities.actions import CONFIRM
from duyen.modules.opportunities.actions.deals import is_under_way
from duyen.modules.opportunities.board import BY_CLOSE, BY_MONTH, BY_STAGE, UNDER_WAY_ONLY
from duyen.modules.opportunities.kept_entities import competitors, pipelines, stages
from duyen.modules.opportunities.marks import WARNED, marks
from duyen.modules.opportunities.models import Answer, Contact, Encounter, Line, Opportunity, Partner, Stay
from duyen.modules.opportunities.personal import OPPORTUNITY
from duyen.modules.opportunities.timeline import MILESTONES, PAST_DEALS
from duyen.modules.opportunities.words import DealState
from duyen.modules.opportunities.working_out import complete, judge

_SORTS = (
    Sort("expected_close", _("Expected close"), "expected_close"),
    Sort("created_at", _("Created at"), "created_at", descending=True),
    Sort("name", _("Name"), "name_key"),
)
_FILTERS = (
    "state stage pipeline type source campaign owner unit expected_close closed_on customer amount"
    " probability forecast loss_reason win_reason stage_since competitors lost_to price_gap days_in_stage"
    " days_taken role_count has_decider"
)
_LINE = "name customer stage amount probability expected_close owner"
_HEADS_SUM = ("gia tri", "gia tri du kien", "doanh thu du kien", "so tien")

opportunities = Entity(
    model=Opportunity,
    name="opportunities",
    label=_("Opportunity"),
    labels=_("Opportunities"),
    icon="target",
    personal=OPPORTUNITY,
    key="c",
    party="party_id",
    group=_("Sales"),
    code=CodePattern("CH-{unit}-{yy}-{n:06}"),
    fixed={"state": DealState.OPEN, "state_since": now, "stage_since": now},
    search="search",
    fields=[
        Text(
            "name",
            _("Name"),
            required=True,
            max_length=200,
            sort="name_key",
            search=True,
            heads=("ten co hoi", "co hoi"),
        ),
        Code("code", _("Code"), search=True),
        Link(
            "customer",
            pgettext_lazy("opportunity", "Customer"),
            to="customers",
            column="party_id",
            required=True,
            heads=("khach hang", "ma khach hang"),
        ),
        Link("pipeline", _("Pipeline"), to="pipelines", at_birth=True, heads=("quy trinh",)),
        Link("stage", _("Stage"), to="opportunity_stages", at_birth=True, heads=("giai doan",)),
        Choice(
            "type",
            pgettext_lazy("opportunity", "Type"),
            options=choices.TYPES,
            required=True,
            default="NEW_BUSINESS",
            badge=True,
            heads=("loai co hoi", "loai"),
        ),
        Choice(
            "source",
            pgettext_lazy("opportunity", "Where it came from"),
            options=entity_named("customers").field("source").options,  # type: ignore[attr-defined]
            required=True,
            heads=("nguon", "nguon co hoi"),
        ),
        Link("campaign", pgettext_lazy("opportunity", "Campaign"), to="campaigns", heads=("chien dich",)),
        Day(
            "expected_close",
            _("Expected close"),
            required=True,
            sort="expected_close",
            heads=("ngay ky vong", "ngay chot", "ngay du kien", "ngay dong du kien"),
        ),
        Amount(
            "amount",
            pgettext_lazy("opportunity", "Amount"),
            total="sum",
            help=_("Without VAT. Once products are entered, it is their sum over the whole term."),
            heads=_HEADS_SUM,
        ),
        Whole(
            "probability",
            _("Probability (%)"),
            most=100,
            help=_("Left empty, that of the stage."),
            heads=("xac suat", "ty le"),
        ),
        Amount("weighted", _("Weighted amount"), total="sum", editable=False),
        Choice("forecast", _("Forecast"), options=choices.FORECASTS),
        Amount("one_off", pgettext_lazy("opportunity", "One-off"), total="sum", editable=False),
        Amount("monthly", pgettext_lazy("opportunity", "Each month"), total="sum", editable=False),
        Whole("line_count", _("Lines of products"), editable=False),
        When(
            "stage_since",
            _("In this stage since"),
            at_birth=True,
            heads=("vao giai doan", "vao giai doan tu", "ngay vao giai doan"),
        ),
        Whole("steps_back", _("Steps back"), editable=False),
        Text("next_step", pgettext_lazy("opportunity", "Next step"), max_length=250),
        Amount("budget", pgettext_lazy("opportunity", "Budget of the customer")),
        LongText("pain_points", _("What the customer needs")),
        LongText("decision_process", _("How the customer decides")),
        Text("install_place", _("Place of installation"), max_length=250),
        Day("rival_contract_end", _("Contract with a competitor ends on")),
        Day(
            "closed_on",
            pgettext_lazy("opportunity", "Closed on"),
            at_birth=True,
            heads=("ngay dong", "ngay ket thuc"),
        ),
        Amount("actual_amount", pgettext_lazy("opportunity", "Actual amount"), total="sum", editable=False),
        Day("resume_on", pgettext_lazy("opportunity", "Rests until"), editable=False),
        Choice(
            "win_reason",
            pgettext_lazy("opportunity", "Why it was won"),
            options=choices.WIN_REASONS,
            at_birth=True,
            heads=("ly do thang",),
        ),
        Choice(
            "loss_reason",
            pgettext_lazy("opportunity", "Why it was lost"),
            options=choices.LOSS_REASONS,
            at_birth=True,
            heads=(
                "ly do thua",
                "ly do that bai",
            ),
        ),
        Choice(
            "cancel_reason",
            pgettext_lazy("opportunity", "Why it was cancelled"),
            options=choices.CANCEL_REASONS,
            at_birth=True,
            heads=("ly do huy",),
        ),
        Links(
            "competitors",
            pgettext_lazy("opportunity", "Competitors met"),
            to=("competitors",),
            column="competitor_ids",
            editable=False,
        ),
        Whole("role_count", _("Roles among the contacts"), editable=False),
        Flag("has_decider", _("Somebody who decides is known"), editable=False),
        Link("lost_to", _("Competitor who won"), to="competitors", editable=False),
        Amount("price_gap", _("Price gap"), editable=False),
        Whole("days_in_stage", _("Days in the last stage"), editable=False),
        Whole("days_taken", _("Days until it was closed"), editable=False),
        LongText("close_note", pgettext_lazy("opportunity", "How it ended"), editable=False),
        Link("owner", _("Owner"), to="users"),
        Link("unit", _("Unit"), to="units"),
        Moment("created_at", _("Created at"), sort="created_at"),
        Moment("updated_at", _("Changed at")),
    ],
    worked_out=("stage", "stage_since", "pipeline", "probability", "state", "actual_amount"),
    tells={
        "weighted": "amount probability",
        "line_count": "amount",
        "one_off": "amount",
        "monthly": "amount",
        "days_in_stage": "stage_since closed_on",
        "days_taken": "created_at closed_on",
    },
    lists=[
        Listing(
            "open",
            pgettext_lazy("opportunities", "Under way"),
            columns=_LINE,
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(UNDER_WAY_ONLY,),
        ),
        Listing(
            "mine",
            pgettext_lazy("opportunities", "Mine"),
            columns="name customer stage amount probability expected_close next_step",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("owner", "eq", "@me"), UNDER_WAY_ONLY),
        ),
        Listing(
            "closed",
            pgettext_lazy("opportunities", "Closed"),
            columns="name customer state stage closed_on days_taken actual_amount win_reason loss_reason"
            " lost_to owner",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("state", "in", ["WON", "LOST", "CANCELLED"]),),
        ),
        Listing("all", _("All"), columns=f"{_LINE} state", sorts=_SORTS, filters=_FILTERS),
    ],
    boards=[BY_STAGE],
    calendar=BY_CLOSE,
    months=BY_MONTH,
    marks=marks,
    warned=WARNED,
    form=[
        (pgettext_lazy("opportunity", "What"), ["name", "customer type", "source campaign"]),
        (
            pgettext_lazy("opportunity", "How it stands"),
            ["pipeline stage", "expected_close probability", "amount forecast", "next_step"],
        ),
        (
            _("What the customer wants"),
            ["pain_points", "budget rival_contract_end", "decision_process", "install_place"],
        ),
        (_("Keeping"), ["owner unit"]),
    ],
    summary="customer code source",
    facts="state stage amount probability weighted expected_close owner unit",
    complete=complete,
    rules=[judge],
    rules_ask=True,
    merging=None,
    lifecycle=actions.LIFECYCLE,
    actions=[
        actions.advance,
        actions.step_back,
        actions.settle_item,
        actions.unsettle_item,
        actions.add_line,
        actions.change_line,
        actions.remove_line,
        actions.add_deal_contact,
        actions.change_deal_contact,
        actions.remove_deal_contact,
        actions.add_partner,
        actions.change_partner,
        actions.file_commitment,
        actions.remove_partner,
        actions.add_competitor,
        actions.change_competitor,
        actions.remove_competitor,
    ],
    parts=[
        Part(
            "opportunity_lines",
            _("Product"),
            [
                Link("product", _("Product"), to="products"),
                Link("plan", pgettext_lazy("product", "Plan"), to="plans"),
                Whole("quantity", _("Quantity")),
                Amount("unit_price", _("Price that is agreed")),
                Whole("term_months", _("Term (months)")),
                Amount("total", pgettext_lazy("line", "Sum")),
            ],
            rows=Rows(Line, "opportunity_id", tells=("amount", "line_count")),
        ),
        Part(
            "opportunity_contacts",
            _("Contact of the deal"),
            [
                Link("contact", _("Contact"), to="contacts"),
                Choice("role", _("Role in the deal"), options=choices.ROLES),
                Flag("is_primary", _("Whom we speak to first")),
                Whole("influence", _("Influence")),
                Whole("strength", _("How well we know each other")),
            ],
            rows=Rows(Contact, "opportunity_id"),
        ),
        Part(
            "opportunity_partners",
            _("Partner of the deal"),
            [
                Link("partner", _("Partner"), to="customers"),
                Choice("role", _("Role of the partner"), options=choices.PARTNER_ROLES),
                Percent("share", _("Share of the deal")),
                Text("responsibility", _("What it is responsible for")),
                Choice("commitment", _("Commitment"), options=choices.COMMITMENTS),
                Link("contact", _("Whom we speak to there"), to="contacts"),
            ],
        ),
        Part(
            "encounters",
            _("Competitor on the deal"),
            [
                Link("competitor", _("Competitor"), to="competitors"),
                Text("product", _("What they offer")),
                Amount("price", _("Their price")),
                Whole("threat", _("Threat")),
                Flag("is_incumbent", _("Serves the customer today")),
                Flag("is_winner", _("Won the deal")),
            ],
        ),
        Part(
            "opportunity_stays",
            _("Stay in a stage"),
            [
                Link("stage", pgettext_lazy("stay", "Stage"), to="opportunity_stages"),
                Choice("left", pgettext_lazy("stay", "How it left the stage"), options=choices.LEAVINGS),
                Whole("days", pgettext_lazy("stay", "Days in the stage")),
            ],
            rows=Rows(
                Stay,
                "opportunity_id",
                tells=("stage", "stage_since", "state"),
                first="is_first",
                first_by={"stage": "is_first_there"},
            ),
        ),
        Part("opportunity_answers", _("Checklist"), [Text("item", _("Item of the checklist"))]),
    ],
    rights={CONFIRM: _("Take lost opportunities up again, and late ones back")},
    tabs=[
        Tab(
            "overview",
            pgettext_lazy("opportunity tab", "At a glance"),
            "opportunities/overview.html",
            tabs.overview_of,
        ),
        Tab(
            "todo",
            pgettext_lazy("opportunity tab", "To do"),
            "opportunities/todo.html",
            tabs.todo_of,
            tabs.count_todo,
        ),
        Tab(
            "contacts",
            pgettext_lazy("opportunity tab", "Contacts"),
            "opportunities/contacts.html",
            tabs.contacts_of,
            tabs.count_contacts,
        ),
        Tab(
            "partners",
            pgettext_lazy("opportunity tab", "Partners"),
            "opportunities/partners.html",
            tabs.partners_of,
            tabs.count_partners,
        ),
        Tab(
            "competitors",
            pgettext_lazy("opportunity tab", "Competitors"),
            "opportunities/competitors.html",
            tabs.competitors_of,
            tabs.count_competitors,
        ),
        Tab(
            "lines",
            pgettext_lazy("opportunity tab", "Products"),
            "opportunities/lines.html",
            tabs.lines_of,
            tabs.count_lines,
        ),
    ],
    panels=[
        Panel(
            "stage",
            pgettext_lazy("opportunity panel", "Progress"),
            "opportunities/stage_panel.html",
            tabs.stage_panel,
        ),
        Panel(
            "similar",
            pgettext_lazy("opportunity panel", "Similar deals of the past"),
            "opportunities/similar_panel.html",
            similar.similar_to,
            fits=is_under_way,
        ),
    ],
    grants={
        "SALES_REP": "own: read create change",
        "TELLER": "team: read create change",
        "COLLAB": "own: read create",
        "MARKETER": "branch: read",
        "ACCOUNTANT": "branch: read",
        "AREA_HEAD": f"area: read create change delete hand_over share {CONFIRM}",
        "SALES_MANAGER": f"branch: read create change delete hand_over share export {CONFIRM}",
        "DIRECTOR": f"all: read create change delete hand_over share export {CONFIRM}",
        "DPO": "all: read",
        "HQ_STEWARD": f"all: read create change delete hand_over share export {CONFIRM}",
    },
)

register(opportunities, pipelines, stages, competitors)

seeding.offer()
stays.follow()
home.contribute()
reports.contribute()
name_verbs(
    {
        "opportunities.note_past": _("Past of deals brought in"),
        "pipelines.seed": _("First pipeline made"),
    }
)

_DEALS = _("Opportunities")
hang(
    "parties",
    Hanging(Opportunity, ("party_id",), _DEALS),
    Hanging(Line, ("party_id",), _DEALS, is_told=False),
    Hanging(Answer, ("party_id",), _DEALS, is_told=False),
    Hanging(Encounter, ("party_id",), _DEALS, is_told=False),
    Hanging(Stay, ("party_id",), _DEALS, is_told=False),
    Hanging(Contact, ("party_id",), _DEALS, is_told=False),
    Hanging(
        Contact,
        ("contact_id",),
        _("Parts in opportunities"),
        same=[Same(("opportunity_id", "contact_id"))],
    ),
    Hanging(Partner, ("party_id",), _DEALS, is_told=False),
    Hanging(
        Partner,
        ("partner_id",),
        _("Deals as a partner"),
        same=[Same(("opportunity_id", "partner_id"), absorb=rules.one_partner)],
    ),
    Hanging(Partner, ("contact_id",), _DEALS, is_told=False),
)
extend(
    "customers",
    tabs=[
        Tab(
            "opportunities",
            pgettext_lazy("customer tab", "Opportunities"),
            "opportunities/customer_tab.html",
            tabs.deals_of_customer,
            tabs.count_deals_of_customer,
        )
    ],
    panels=[
        Panel(
            "opportunities",
            pgettext_lazy("customer panel", "Opportunities under way"),
            "opportunities/customer_panel.html",
            on_customers.open_deals,
        )
    ],
    timeline=[MILESTONES, PAST_DEALS],
)
offer_quick(
    Quick(
        "opportunity",
        _("Opportunity"),
        icon="target",
        entity="opportunities",
        lines=("name", "customer", "type source", "expected_close amount"),
        key="o",
        opens=True,
    ),
)
