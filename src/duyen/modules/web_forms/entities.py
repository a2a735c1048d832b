"""Web forms: the declaration from which list, form, page and rights follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Code, Flag, Link, Links, LongText, Moment, Several, Text, Whole
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel
from duyen.entities.personal.declared import NOBODY
from duyen.entities.personal.holding import hold
from duyen.entities.registry import entity_named, register
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.kernel.numbering import CodePattern
from duyen.modules.web_forms import panels, queries, rules
from duyen.modules.web_forms.actions import new_key
from duyen.modules.web_forms.models import Entry, WebForm

_KEEPS = "read create change delete hand_over share export"
_OF_LEADS = {each.name: each for each in entity_named("leads").declared.fields}
_SORTS = (
    Sort("name", _("Name"), "name_key"),
    Sort("created_at", _("Created at"), "created_at", descending=True),
)
_FILTERS = "is_open campaign source owner unit"


def _judge(after: Mapping[str, Any], _before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    found = rules.problems_of(
        asked=after["asked"],
        needed=after["needed"],
        has_products=bool(after["products"]),
        next_url=after["next_url"],
        sites=after["sites"],
    )
    return (FieldProblem(each.field, each.code, gettext(str(each.message))) for each in found)


def _complete(values: dict[str, Any], _actor: Actor) -> None:
    """Give a new form its address; one that is changed keeps it, for it stands on websites and in print."""
    values["address"] = values.get("address") or new_key()


web_forms = Entity(
    model=WebForm,
    name="web_forms",
    label=_("Web form"),
    labels=_("Web forms"),
    icon="clipboard-list",
    personal=NOBODY,
    group=pgettext_lazy("navigation", "Marketing"),
    under="/leads",
    code=CodePattern("BM-{unit}-{yy}-{n:04}"),
    search="search",
    worked_out=("address",),
    fields=[
        Text(
            "name",
            _("Name"),
            required=True,
            max_length=200,
            sort="name_key",
            search=True,
            help=_("Only colleagues see it."),
        ),
        Code("code", _("Code"), search=True),
        Text("title", pgettext_lazy("web form", "Heading"), required=True, max_length=200, search=True),
        LongText("intro", pgettext_lazy("web form", "Words above the form"), max_length=2_000),
        Several(
            "asked",
            pgettext_lazy("web form", "Asks for, beside the name"),
            required=True,
            known=queries.asked_options,
            filters=False,
        ),
        Several(
            "needed",
            pgettext_lazy("web form", "Must be filled in"),
            known=queries.asked_options,
            filters=False,
        ),
        Links(
            "products",
            pgettext_lazy("web form", "Products to choose from"),
            to=("products",),
            column="product_ids",
            help=_("The address may name one, as in ?product= and its code."),
        ),
        replace(
            _OF_LEADS["source"],
            help=_("Unless the address says otherwise, as in ?source=FACEBOOK."),
        ),
        Link(
            "campaign",
            pgettext_lazy("web form", "Campaign"),
            to="campaigns",
            help=_("Unless the address says otherwise, as in ?campaign= and its code."),
        ),
        _OF_LEADS["purpose"],
        Link(
            "consent_text",
            pgettext_lazy("web form", "Asks for consent under"),
            to="consent_texts",
            help=_("Visitors tick it themselves. Without a tick no advertising may reach them."),
        ),
        LongText(
            "privacy",
            pgettext_lazy("web form", "What happens to the data"),
            required=True,
            max_length=4_000,
            help=_("Who keeps them, what for, how long, and how to have them corrected or deleted."),
        ),
        LongText("thanks", pgettext_lazy("web form", "Words of thanks"), max_length=2_000),
        Text(
            "next_url",
            pgettext_lazy("web form", "Address to go on to"),
            max_length=500,
            help=_("Offered as a link after sending."),
        ),
        LongText(
            "sites",
            pgettext_lazy("web form", "Websites that show it"),
            max_length=2_000,
            help=_("One a line, as https://www.example.vn. Left empty, it opens by its own address alone."),
        ),
        Text("address", pgettext_lazy("web form", "Key of the address"), column="key", editable=False),
        Flag("is_open", pgettext_lazy("web form", "Takes new leads"), default=True),
        Whole(
            "per_caller",
            pgettext_lazy("web form", "Most from one network in ten minutes"),
            required=True,
            least=1,
            most=rules.MOST_PER_CALLER,
            default=rules.PER_CALLER,
            filters=False,
            help=_("Raise it where visitors fill the form in on one device, as at a counter or a fair."),
        ),
        Link("owner", _("Owner"), to="users"),
        Link("unit", pgettext_lazy("web form", "Unit that gets the leads"), to="units"),
        Moment("created_at", _("Created at"), sort="created_at"),
        Moment("updated_at", _("Changed at")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name title is_open source campaign unit owner created_at",
            sorts=_SORTS,
            filters=_FILTERS,
        ),
    ],
    form=[
        (
            pgettext_lazy("web form", "What visitors see"),
            ["name", "title", "intro", "asked", "needed", "products"],
        ),
        (
            pgettext_lazy("web form", "Their data"),
            ["purpose", "privacy", "consent_text"],
        ),
        (pgettext_lazy("web form", "After sending"), ["thanks", "next_url"]),
        (_("Where it comes from"), ["source campaign"]),
        (_("Keeping"), ["is_open", "per_caller", "sites", "owner unit"]),
    ],
    summary="title code",
    facts="is_open source campaign unit owner",
    complete=_complete,
    rules=[_judge],
    merging=None,
    panels=[
        Panel(
            "address",
            pgettext_lazy("web form", "Its address"),
            "web_forms/address_panel.html",
            panels.address,
        ),
    ],
    grants={
        **dict.fromkeys(("SALES_REP", "TELLER", "CARE_AGENT", "AREA_HEAD", "DPO"), "all: read"),
        **dict.fromkeys(("MARKETER", "SALES_MANAGER"), f"branch: {_KEEPS}"),
        **dict.fromkeys(("DIRECTOR", "HQ_STEWARD"), f"all: {_KEEPS}"),
    },
)

register(web_forms)
#: The digest of a network fades with its day, and by the id of a lead nobody is known once that is erased.
hold(Entry, NOBODY)
