"""Webhooks as an entity: subscriptions that administrators keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Flag, Link, Option, Several, Tags, Text
from duyen.entities.fields.base import own_path
from duyen.entities.listing import Listing, Sort
from duyen.entities.pages import Panel, Tab
from duyen.entities.personal.declared import NOBODY
from duyen.entities.refusals import said
from duyen.entities.registry import all_entities, register
from duyen.entities.scope import Scope
from duyen.foundation.webhooks import addresses, words
from duyen.foundation.webhooks import rules as events
from duyen.foundation.webhooks.models import Webhook
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.modules.administration import queries
from duyen.modules.administration.actions import webhooks as actions
from duyen.modules.administration.hook_tabs import deliveries, standing

#: What nobody is told of: the subscriptions themselves, and work in the background.
_UNTOLD = frozenset({"webhooks", "jobs"})

EVENTS = (
    Option(events.CREATED, _("Created")),
    Option(events.CHANGED, _("Changed, by whichever step")),
    Option(events.DELETED, _("Moved to the bin")),
    Option(events.RESTORED, _("Taken out of the bin")),
    Option(events.MERGED, _("Merged")),
)
REASONS = (
    Option(words.NEW, _("New: it was not switched on yet"), "gray"),
    Option(words.BY_HAND, _("Paused by hand"), "gray"),
    Option(words.FAILING, _("Paused by itself: deliveries failed for too long"), "red"),
    Option(words.GONE, _("Paused by itself: the receiver said that it is gone for good"), "red"),
    Option(words.USER_GONE, _("Paused by itself: its user may no longer sign in"), "red"),
)


def told_entities() -> Sequence[Option]:
    """List the entities of which a webhook can tell."""
    return [Option(each.name, each.labels) for each in all_entities() if each.name not in _UNTOLD]


def told_events() -> Sequence[Option]:
    """List the events, and behind them the steps that a webhook can ask for by name."""
    steps = [
        Option(step.name, _step_label(each, step.label))
        for each in all_entities()
        for step in each.actions
        if each.name not in _UNTOLD
    ]
    return [*EVENTS, *steps]


def _step_label(entity: Entity, label: Any) -> Any:
    return _("%(entities)s: %(step)s") % {"entities": str(entity.labels), "step": str(label)}


def _judge(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    try:
        allow = addresses.allowed()
        addresses.refuse_inside(addresses.read_address(after["address"], allow=allow), allow=allow)
    except DomainError as error:
        yield FieldProblem("address", error.code, said(error))
    if not after["entities"]:
        yield FieldProblem("entities", "required", _("Choose at least one kind of record."))
    if not after["events"]:
        yield FieldProblem("events", "required", _("Choose at least one event."))
    unknown = [word for word in after["fields"] if not _is_field(word, after["entities"])]
    if unknown:
        sentence = _("“%(word)s” is no field of the chosen records. Write it as customers.phones.")
        yield FieldProblem("fields", "unknown_field", sentence % {"word": unknown[0]})
    is_other = before is None or before["user"] != after["user"]
    if is_other and after["user"] and not queries.may_sign_in(after["user"]):
        yield FieldProblem("user", "locked", _("This user may not sign in. Choose another one."))


def _is_field(word: str, entities: Sequence[str]) -> bool:
    name, _dot, field = own_path(word).partition(".")
    entity = next((each for each in all_entities() if each.name == name), None)
    return name in entities and entity is not None and field in entity.by_name


webhooks = Entity(
    model=Webhook,
    name="webhooks",
    label=_("Webhook"),
    labels=_("Webhooks"),
    icon="webhook",
    personal=NOBODY,
    group=_("Keeping it running"),
    under="/settings",
    scope=Scope(owner="", unit=""),
    fixed={"is_on": False, "why_paused": words.NEW},
    fields=[
        Text("name", _("Name"), required=True, max_length=120),
        Text(
            "address",
            _("Address"),
            required=True,
            max_length=addresses.MOST_LETTERS,
            help=_("Where it is sent to: https://…"),
        ),
        Link(
            "user",
            _("Reads as"),
            to="users",
            required=True,
            help=_("Only what this user may read goes out, as her rights stand at the moment of sending."),
        ),
        Several("entities", _("Kinds of record"), required=True, known=told_entities, filters=False),
        Several("events", _("Events"), required=True, known=told_events, filters=False),
        Tags(
            "fields",
            _("Only when one of these fields changes"),
            filters=False,
            help=_("Such as customers.phones, customers.owner. Left empty, every change is told."),
        ),
        Flag("is_on", _("On"), editable=False),
        Choice("why_paused", _("Why paused"), options=REASONS, editable=False),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name address entities events user is_on why_paused",
            sorts=[Sort("name", _("Name"), "name")],
            filters="is_on why_paused user",
        )
    ],
    form=["name", "address", "user", "entities", "events", "fields"],
    summary="address",
    rules=[_judge],
    rules_ask=True,
    actions=[actions.resume, actions.pause, actions.send_ping, actions.replay_failed],
    tabs=[Tab("deliveries", _("Deliveries"), "administration/deliveries.html", deliveries)],
    panels=[Panel("standing", _("How it stands"), "administration/hook_standing.html", standing)],
    grants={"ADMIN": "all: read create change delete"},
)

register(webhooks)
