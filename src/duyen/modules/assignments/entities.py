"""Assignment rules: the declaration from which list, form, page and rights follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Choice,
    Flag,
    Link,
    Links,
    LongText,
    Moment,
    Option,
    People,
    Several,
    Text,
    Whole,
)
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Lead, Panel
from duyen.entities.personal.declared import NOBODY
from duyen.entities.personal.holding import hold
from duyen.entities.registry import entity_named, extend, register
from duyen.entities.scope import Scope
from duyen.kernel.errors import FieldProblem
from duyen.modules.assignments import choices, panels, queries, rules
from duyen.modules.assignments.models import Assigned, AssignmentRule
from duyen.modules.assignments.words import Way

_KEEPS = "read create change delete"
TRY = "try"


def _options(name: str) -> Sequence[Option]:
    """Give what a field of leads offers to choose from."""
    field = entity_named("leads").field(name)
    return field.held.offered if isinstance(field, Choice) else ()


def _judge(after: Mapping[str, Any], _before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    people = after["people"]
    barred = set(people) - queries.able(people)
    unknown = queries.names_of(barred)
    names = ", ".join(unknown.values())
    unread = rules.read_wards(after["wards"])[1]
    told = {"names": names, "line": unread[0][:60] if unread else ""}
    for each in rules.problems_of(is_on=after["is_on"], people=people, unknown=unknown, wards=after["wards"]):
        yield FieldProblem(each.field, each.code, gettext(str(each.message)) % told)


assignment_rules = Entity(
    model=AssignmentRule,
    name="assignment_rules",
    label=_("Assignment rule"),
    labels=_("Assignment rules"),
    icon="list-ordered",
    personal=NOBODY,
    group=_("Sales"),
    under="/leads",
    scope=Scope(owner="", unit=""),
    search="search",
    files=None,
    merging=None,
    fields=[
        Text("name", _("Name"), required=True, max_length=200, sort="name_key", search=True),
        Whole(
            "position",
            pgettext_lazy("assignment", "Place in the order"),
            required=True,
            least=1,
            most=9_999,
            default=100,
            sort="position",
            help=_("Of all rules that fit a lead the first one counts."),
        ),
        Flag(
            "is_on",
            pgettext_lazy("assignment", "Switched on"),
            help=_("Try it on last month's leads before."),
        ),
        Several(
            "sources", pgettext_lazy("assignment", "Sources"), known=lambda: _options("source"), filters=False
        ),
        Several(
            "temperatures",
            pgettext_lazy("assignment", "Temperatures"),
            known=lambda: _options("temperature"),
            filters=False,
        ),
        Several(
            "provinces",
            pgettext_lazy("assignment", "Provinces"),
            known=lambda: _options("province"),
            filters=False,
        ),
        LongText(
            "wards",
            pgettext_lazy("assignment", "Wards, communes"),
            help=_(
                "One a line with its province, as Hồng Bàng, Hải Phòng. Left empty, all of the provinces."
            ),
        ),
        Links("products", pgettext_lazy("assignment", "Products"), to=("products",), column="product_ids"),
        Link("campaign", pgettext_lazy("assignment", "Campaign"), to="campaigns"),
        People(
            "people",
            pgettext_lazy("assignment", "Who gets them"),
            column="user_ids",
            help=_("In this order, where they come one after the other."),
        ),
        Choice(
            "way",
            pgettext_lazy("assignment", "How"),
            options=choices.WAYS,
            required=True,
            default=Way.IN_TURN.value,
        ),
        Whole(
            "most_open",
            pgettext_lazy("assignment", "Open leads a person at most"),
            least=1,
            most=10_000,
            help=_("Whoever has so many gets no more until some are closed."),
        ),
        Flag(
            "only_in_hours",
            pgettext_lazy("assignment", "In working hours only"),
            help=_("What comes at night waits for the morning, by the calendar of the unit."),
        ),
        Link(
            "unit",
            pgettext_lazy("assignment", "Unit of the leads from then on"),
            to="units",
            help=_("Left empty, where their new owner works."),
        ),
        Moment("created_at", _("Created at")),
        Moment("updated_at", _("Changed at")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name position is_on sources provinces people way most_open",
            sorts=(
                Sort("position", pgettext_lazy("assignment", "Place in the order"), "position"),
                Sort("name", _("Name"), "name_key"),
            ),
            filters="is_on way",
        ),
    ],
    form=[
        (pgettext_lazy("assignment", "The rule"), ["name position", "is_on"]),
        (
            pgettext_lazy("assignment", "Which leads"),
            ["sources", "temperatures", "provinces", "wards", "products", "campaign"],
        ),
        (
            pgettext_lazy("assignment", "To whom"),
            ["people", "way most_open", "only_in_hours", "unit"],
        ),
    ],
    summary="position way",
    facts="is_on position way most_open only_in_hours unit",
    rules=[_judge],
    leads=[Lead(TRY, _("Try it on last month's leads"), "play")],
    panels=[
        Panel(
            "brought",
            pgettext_lazy("assignment", "What it does"),
            "assignments/panel.html",
            panels.brought,
        ),
    ],
    grants={
        "AREA_HEAD": "all: read",
        **dict.fromkeys(("SALES_MANAGER", "DIRECTOR", "HQ_STEWARD"), f"all: {_KEEPS}"),
    },
)

register(assignment_rules)
extend(
    "leads",
    panels=[
        Panel(
            "given",
            pgettext_lazy("lead panel", "Given to its owner"),
            "assignments/lead_panel.html",
            panels.given,
            panels.has_owner,
            before="matches",
        )
    ],
)
hold(Assigned, NOBODY)
