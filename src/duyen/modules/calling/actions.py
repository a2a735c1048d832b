"""Note what came of a call to a lead: the call, the state that follows, and the next date, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, Refused
from duyen.entities.locking import lock
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.kernel.clock import ZONE, now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.phones import show_phone
from duyen.modules.activities.actions import finish, log, plan
from duyen.modules.activities.words import ActivityKind, Direction
from duyen.modules.calling import queries, rules
from duyen.modules.calling.words import Outcome
from duyen.modules.consents.actions import take_contact
from duyen.modules.consents.words import Channel, RefusedBy
from duyen.modules.leads.queries import ends_by_name
from duyen.modules.leads.words import LeadState, Reason

NAME = "leads"
Row = Mapping[str, Any]


class TakenMeanwhile(Refused):
    """The lead is somebody else's by now."""

    code = "taken_meanwhile"
    sentence = _("This lead is with %(name)s now. Nothing was noted. Tell them what you heard.")


class MovedMeanwhile(Refused):
    """Somebody brought the lead into another state since the page was opened."""

    code = "moved_meanwhile"
    sentence = _("Somebody worked on this lead meanwhile. Nothing was noted. Look at how it stands first.")


@dataclass(frozen=True)
class Call:
    """A call as it was noted: the number, what came of it, what was said, when to call again.

    `reason` is why the lead is given up, `learned` are fields of the lead that the call told.
    """

    outcome: Outcome
    phone: str
    said: str = ""
    when: dt.datetime | None = None
    reason: str = ""
    learned: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Noted:
    """What became of it: when the next call is due, and whether the same lead has another number to try."""

    again_at: dt.datetime | None = None
    has_other_number: bool = False


def note_call(lead_id: int, call: Call, *, actor: Actor, state: str) -> Noted:
    """Note a call to a lead that the actor saw in `state`.

    Raises NotFound, NotAllowed, TakenMeanwhile, MovedMeanwhile, ContactDenied, InvalidValues or NotNow; then
    nothing is kept.
    """
    with transaction.atomic():
        row = lock(entity_named(NAME), lead_id, actor=actor, verb=CHANGE)
        if row["owner_id"] != actor.user_id:
            raise TakenMeanwhile(name=queries.name_of(row["owner_id"]) or gettext("nobody"))
        if row["state"] != state or state not in rules.CALLED:
            raise MovedMeanwhile
        return _note(row, call, actor)


def _note(row: Row, call: Call, actor: Actor) -> Noted:
    if call.phone not in row["phones"]:
        raise InvalidValues([FieldProblem("phone", "phone", gettext("Choose which number you called."))])
    problems = list(rules.problems_of_next(call.outcome, call.when, now(), state=row["state"]))
    if problems:
        told = [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
        raise InvalidValues(told)
    _log(row, call, actor)
    again_at = _again(row, call)
    other = call.outcome is Outcome.WRONG_NUMBER and len(row["phones"]) > 1
    _move(row, call, actor, again_at)
    if not other:
        _change_state(row, call, actor)
    if again_at is not None and call.outcome is not Outcome.NURTURE:
        subject = gettext("Call %(name)s again") % {"name": row["name"]}
        keeper = {"owner": row["owner_id"], "unit": row["unit_id"]}
        plan(
            ActivityKind.CALL,
            subject[:250],
            actor=actor,
            about=[(NAME, row["id"])],
            due_at=again_at,
            **keeper,
        )
    return Noted(again_at, other)


def _log(row: Row, call: Call, actor: Actor) -> None:
    """Write the call down, or finish the one that was promised, and count it where law counts it."""
    outcome, said = rules.LOGGED[call.outcome], call.said
    if call.outcome is Outcome.WRONG_NUMBER:
        said = " · ".join(filter(None, (show_phone(call.phone), said)))
    promised = queries.planned_calls(actor, [row["id"]]).get(row["id"])
    if promised is not None:
        finish(promised["id"], actor=actor, outcome=outcome, result=said)
    else:
        subject = gettext("Call to %(name)s") % {"name": row["name"]}
        log(
            ActivityKind.CALL,
            subject[:250],
            actor=actor,
            about=[(NAME, row["id"])],
            outcome=outcome,
            result=said,
            direction=Direction.OUT,
        )
    take_contact(
        ends_by_name(row["id"])["party_id"] or 0,
        Channel.CALL,
        rules.purpose_of_call(row["purpose"]),
        actor=actor,
        address=call.phone,
    )


def _again(row: Row, call: Call) -> dt.datetime | None:
    """Give when to call again: what was said, or a later try where nobody answered."""
    if call.outcome in (Outcome.WRONG_NUMBER, Outcome.NOT_INTERESTED, Outcome.REFUSED):
        return None
    if call.when is None and call.outcome is Outcome.NO_ANSWER:
        return rules.next_try(now(), queries.tries(row["id"]), working_time_of_unit(row["unit_id"]))
    return call.when


def _move(row: Row, call: Call, actor: Actor, again_at: dt.datetime | None) -> None:
    """Keep what the call told, and the day of the next one in place of a day that has come."""
    changes = dict(call.learned)
    day = None if again_at is None else again_at.astimezone(ZONE).date()
    if call.outcome is not Outcome.WRONG_NUMBER and row["next_action_on"] != day:
        changes["next_action_on"] = day
    if changes:
        standard.change(entity_named(NAME), row["id"], actor=actor, values=changes, version=row["version"])


def _change_state(row: Row, call: Call, actor: Actor) -> None:
    if row["state"] == LeadState.ASSIGNED and call.outcome in rules.SPOKEN:
        _take("contact", row, actor)
    if call.outcome is Outcome.QUALIFIED and row["state"] != LeadState.QUALIFIED:
        _take("qualify", row, actor)
    elif call.outcome is Outcome.NURTURE and call.when is not None:
        day = call.when.astimezone(ZONE).date()
        _take("nurture", row, actor, next_action_on=day, note=call.said[:300])
    elif call.outcome is Outcome.WRONG_NUMBER:
        _take("disqualify", row, actor, disqualify_reason=Reason.WRONG_NUMBER.value, note=call.said[:300])
    elif call.outcome is Outcome.NOT_INTERESTED:
        _take("disqualify", row, actor, disqualify_reason=call.reason, note=call.said[:300])
    elif call.outcome is Outcome.REFUSED:
        _take(
            "disqualify",
            row,
            actor,
            disqualify_reason=Reason.NO_CONTACT_WANTED.value,
            refused_by=RefusedBy.VOICE.value,
            note=call.said[:300],
        )


def _take(verb: str, row: Row, actor: Actor, **asked: object) -> None:
    perform(entity_named(NAME), verb, row["id"], actor=actor, arguments=asked)
