"""Hand leads over, and accept, return or withdraw them; tell of those that nobody answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, Refused
from duyen.entities.fields import Label, Link, Text
from duyen.entities.guards import Across, Against
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.writing import update_row
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import CHANGE, Door
from duyen.foundation.audit import trail
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.handovers import queries, rules
from duyen.modules.handovers.models import Handover
from duyen.modules.handovers.notices import ANSWERED, HANDED, LATE
from duyen.modules.handovers.words import Step
from duyen.modules.leads.queries import home_of
from duyen.modules.leads.words import LeadState

NAME = "leads"
Row = Mapping[str, Any]


class AnsweredAlready(Refused):
    """Somebody answered a handover before."""

    code = "answered_already"
    sentence = _("Somebody answered this handover already. Nothing was changed.")


# --- Handing over ------------------------------------------------------------------------------------------


def _is_new(row: Row) -> Label | None:
    """What somebody works on already goes to another owner by its own step."""
    if row["state"] == LeadState.NEW:
        return None
    return _("somebody works on it already. Give it to another owner instead.")


def _not_waiting(_actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    """A lead waits for one answer, and nobody takes it meanwhile past those to whom it was handed."""
    waiting = queries.waiting_leads([row["id"] for row in rows])
    if not waiting:
        return {}
    people, units = queries.names_of(
        [person for person, _unit in waiting.values()], [unit for _person, unit in waiting.values()]
    )
    told = _("it was handed over to %(name)s and waits for an answer.")
    return {
        lead: [told % {"name": people.get(person or 0) or units.get(unit, "")}]
        for lead, (person, unit) in waiting.items()
    }


NOT_WAITING = Across(_not_waiting)


def _hand_over(*, actor: Actor, row: Row, **asked: Any) -> Row:
    return _handed([row], actor, asked)[0]


def _hand_over_many(*, actor: Actor, rows: Sequence[Row], **asked: Any) -> None:
    _handed(rows, actor, asked)


def _handed(rows: Sequence[Row], actor: Actor, asked: Row) -> list[Row]:
    """Let leads wait for an answer; one that nobody owned is kept by whoever hands it over until then."""
    person, giver = asked["owner"], actor.user_id
    _refuse(list(rules.problems_of(person=person, unit=asked["unit"], by=giver)))
    if giver is None:
        raise NotAllowed(why=_("only a person hands leads over."))
    if person is not None:
        _refuse_unable(person)
    unit = _unit_of(person, asked["unit"])
    moment = now()
    due = rules.due_at(moment, working_time_of_unit(unit))
    Handover.objects.bulk_create(
        [
            Handover(
                lead_id=row["id"],
                by_id=giver,
                to_id=person,
                unit_id=unit,
                note=asked["note"],
                handed_at=moment,
                due_at=due,
            )
            for row in rows
        ]
    )
    found: list[Row] = []
    for row in rows:
        columns = {
            "owner_id": row["owner_id"] or actor.user_id,
            "version": int(row["version"]) + 1,
            "updated_at": moment,
            "updated_by_id": actor.user_id,
        }
        update_row(entity_named(NAME).model, row["id"], columns)
        found.append({**row, **columns})
    receivers = {person} if person is not None else _receivers(unit)
    for row in rows:
        notify(receivers, HANDED, entity=NAME, record_id=row["id"], actor=actor, fold="handed_over")
    return found


def _unit_of(person: int | None, unit: int | None) -> int:
    """Give the unit that receives: the one named, or where the person works. Raises InvalidValues."""
    found = unit or home_of(person or 0)
    if found is None:
        raise InvalidValues([FieldProblem("unit", "required", gettext("Say to which unit."))])
    return found


def _refuse_unable(person: int) -> None:
    user = User.objects.filter(pk=person, is_active=True).order_by("pk").first()
    if user is None or not actor_for(user, Door.JOB).may(NAME, CHANGE):
        told = gettext("This person does not work on leads. Choose somebody else, or a unit.")
        _refuse([FieldProblem("owner", "unable", told)])


def _receivers(unit_id: int) -> set[int]:
    """Give those of a unit who work on leads."""
    return {each.pk for each in queries.people_of(unit_id) if actor_for(each, Door.JOB).may(NAME, CHANGE)}


HAND_TO = Action(
    name="leads.hand_to",
    label=_("Hand over for acceptance"),
    run=_hand_over,
    set_run=_hand_over_many,
    asks=(
        Link("owner", _("To whom"), to="users"),
        Link(
            "unit", _("Or to which unit"), to="units", help=_("Whoever works on leads there may accept it.")
        ),
        Text("note", _("What they should know"), required=True, max_length=rules.MOST_LETTERS),
    ),
    icon="send",
    guards=(_is_new, NOT_WAITING),
    text=_(
        "They accept it or return it with a reason. The clock of the first contact starts when they accept."
    ),
    is_told=True,
)


# --- Answering ---------------------------------------------------------------------------------------------


def answer(handover_id: int, step: Step, *, actor: Actor, note: str = "") -> Handover:
    """Accept, return or withdraw a handover that waits.

    Raises NotFound where it is not the actor's, AnsweredAlready, InvalidValues, or what assigning the lead
    raises; then nothing is changed.
    """
    with transaction.atomic():
        mine = queries.handed_by(actor) if step is Step.WITHDRAW else _answerable(actor)
        held = mine.select_for_update().filter(pk=handover_id).first()
        if held is None:
            raise NotFound
        after = rules.state_after(step, held.state)
        if after is None:
            raise AnsweredAlready
        _refuse(list(rules.problems_of_note(step, note)))
        trail.begin(actor, f"leads.{step.value}_handover", note=note)
        columns = {
            "state": after.value,
            "answered_at": now(),
            "answered_by_id": actor.user_id,
            "answer": note,
        }
        Handover.objects.filter(pk=held.pk).update(**columns)
        if step is Step.ACCEPT:
            _give(held, actor)
        elif step is Step.RETURN:
            notify([held.by_id], ANSWERED, entity=NAME, record_id=held.lead_id, actor=actor, fold="returned")
    held.refresh_from_db()
    return held


def _answerable(actor: Actor) -> Any:
    """Give what the actor may answer, answered or not: what was answered meanwhile has its own sentence."""
    return Handover.objects.filter(queries.for_me(actor)).exclude(by_id=actor.user_id or 0).order_by("pk")


def _give(held: Handover, actor: Actor) -> None:
    """Assign the lead to whoever accepted it; the clock of the first contact starts."""
    given = {"owner": actor.user_id, "unit": held.unit_id}
    with trail.within():
        perform(entity_named(NAME), "assign", held.lead_id, actor=system_actor("handovers"), arguments=given)


def _refuse(problems: Sequence[FieldProblem]) -> None:
    if problems:
        told = [FieldProblem(each.field, each.code, gettext(str(each.message))) for each in problems]
        raise InvalidValues(told)


# --- Nothing is lost in silence ----------------------------------------------------------------------------


def tell_late(moment: dt.datetime | None = None) -> int:
    """Tell both sides, once, of handovers that nobody answered in time; gives of how many."""
    moment = moment or now()
    with transaction.atomic():
        late = queries.overdue(moment)
        if not late:
            return 0
        trail.begin(system_actor("handovers"), "leads.late_handover")
        Handover.objects.filter(pk__in=[each.pk for each in late]).update(late_at=moment)
        for each in late:
            receivers = {each.to_id} if each.to_id is not None else _receivers(each.unit_id)
            people = {person for person in {*receivers, each.by_id} if person is not None}
            notify(people, LATE, entity=NAME, record_id=each.lead_id, fold="handover_late")
    return len(late)
