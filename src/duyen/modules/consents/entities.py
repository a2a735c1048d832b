"""Consents and the texts that ask for them: the declarations from which pages, REST and rights follow."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Choice,
    Code,
    Day,
    Flag,
    Link,
    LongText,
    Moment,
    Several,
    Text,
    When,
    Whole,
)
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.declared import Hanging
from duyen.entities.merging.hangings import hang
from duyen.entities.pages import Panel, Tab
from duyen.entities.personal.declared import NOBODY
from duyen.entities.registry import extend, register
from duyen.entities.scope import Scope
from duyen.kernel.clock import now
from duyen.kernel.numbering import CodePattern
from duyen.modules.consents import choices, rules, tabs
from duyen.modules.consents.actions import CHECK_LIST, CORRECT, LIFECYCLE
from duyen.modules.consents.following import follow, follow_merged
from duyen.modules.consents.models import Consent, ConsentText, ContactMade, ContactRule
from duyen.modules.consents.personal import CONSENT
from duyen.modules.consents.speaking import steps_of
from duyen.modules.consents.words import ConsentState
from duyen.modules.consents.working_out import (
    complete_consent,
    complete_text,
    judge_consent,
    judge_rule,
    judge_text,
)

_GROUP = pgettext_lazy("navigation", "Marketing")
_NOTES = "read create change"
_KEEPS = f"{_NOTES} export {CORRECT}"

consent_texts = Entity(
    model=ConsentText,
    name="consent_texts",
    label=_("Consent text"),
    labels=_("Consent texts"),
    icon="file-text",
    group=_GROUP,
    under="/consents",
    scope=Scope(owner="", unit=""),
    files=None,
    search="search",
    merging=None,
    fields=[
        Text("name", _("Name"), required=True, max_length=200, sort="name_key", search=True),
        Whole("edition", pgettext_lazy("consent text", "Edition"), editable=False),
        Choice(
            "purpose",
            pgettext_lazy("consent", "Purpose"),
            options=choices.PURPOSES,
            required=True,
            badge=True,
            at_birth=True,
        ),
        Several(
            "channels",
            _("Channels"),
            required=True,
            known=lambda: choices.CHANNELS,
            filters=False,
            at_birth=True,
        ),
        Several(
            "data_kinds",
            _("Kinds of data"),
            required=True,
            known=lambda: choices.DATA_KINDS,
            filters=False,
            at_birth=True,
        ),
        Whole("most", _("Contacts at most"), least=1, most=rules.MOST_CONTACTS, at_birth=True),
        Choice("per", pgettext_lazy("contacts", "In one"), options=choices.PER, at_birth=True),
        Whole(
            "valid_months",
            _("Holds for so many months"),
            required=True,
            least=1,
            most=rules.LONGEST_VALID,
            default=24,
            at_birth=True,
        ),
        LongText(
            "words",
            pgettext_lazy("consent", "What people read"),
            required=True,
            max_length=8_000,
            at_birth=True,
            help=_("Who asks, what for, which data, by which ways, how often, and how to refuse."),
        ),
        Flag("is_active", _("In use"), default=True),
        Moment("created_at", _("Created at")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name edition purpose channels most per valid_months is_active",
            sorts=[Sort("name", _("Name"), "name_key")],
            filters="purpose is_active",
        )
    ],
    form=[
        (pgettext_lazy("consent text", "What it is for"), ["name", "purpose", "channels", "data_kinds"]),
        (pgettext_lazy("consent text", "What it promises"), ["most per", "valid_months"]),
        (pgettext_lazy("consent text", "What it says"), ["words", "is_active"]),
    ],
    summary="purpose edition",
    facts="purpose edition channels most per valid_months is_active",
    personal=NOBODY,
    complete=complete_text,
    worked_out=("edition",),
    rules=[judge_text],
    rules_ask=True,
    grants={
        **dict.fromkeys(
            (
                *("SALES_REP", "TELLER", "COLLAB", "CARE_AGENT", "TECHNICIAN", "RECORDS_OFFICER"),
                *("AREA_HEAD", "SALES_MANAGER", "MARKETER"),
            ),
            "all: read",
        ),
        **dict.fromkeys(("ADMIN", "DPO", "DIRECTOR", "HQ_STEWARD"), "all: read create change export"),
    },
)

_SORTS = (
    Sort("given_at", _("Given at"), "given_at", descending=True),
    Sort("expires_on", pgettext_lazy("consent", "Last day"), "expires_on"),
)
_FILTERS = "purpose state given_by given_at expires_on party text owner unit"

consents = Entity(
    model=Consent,
    name="consents",
    label=_("Consent"),
    labels=_("Consents"),
    icon="handshake",
    title="evidence",
    party="party_id",
    group=_GROUP,
    code=CodePattern("DY-{unit}-{yy}-{n:06}"),
    fixed={"state": ConsentState.GIVEN, "state_since": now},
    search="search",
    merging=None,
    fields=[
        Code("code", _("Code"), search=True),
        Link(
            "party",
            _("Who agreed"),
            to="customers",
            in_family=True,
            required=True,
            at_birth=True,
            heads=("khach hang", "nguoi dong y"),
        ),
        Link("text", _("Under which text"), to="consent_texts", required=True, at_birth=True),
        Choice(
            "purpose",
            pgettext_lazy("consent", "Purpose"),
            options=choices.PURPOSES,
            badge=True,
            editable=False,
        ),
        Several(
            "channels",
            _("Channels"),
            required=True,
            known=lambda: choices.CHANNELS,
            filters=False,
            at_birth=True,
            help=_("Only those that the person chose."),
        ),
        Several(
            "data_kinds", _("Kinds of data"), known=lambda: choices.DATA_KINDS, filters=False, editable=False
        ),
        Whole("most", _("Contacts at most"), editable=False),
        Choice("per", pgettext_lazy("contacts", "In one"), options=choices.PER, editable=False),
        Choice(
            "given_by",
            _("In which form"),
            options=choices.GIVEN_BY,
            required=True,
            at_birth=True,
            heads=("hinh thuc",),
        ),
        Text(
            "evidence",
            _("What proves it"),
            required=True,
            max_length=300,
            search=True,
            help=_("Number of the paper, name of the recording, address of the form. Attach the file too."),
            heads=("bang chung",),
        ),
        When(
            "given_at", _("Given at"), required=True, sort="given_at", at_birth=True, heads=("ngay dong y",)
        ),
        Day("expires_on", pgettext_lazy("consent", "Last day"), sort="expires_on", editable=False),
        Moment("withdrawn_at", _("Withdrawn at")),
        Several(
            "refused_channels",
            _("Channels withdrawn"),
            known=lambda: choices.CHANNELS,
            filters=False,
            editable=False,
        ),
        Choice("refused_by", _("How it was withdrawn"), options=choices.REFUSED_BY, editable=False),
        Text("refusal", pgettext_lazy("refusal", "What was said"), editable=False),
        LongText("note", _("Note"), max_length=2_000),
        Link("owner", _("Owner"), to="users"),
        Link("unit", _("Unit"), to="units"),
        Moment("created_at", _("Created at")),
        Moment("updated_at", _("Changed at")),
    ],
    lists=[
        Listing(
            "given",
            pgettext_lazy("consents", "Given"),
            columns="evidence party purpose channels given_by given_at expires_on owner",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("state", "in", [ConsentState.GIVEN.value]),),
        ),
        Listing(
            "withdrawn",
            pgettext_lazy("consents", "Withdrawn"),
            columns="evidence party purpose channels withdrawn_at refused_by refusal owner",
            sorts=_SORTS,
            filters=_FILTERS,
            opens=(("state", "in", [ConsentState.WITHDRAWN.value]),),
        ),
        Listing(
            "all",
            _("All"),
            columns="evidence party purpose channels state given_by given_at expires_on owner",
            sorts=_SORTS,
            filters=_FILTERS,
        ),
    ],
    form=[
        (pgettext_lazy("consent", "Who agreed to what"), ["party", "text", "channels"]),
        (pgettext_lazy("consent", "How it is proven"), ["given_by given_at", "evidence", "note"]),
    ],
    summary="code purpose",
    facts="state party purpose channels most per given_by given_at expires_on withdrawn_at refused_channels"
    " refused_by refusal owner unit",
    personal=CONSENT,
    complete=complete_consent,
    worked_out=("owner", "unit"),
    rules=[judge_consent],
    rules_ask=True,
    lifecycle=LIFECYCLE,
    tabs=[Tab("words", pgettext_lazy("consent", "What people read"), "consents/words.html", tabs.words_of)],
    rights={CORRECT: _("Set right what was noted by mistake")},
    grants={
        "SALES_REP": f"own: {_NOTES}",
        "TELLER": f"team: {_NOTES}",
        "COLLAB": "own: read create",
        "CARE_AGENT": f"branch: {_NOTES}",
        "TECHNICIAN": "area: read",
        "RECORDS_OFFICER": f"branch: {_NOTES}",
        "MARKETER": "branch: read export",
        "AREA_HEAD": f"area: {_NOTES}",
        "SALES_MANAGER": f"branch: {_NOTES} export",
        **dict.fromkeys(("DIRECTOR", "DPO", "HQ_STEWARD"), f"all: {_KEEPS}"),
    },
)

contact_rules = Entity(
    model=ContactRule,
    name="contact_rules",
    label=_("Rule of contact"),
    labels=_("Rules of contact of our own"),
    icon="scale",
    in_menu=False,
    group=_GROUP,
    scope=Scope(owner="", unit=""),
    title="basis",
    search="search",
    files=None,
    fields=[
        Text(
            "basis",
            _("Legal basis"),
            required=True,
            max_length=300,
            help=_("The law or decree that says so."),
        ),
        Choice("kind", pgettext_lazy("contact rule", "Rule"), required=True, options=choices.RULES),
        Day("since", pgettext_lazy("contact rule", "From"), required=True, sort="since"),
        Whole("first", _("From this hour"), most=23),
        Whole("last", _("Until this hour"), least=1, most=24),
        Whole("most", pgettext_lazy("contact rule", "Number"), least=1, most=1_000),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="basis kind since first last most",
            sorts=[Sort("since", pgettext_lazy("contact rule", "From"), "since", descending=True)],
            filters="kind since",
        )
    ],
    form=["kind", "since", "first last", "most", "basis"],
    summary="kind since",
    facts="kind since first last most",
    personal=NOBODY,
    rules=[judge_rule],
    rights={CHECK_LIST: _("Bring in the do-not-call list")},
    grants={
        "SALES_MANAGER": "all: read",
        "MARKETER": f"all: read {CHECK_LIST}",
        **dict.fromkeys(
            ("ADMIN", "DPO", "DIRECTOR", "HQ_STEWARD"),
            f"all: read create change delete export {CHECK_LIST}",
        ),
    },
)

register(consent_texts, consents, contact_rules)
hang(
    "parties",
    Hanging(Consent, ("party_id",), _("Consents"), settle=follow_merged),
    Hanging(ContactMade, ("party_id",), _("Contacts made"), is_told=False),
)
follow()
for _parties in ("customers", "contacts"):
    extend(
        _parties,
        actions=steps_of(_parties, lambda row: int(row["id"])),
        tabs=[
            Tab(
                "consents",
                pgettext_lazy("tab", "Consents"),
                "consents/tab.html",
                tabs.consents_of,
            )
        ],
        panels=[
            Panel(
                "consents",
                pgettext_lazy("tab", "Consents"),
                "consents/panel.html",
                tabs.consents_in_short,
            )
        ],
    )
