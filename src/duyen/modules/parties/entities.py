"""Customers and contacts: the declarations from which lists, forms, pages, REST, import and search follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.attachments.declared import Files
from duyen.entities.completeness.declaring import Completeness, Item
from duyen.entities.entity import Entity, Part
from duyen.entities.fields import (
    Addresses,
    Choice,
    Code,
    Day,
    Emails,
    Field,
    Flag,
    Link,
    LongText,
    Moment,
    Phones,
    Province,
    Tags,
    TaxCodeField,
    Text,
    WardField,
)
from duyen.entities.fields.places import STATUSES
from duyen.entities.history import name_verbs
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.hangings import hang
from duyen.entities.pages import Lead, Panel, Tab
from duyen.entities.quick import Quick, offer_quick
from duyen.entities.registry import register
from duyen.entities.scope import Kind
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now, today
from duyen.kernel.errors import FieldProblem
from duyen.kernel.names.organisations import read_organisation
from duyen.kernel.numbering import CodePattern
from duyen.modules.parties import actions, approvals, choices, home, places, rules, suggestions, tabs
from duyen.modules.parties.business_cards import TAKE
from duyen.modules.parties.file_heads import CONTACT_NAME_HEADS, HEADS
from duyen.modules.parties.likeness import PARTY_DUPLICATES
from duyen.modules.parties.models import Party, Tie
from duyen.modules.parties.personal import PARTY
from duyen.modules.parties.relationship import RELATIONSHIP
from duyen.modules.parties.words import PartyKind, PartyRole, RelationshipState


def _role(role: PartyRole) -> Kind:
    return Kind(Q(role_mask__has=int(role)), f"({{t}}.role_mask & {int(role)}) <> 0")


def _judge(after: Mapping[str, Any], _before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    code = after.get("tax_code", "")
    found = rules.problems_of_a_party(
        kind=after.get("kind") or PartyKind.INDIVIDUAL,
        born_on=after.get("born_on"),
        honorific=after.get("honorific", ""),
        personal_code=code if len(code) == rules.PERSONAL_CODE_LENGTH else "",
        today=today(),
    )
    return (FieldProblem(each.field, each.code, gettext(str(each.message))) for each in found)


def _complete(values: dict[str, Any], _actor: Actor) -> None:
    """Recognise the legal form of an establishment from its name, where nobody gave one."""
    if not values.get("legal_form") and values.get("kind") in rules.ESTABLISHMENTS:
        form = read_organisation(values["name"]).form
        option = choices.LEGAL_FORMS.held().by_code.get(form.value) if form else None
        values["legal_form"] = option.code if option and not option.is_retired else ""


def _presume(values: dict[str, object]) -> None:
    """Know the kind of a customer that a file does not tell, by the legal form in the name or tax code."""
    if not values.get("kind"):
        code = str(values.get("tax_code") or "")
        values["kind"] = rules.kind_by_name(str(values.get("name") or ""), tax_code=code)


#: How the trail tells of a tie, on the pages of both ends.
_TIES = Part(
    "ties",
    _("Tie"),
    [
        Choice("kind", _("Tie"), options=choices.TIE_KINDS),
        Link("party", _("Who"), to="contacts"),
        Link("to_party", _("With whom"), to="customers"),
        Text("job_title", _("Job title")),
        Choice("role", _("Role"), options=choices.CONTACT_ROLES),
        Flag("is_main", _("Main contact")),
        Day("since", _("Since")),
        Day("until", _("Last day")),
        Text("note", _("Note")),
    ],
    model=Tie,
)

_identity: tuple[Field, ...] = (
    Text(
        "name",
        _("Name"),
        required=True,
        max_length=250,
        sort="name_key",
        search=True,
        parts=("family", "middle", "given"),
        heads=HEADS["name"],
    ),
    Code("code", _("Code")),
    Choice("honorific", _("Form of address"), options=choices.HONORIFICS, heads=HEADS["honorific"]),
    Phones("phones", _("Phones"), notes_column="phone_notes", search=True),
    Emails("emails", _("E-mails"), notes_column="email_notes", search=True),
    Addresses(
        "addresses",
        _("Addresses"),
        copies=(("ward_code", "ward_code"), ("province_code", "province_code"), ("address_status", "status")),
    ),
    WardField("ward", _("Ward, commune"), column="ward_code"),
    Province("province", _("Province, city"), column="province_code"),
    Choice("address_status", _("State of the addresses"), options=STATUSES, editable=False),
    Day("born_on", _("Birth date"), heads=HEADS["born_on"], lunar=True),
    Tags("tags", _("Tags"), vocabulary=choices.TAGS),
    LongText("note", _("Note"), heads=HEADS["note"]),
)

_business: tuple[Field, ...] = (
    TaxCodeField("tax_code", _("Tax code"), search=True),
    Choice("industry", _("Industry"), options=choices.INDUSTRIES, heads=HEADS["industry"]),
    Choice("legal_form", _("Legal form"), options=choices.LEGAL_FORMS),
    Choice("size_band", _("Size"), options=choices.SIZE_BANDS, heads=HEADS["size_band"]),
    Choice("revenue_band", _("Revenue"), options=choices.REVENUE_BANDS, heads=HEADS["revenue_band"]),
    Choice(
        "source",
        _("Source"),
        options=choices.SOURCES,
        other="OTHER",
        other_in="source_detail",
        heads=HEADS["source"],
    ),
    Text("source_detail", _("Source as given")),
)

_keeping: tuple[Field, ...] = (
    Link("owner", _("Owner"), to="users", heads=HEADS["owner"]),
    Link("unit", _("Unit"), to="units", heads=HEADS["unit"]),
    Moment("created_at", _("Created at"), sort="created_at"),
    Moment("updated_at", _("Changed at")),
)

#: By kind: what is asked of everybody we know, and of a firm beside that.
_FIRMS: dict[str, int] = dict.fromkeys((PartyKind.ORGANISATION, PartyKind.HOUSEHOLD_BUSINESS), 10)
_COMPLETE = Completeness(
    family="parties",
    label=_("Customers and contacts"),
    model=Party,
    split="kind",
    kinds=choices.KINDS,
    fields=(*_identity, *_business),
    items=[
        Item("phones emails", 30, _("Phone or e-mail")),
        Item("emails", 10),
        Item("addresses", 25),
        Item("honorific", {PartyKind.INDIVIDUAL: 10}),
        Item("born_on", {PartyKind.INDIVIDUAL: 25}),
        Item("tax_code", {**_FIRMS, PartyKind.ORGANISATION: 20, PartyKind.PUBLIC_BODY: 20}),
        Item("industry", {**_FIRMS, PartyKind.PUBLIC_BODY: 5}),
        Item("legal_form", {PartyKind.ORGANISATION: 5}),
        Item("size_band", {PartyKind.ORGANISATION: 5}),
        Item("revenue_band", {PartyKind.ORGANISATION: 5}),
        Item("source", {kind: 5 for kind in PartyKind if kind is not PartyKind.INDIVIDUAL}),
    ],
)

_ADDRESSES = Panel(
    "addresses",
    _("Address to check"),
    "parties/addresses_panel.html",
    places.addresses_panel,
    places.has_to_check,
)

_CARDS = (
    Lead("card", _("Card as a QR code"), "qr-code", is_dialog=True),
    Lead("card.vcf", _("Download the card"), "contact-round"),
)

#: Whose addresses somebody has to look at: split wards, names that fit several.
_TO_CHECK = (("address_status", "in", ["needs_review", "unknown"]),)

_SORTS = (
    Sort("name", _("Name"), "name_key"),
    Sort("given_name", _("Given name"), "given_key"),
    Sort("created_at", _("Created at"), "created_at", descending=True),
)

customers = Entity(
    model=Party,
    name="customers",
    label=_("Customer"),
    labels=_("Customers"),
    icon="building-2",
    personal=PARTY,
    key="k",
    family="parties",
    party="id",
    files=Files(watched=True),
    group=_("Sales"),
    kind=_role(PartyRole.CUSTOMER),
    code=CodePattern("KH-{unit}-{yy}-{n:06}"),
    fixed={
        "role_mask": int(PartyRole.CUSTOMER),
        "relationship_state": RelationshipState.ATTRACTING,
        "relationship_since": now,
    },
    search="search",
    fields=[
        *_identity,
        Choice(
            "kind",
            _("Kind"),
            required=True,
            options=choices.KINDS,
            badge=True,
            heads=HEADS["kind"],
        ),
        *_business,
        Flag("is_key_account", _("Key account")),
        Day("known_since", _("Customer since"), heads=HEADS["known_since"]),
        *_keeping,
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name relationship_state owner phones industry tax_code province created_at",
            sorts=_SORTS,
            filters="kind relationship_state owner unit industry province ward source is_key_account tax_code"
            " address_status completeness",
        ),
        Listing(
            "addresses",
            _("Addresses to check"),
            columns="name addresses address_status province owner phones",
            sorts=_SORTS,
            filters="address_status province ward owner unit kind",
            opens=_TO_CHECK,
        ),
    ],
    form=[
        (_("Who it is"), ["kind honorific", "name", "tax_code born_on"]),
        (_("How to reach them"), ["phones", "emails", "addresses"]),
        (
            _("Classification"),
            ["industry legal_form", "size_band revenue_band", "source source_detail", "is_key_account"],
        ),
        (_("Keeping"), ["owner unit", "known_since", "tags", "note"]),
    ],
    summary="industry tax_code addresses",
    facts="relationship_state phones owner unit",
    rules=[_judge],
    born=actions.born_customers,
    completeness=_COMPLETE,
    merging=actions.MERGING,
    presume=_presume,
    presumed=("kind",),
    duplicates=PARTY_DUPLICATES,
    for_all=("source",),
    complete=_complete,
    lifecycle=RELATIONSHIP,
    parts=[_TIES],
    actions=[
        actions.add_contact,
        actions.add_legal_representative,
        actions.set_parent,
        actions.add_household_member,
        actions.change_contact,
        actions.make_main_contact,
        actions.end_tie,
        actions.choose_ward_of_customer,
    ],
    tabs=[
        Tab(
            "contacts",
            pgettext_lazy("tab", "Contacts"),
            "parties/contacts.html",
            tabs.contacts_of,
            tabs.count_contacts,
            tabs.has_contacts,
        ),
        Tab("ties", _("Ties"), "parties/ties.html", tabs.ties_of),
    ],
    panels=[
        _ADDRESSES,
        Panel(
            "contacts", _("Contacts"), "parties/contacts_panel.html", tabs.contacts_panel, tabs.has_contacts
        ),
        Panel(
            "relationship",
            _("Phase of the relationship"),
            "parties/relationship_panel.html",
            tabs.relationship_of,
        ),
    ],
    around=[tabs.around],
    leads=[
        *_CARDS,
        Lead("contacts.vcf", _("Download the cards of its contacts"), "users", fits=tabs.has_contacts),
    ],
    grants={
        "SALES_REP": "own: read create change delete",
        "TELLER": "team: read create change",
        "COLLAB": "own: read create",
        "CARE_AGENT": "branch: read change",
        "TECHNICIAN": "area: read",
        "RECORDS_OFFICER": "branch: read change",
        "MARKETER": "branch: read",
        "ACCOUNTANT": "branch: read",
        "AREA_HEAD": "area: read create change delete hand_over share",
        "SALES_MANAGER": "branch: read create change delete hand_over share export",
        "DIRECTOR": "all: read create change delete hand_over share export terminate",
        "DPO": "all: read",
        "HQ_STEWARD": "all: read create change delete hand_over share export",
    },
    approvals=approvals.BY_VERB,
)

contacts = Entity(
    model=Party,
    name="contacts",
    label=_("Contact"),
    labels=_("Contacts"),
    icon="contact",
    personal=PARTY,
    key="n",
    family="parties",
    party="id",
    files=Files(watched=True),
    group=_("Sales"),
    kind=_role(PartyRole.CONTACT),
    code=CodePattern("LH-{unit}-{yy}-{n:06}"),
    fixed={"role_mask": int(PartyRole.CONTACT), "kind": PartyKind.INDIVIDUAL},
    search="search",
    fields=[replace(_identity[0], heads=CONTACT_NAME_HEADS), *_identity[1:], *_keeping],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name phones organisation job_title emails owner unit created_at",
            sorts=_SORTS,
            filters="owner unit province ward address_status",
        )
    ],
    form=[
        (_("Who it is"), ["honorific", "name", "born_on"]),
        (_("How to reach them"), ["phones", "emails", "addresses"]),
        (_("Keeping"), ["owner unit", "tags", "note"]),
    ],
    summary="phones emails",
    facts="phones owner unit",
    rules=[_judge],
    born=actions.born_contacts,
    completeness=_COMPLETE,
    merging=actions.MERGING,
    duplicates=PARTY_DUPLICATES,
    parts=[_TIES],
    beside=[actions.WORKPLACE],
    actions=[actions.become_customer, actions.choose_ward_of_contact],
    tabs=[Tab("ties", _("Ties"), "parties/ties.html", tabs.ties_of)],
    panels=[_ADDRESSES, Panel("workplaces", _("Works at"), "parties/workplaces_panel.html", tabs.ties_of)],
    leads=[*_CARDS],
    grants={role: given.replace(" terminate", "") for role, given in customers.grants.items()},
    approvals=approvals.BY_VERB,
)

register(customers, contacts)
hang("parties", *actions.HANGING)

name_verbs({"customers.tie_many": _("Ties brought in"), TAKE: _("Cards of the contacts downloaded")})
suggestions.contribute()
home.contribute()
offer_quick(
    Quick(
        "customer",
        _("Customer"),
        icon="building-2",
        entity="customers",
        lines=("kind", "name", "phones", "tax_code source"),
        key="k",
        opens=True,
    ),
    Quick(
        "contact",
        _("Contact"),
        icon="contact",
        entity="contacts",
        lines=("honorific name", "phones", "emails"),
        key="l",
        opens=True,
    ),
)
