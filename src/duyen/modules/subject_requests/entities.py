"""Data requests: the declaration from which lists, form, pages, REST and search follow."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Code, Day, Flag, Link, LongText, Moment, Text, Whole
from duyen.entities.history import name_verbs
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel
from duyen.entities.registry import extend, register
from duyen.kernel.clock import now
from duyen.kernel.numbering import CodePattern
from duyen.modules.subject_requests import actions, choices, holding, panels
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.personal import SUBJECT_REQUEST
from duyen.modules.subject_requests.queries import FULFIL, is_about_erasing
from duyen.modules.subject_requests.words import OPEN, RequestState
from duyen.modules.subject_requests.working_out import born, complete, judge, why_keep

_LINE = "requester kind state due_at acknowledge_by owner"
_FILTERS = "kind state due_at acknowledge_by received_on received_by customer contact lead owner unit"
_SORTS = (
    Sort("due_at", pgettext_lazy("data request", "To be answered by"), "due_at"),
    Sort("created_at", _("Created at"), "created_at", descending=True),
    Sort("requester", _("Who asks"), "name_key"),
)
_OPEN = ("state", "in", [each.value for each in OPEN])
_NOTES = "read create change"

subject_requests = Entity(
    model=SubjectRequest,
    name="subject_requests",
    label=_("Data request"),
    labels=_("Data requests"),
    icon="shield-check",
    title="requester",
    group=pgettext_lazy("navigation", "Marketing"),
    under="/consents",
    code=CodePattern("YC-{unit}-{yy}-{n:06}"),
    fixed={"state": RequestState.RECEIVED, "state_since": now, "added_days": 0},
    search="search",
    personal=SUBJECT_REQUEST,
    fields=[
        Text("requester", _("Who asks"), required=True, max_length=200, sort="name_key", search=True),
        Code("code", _("Code"), search=True),
        Choice(
            "kind",
            pgettext_lazy("data request", "What is asked for"),
            options=choices.KINDS,
            required=True,
            badge=True,
        ),
        Link("customer", _("Customer"), to="customers", column="customer_id"),
        Link("contact", _("Contact"), to="contacts", column="contact_id"),
        Link(
            "lead",
            _("Lead"),
            to="leads",
            column="lead_id",
            help=_("Somebody who asked for something and is no customer yet: whoever speaks there."),
        ),
        Day("received_on", pgettext_lazy("data request", "Received on"), help=_("Left empty, today.")),
        Choice("received_by", pgettext_lazy("data request", "Came"), options=choices.WAYS, required=True),
        LongText("wish", _("What she asks for, in her words")),
        Flag(
            "through_processor",
            _("A processor has to stop, too"),
            help=_("Somebody outside works with her data for us: twenty days in place of fifteen."),
        ),
        Moment("acknowledge_by", _("To be acknowledged by")),
        Moment("acknowledged_at", pgettext_lazy("data request", "Acknowledged at")),
        Moment("due_at", pgettext_lazy("data request", "To be answered by"), sort="due_at"),
        Whole("added_days", _("Days added"), editable=False),
        Text("added_why", _("Why more time is needed"), editable=False),
        Choice("proven_by", _("Identity proven by"), options=choices.PROOFS, editable=False),
        Text("proof", _("What was seen"), editable=False),
        Moment("answered_at", _("Answered at")),
        LongText("answer", _("What was done and answered"), editable=False),
        Moment("lifted_at", _("Restriction lifted at")),
        Text("lifted_why", _("Why it was lifted"), editable=False),
        Link("owner", _("Handled by"), to="users"),
        Link("unit", _("Unit"), to="units"),
        Moment("created_at", _("Created at"), sort="created_at"),
        Moment("updated_at", _("Changed at")),
    ],
    lists=[
        Listing(
            "open",
            pgettext_lazy("data requests", "To be answered"),
            columns=_LINE,
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(_OPEN,),
        ),
        Listing(
            "overdue",
            pgettext_lazy("data requests", "Overdue"),
            columns=_LINE,
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("due_at", "lt", "@now"), _OPEN),
        ),
        Listing(
            "all",
            _("All"),
            columns="requester kind state received_on due_at answered_at owner",
            sorts=_SORTS,
            filters=_FILTERS,
        ),
    ],
    form=[
        (pgettext_lazy("data request", "Who"), ["requester received_by", "customer contact", "lead"]),
        (pgettext_lazy("data request", "What"), ["kind received_on", "wish", "through_processor"]),
        (_("Keeping"), ["owner unit"]),
    ],
    summary="code kind customer contact lead",
    facts="state due_at acknowledge_by acknowledged_at proven_by answered_at lifted_at owner",
    complete=complete,
    tells={"due_at": "kind received_on through_processor added_days", "acknowledge_by": "received_on"},
    rules=[judge],
    worked_out=("acknowledge_by", "due_at"),
    born=born,
    keeps=why_keep,
    merging=None,
    lifecycle=actions.LIFECYCLE,
    actions=[actions.copy_data, actions.erase_data, actions.lift, actions.choose_from_bin],
    panels=[
        Panel(
            "proof",
            _("Proof of erasure"),
            "subject_requests/proof_panel.html",
            panels.proof_of,
            is_about_erasing,
        ),
        Panel(
            "perhaps_hers",
            _("Perhaps hers as well"),
            "subject_requests/perhaps_hers_panel.html",
            panels.perhaps_hers,
            panels.is_open,
        ),
    ],
    rights={FULFIL: _("Answer data requests: prove identity, copy, erase")},
    grants={
        **dict.fromkeys(("SALES_REP", "COLLAB", "TECHNICIAN", "MARKETER"), f"own: {_NOTES}"),
        **dict.fromkeys(("TELLER", "CARE_AGENT", "RECORDS_OFFICER"), f"team: {_NOTES}"),
        **dict.fromkeys(("AREA_HEAD",), f"area: {_NOTES}"),
        **dict.fromkeys(("SALES_MANAGER",), f"branch: {_NOTES}"),
        "DIRECTOR": f"all: {_NOTES} hand_over export",
        "DPO": f"all: {_NOTES} delete hand_over export {FULFIL}",
        "HQ_STEWARD": "all: read",
    },
)

register(subject_requests)
holding.contribute()
for _name in ("customers", "contacts"):
    extend(
        _name,
        panels=[
            Panel(
                "restriction",
                _("Use of the data restricted"),
                "subject_requests/restriction_panel.html",
                panels.restriction_on,
                panels.is_person,
                above=True,
            ),
            Panel(
                "correction",
                _("Correction asked for"),
                "subject_requests/correction_panel.html",
                panels.correction_on(_name),
                panels.is_person,
                above=True,
            ),
        ],
    )
extend(
    "leads",
    panels=[
        Panel(
            "restriction",
            _("Use of the data restricted"),
            "subject_requests/restriction_panel.html",
            panels.restriction_on_lead,
            above=True,
        ),
        Panel(
            "correction",
            _("Correction asked for"),
            "subject_requests/correction_panel.html",
            panels.correction_on("leads"),
            above=True,
        ),
    ],
)
name_verbs(
    {
        "customers.erase": _("Erased the personal data"),
        "contacts.erase": _("Erased the personal data"),
        "customers.erasure_done": _("The erasure is done"),
        "contacts.erasure_done": _("The erasure is done"),
        "customers.copy_data": _("Copied the personal data"),
        "contacts.copy_data": _("Copied the personal data"),
        "customers.fetch_data": _("Fetched the copy of the personal data"),
        "contacts.fetch_data": _("Fetched the copy of the personal data"),
    }
)
