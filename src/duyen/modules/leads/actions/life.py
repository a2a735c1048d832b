"""The life of a lead: its states, the commands between them, and what stands against each (process §2.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Choice, Day, Label, Link, Text
from duyen.entities.guards import Across, Against
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.kernel.working_time import add_working_time
from duyen.modules.activities.actions import plan
from duyen.modules.activities.words import ActivityKind
from duyen.modules.consents.actions import refuse, refusing
from duyen.modules.consents.words import Channel
from duyen.modules.leads import choices, queries, rules
from duyen.modules.leads.actions.converting import CONVERT, UNCONVERT
from duyen.modules.leads.notices import TAKEN_BACK
from duyen.modules.leads.words import OPEN, Lack, LeadState, Reason

#: The right to say who works on a lead: to assign it, to take it back, to take it up again.
ASSIGN = "assign"
Row = Mapping[str, Any]
_LACKS = {
    Lack.NEED: mark("say what they need."),
    Lack.PRODUCT: mark("name a product that they are interested in."),
    Lack.BUDGET_OR_DAY: mark("give their budget, or by when they want it."),
    Lack.FEASIBILITY: mark("check whether their address can be served, and tick it."),
}
#: The question that consents ask as well, here of those alone who want no contact.
_HOW_REFUSED = replace(refusing("leads").asks[0], required=False)
_NOTE = Text("note", pgettext_lazy("lead", "Why"), required=True, max_length=300)


def clock_from(moment: dt.datetime, *, temperature: str, unit_id: int) -> dict[str, Any]:
    """Give the columns of the clock of the first contact, started at `moment`, by the unit's calendar."""
    hours, within = working_time_of_unit(unit_id), rules.first_contact_within(temperature)
    return {
        "assigned_at": moment,
        "first_due_at": add_working_time(moment, within, hours),
        "reclaim_at": add_working_time(moment, within * rules.RECLAIM_AFTER, hours),
    }


def _assigned(_actor: Actor, row: Row, asked: Row) -> Row:
    unit_id = asked["unit"] or queries.home_of(asked["owner"]) or row["unit_id"]
    if not queries.is_active(asked["owner"]):
        told = _("This person has no access any more. Choose somebody else.")
        raise InvalidValues([FieldProblem("owner", "inactive", told)])
    if not queries.may_work(asked["owner"]):
        told = _("This person does not work on leads. Choose somebody else.")
        raise InvalidValues([FieldProblem("owner", "unable", told)])
    started = clock_from(now(), temperature=row["temperature"], unit_id=unit_id)
    return {"owner_id": asked["owner"], "unit_id": unit_id, **started}


def _taken(actor: Actor, row: Row, _asked: Row) -> Row:
    return {
        "owner_id": actor.user_id,
        **clock_from(now(), temperature=row["temperature"], unit_id=row["unit_id"]),
    }


def _reclaimed(actor: Actor, row: Row, _asked: Row) -> Row:
    """Take it from its owner, and tell her: the lead is no longer among hers, and she would only wonder."""
    notify(
        {row["owner_id"]} - {None},
        TAKEN_BACK,
        entity="leads",
        record_id=row["id"],
        actor=actor,
        fold=TAKEN_BACK,
    )
    return {"owner_id": None, "assigned_at": None, "first_due_at": None, "reclaim_at": None}


def _too_early_to_reclaim(row: Row) -> Label | None:
    """A lead goes back when twice the time of its first contact has passed."""
    if row["reclaim_at"] is None or row["reclaim_at"] <= now():
        return None
    return _("its owner still has time to speak to them.")


def _untouched(_actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    """Somebody who was in touch keeps the lead."""
    touched = queries.touched([row["id"] for row in rows])
    return {each: [_("somebody was in touch with them since it was assigned.")] for each in touched}


def _spoken_to(_actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    """Being in touch is a call, a visit or a message that is done and has a result."""
    met = queries.first_contacts([row["id"] for row in rows])
    told = _("no call, meeting or message with a result stands on its timeline. Log one first.")
    return {row["id"]: [told] for row in rows if row["id"] not in met}


def _contacted(_actor: Actor, row: Row, _asked: Row) -> Row:
    return {"first_response_at": queries.first_contacts([row["id"]])[row["id"]]}


def _worth_a_deal(row: Row) -> Iterator[str]:
    """Say all that a lead lacks to be qualified, one sentence each."""
    for lack in rules.what_it_lacks(
        need=row["need"],
        has_product=bool(row["product_ids"]),
        budget=row["budget"],
        wanted_by=row["wanted_by"],
        is_decider=row["is_decider"],
        is_feasible=row["is_feasible"],
    ):
        yield gettext(_LACKS[lack])


def _nurtured(_actor: Actor, _row: Row, asked: Row) -> Row:
    _refuse(rules.problems_of_next(asked["next_action_on"], today()))
    return {"next_action_on": asked["next_action_on"]}


def _plan_next(actor: Actor, row: Row, asked: Row) -> None:
    """Put the next talk among the tasks of whoever keeps the lead."""
    due = dt.datetime.combine(asked["next_action_on"], dt.time(17), ZONE)
    subject = gettext("Speak again to %(name)s") % {"name": row["name"]}
    keeper = {"owner": row["owner_id"], "unit": row["unit_id"]} if row["owner_id"] else {}
    with trail.within():
        plan(
            ActivityKind.TASK,
            subject[:250],
            actor=actor,
            about=[("leads", row["id"])],
            due_at=due,
            body=asked["note"],
            **keeper,
        )


def _given_up(actor: Actor, row: Row, asked: Row) -> Row:
    _refuse(rules.problems_of_revisit(asked["revisit_on"], today()))
    if asked["disqualify_reason"] == Reason.NO_CONTACT_WANTED and not asked["refused_by"]:
        told = _("Say how they refused, so that it can be proven.")
        raise InvalidValues([FieldProblem("refused_by", "required", told)])
    other = asked["duplicate_of"]
    if other is not None and not queries.may_be_named(actor, other, row["id"]):
        told = _("There is no such record, or it is not open to you. Choose another one.")
        raise InvalidValues([FieldProblem("duplicate_of", "link", told)])
    return {
        "disqualify_reason": asked["disqualify_reason"],
        "revisit_on": asked["revisit_on"],
        "duplicate_of_id": other,
    }


def _refused_contact(_actor: Actor, row: Row, asked: Row) -> None:
    """Whoever wants no contact is not advertised to any more either, on any record with these addresses."""
    if asked["disqualify_reason"] == Reason.NO_CONTACT_WANTED:
        speaker = queries.ends_by_name(row["id"])["party_id"]
        refuse(speaker or 0, list(Channel), refused_by=asked["refused_by"], words=asked["note"])


def _has_owner(row: Row) -> Label | None:
    return None if row["owner_id"] else _("nobody keeps it. Hand it over to somebody first.")


def _taken_up_again(_actor: Actor, row: Row, _asked: Row) -> Row:
    return {
        "reopened": row["reopened"] + 1,
        "disqualify_reason": "",
        "revisit_on": None,
        "duplicate_of_id": None,
        "first_response_at": None,
        **clock_from(now(), temperature=row["temperature"], unit_id=row["unit_id"]),
    }


def _refuse(problems: Iterable[FieldProblem]) -> None:
    told = [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
    if told:
        raise InvalidValues(told)


_COMMANDS = [
    CONVERT,
    UNCONVERT,
    Command(
        "take",
        _("Take the lead on"),
        from_=[LeadState.NEW],
        to=LeadState.ASSIGNED,
        icon="hand",
        tone="primary",
        sets=_taken,
    ),
    Command(
        "assign",
        _("Assign the lead"),
        from_=[LeadState.NEW],
        to=LeadState.ASSIGNED,
        needs=ASSIGN,
        asks=[
            Link("owner", _("To whom"), to="users", required=True),
            Link("unit", _("Unit"), to="units", help=_("Left empty, where they work.")),
        ],
        icon="user-plus",
        sets=_assigned,
    ),
    Command(
        "reclaim",
        _("Take the lead back"),
        from_=[LeadState.ASSIGNED],
        to=LeadState.NEW,
        needs=ASSIGN,
        asks=[_NOTE],
        guards=[_too_early_to_reclaim, Across(_untouched)],
        icon="rotate-ccw",
        sets=_reclaimed,
    ),
    Command(
        "contact",
        _("Mark as contacted"),
        from_=[LeadState.ASSIGNED],
        to=LeadState.CONTACTED,
        guards=[Across(_spoken_to)],
        icon="phone",
        tone="primary",
        sets=_contacted,
    ),
    Command(
        "qualify",
        _("Mark as qualified"),
        from_=[LeadState.CONTACTED],
        to=LeadState.QUALIFIED,
        guards=[_worth_a_deal],
        icon="badge-check",
        tone="primary",
    ),
    Command(
        "nurture",
        _("Nurture the lead"),
        from_=[LeadState.CONTACTED, LeadState.QUALIFIED],
        to=LeadState.NURTURING,
        asks=[
            Day("next_action_on", _("Speak to them again on"), required=True, help=_("Within 180 days.")),
            _NOTE,
        ],
        icon="calendar-clock",
        sets=_nurtured,
        then=_plan_next,
    ),
    Command(
        "disqualify",
        _("Give the lead up"),
        from_=list(OPEN),
        to=LeadState.DISQUALIFIED,
        asks=[
            Choice("disqualify_reason", _("Why it is given up"), required=True, options=choices.REASONS),
            _HOW_REFUSED,
            Link("duplicate_of", _("The lead that it repeats"), to="leads"),
            Day("revisit_on", _("Look at it again on")),
            Text("note", _("Remark"), max_length=300),
        ],
        icon="thumbs-down",
        sets=_given_up,
        then=_refused_contact,
    ),
    Command(
        "reopen",
        _("Take the lead up again"),
        from_=[LeadState.DISQUALIFIED, LeadState.NURTURING],
        to=LeadState.ASSIGNED,
        needs=ASSIGN,
        asks=[_NOTE],
        guards=[_has_owner],
        icon="undo-2",
        sets=_taken_up_again,
    ),
]

#: The way of a lead that becomes a customer.
_WAY = (LeadState.NEW, LeadState.ASSIGNED, LeadState.CONTACTED, LeadState.QUALIFIED, LeadState.CONVERTED)


def _bar(row: Row) -> list[tuple[Label, str]]:
    """Give the way to a customer, and at its end where a lead stands that left it."""
    known = choices.STATES.held().by_code
    here = row["state"]
    place = _WAY.index(here) if here in _WAY else -1
    found: list[tuple[Label, str]] = [
        (known[each].label, "now" if each == here else "ok" if number < place else "")
        for number, each in enumerate(_WAY)
    ]
    return found if here in _WAY else [*found[:-1], (known[here].label, "now")]


LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("lead", "State"),
    choices.STATES,
    _COMMANDS,
    since="state_since",
    bar=_bar,
    bar_about="state",
)
