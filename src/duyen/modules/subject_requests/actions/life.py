"""The life of a request: acknowledged, identity proven, then done or refused, each with what proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Choice, Label, LongText, Text, Whole
from duyen.entities.guards import Across, Against
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.foundation.access.actor import Actor
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.calendars import working_time_of_unit
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.subject_requests import choices, queries, rules
from duyen.modules.subject_requests.actions.stopping import stop_advertising
from duyen.modules.subject_requests.notices import ANSWERED, CORRECTION
from duyen.modules.subject_requests.queries import ENTITY, FULFIL
from duyen.modules.subject_requests.words import OPEN, STOPPING, RequestKind, RequestState
from duyen.modules.subject_requests.working_out import end_of

Row = Mapping[str, Any]
_LONGEST = 300
_NOBODY = _("nobody is chosen. Choose the customer, the contact or the lead first.")


def _lacks_person(row: Row) -> Label | None:
    return None if queries.person_of(row) else _NOBODY


def _acknowledged(_actor: Actor, _row: Row, _asked: Row) -> Row:
    return {"acknowledged_at": now()}


def _proven(_actor: Actor, row: Row, asked: Row) -> Row:
    return {
        "proven_by": asked["proven_by"],
        "proof": asked["proof"],
        # Whoever proves her identity knows that we have her request.
        "acknowledged_at": row["acknowledged_at"] or now(),
    }


def _not_extendable(row: Row) -> Label | None:
    if row["added_days"]:
        return _("it was extended once. The law allows no second time.")
    if not rules.most_added(RequestKind(row["kind"]), row["received_on"]):
        return _("the law knows no extension for this kind of request.")
    return None


def _extended(_actor: Actor, row: Row, asked: Row) -> Row:
    kind = RequestKind(row["kind"])
    most = rules.most_added(kind, row["received_on"])
    if not 0 < asked["added_days"] <= most:
        told = gettext("Add from 1 to %(most)s days.") % {"most": most}
        raise InvalidValues([FieldProblem("added_days", "bounds", told)])
    terms = rules.terms_of(
        kind,
        row["received_on"],
        working_time_of_unit(row["unit_id"]),
        through_processor=row["through_processor"],
        added=asked["added_days"],
    )
    return {
        "added_days": asked["added_days"],
        "added_why": asked["added_why"],
        "due_at": end_of(terms.due_on),
    }


def _against_completing(_actor: Actor, rows: Sequence[Row], _asked: Row | None) -> Against:
    return {row["id"]: list(_not_done(row)) for row in rows}


def _not_done(row: Row) -> Iterator[Label]:
    if row["kind"] == RequestKind.ACCESS and not queries.was_copied(row):
        yield _("no copy of the data was written for it.")
    if row["kind"] == RequestKind.DELETE:
        proof = queries.erasure_of(row)
        if proof is None or proof.finished_at is None:
            yield _("the data are not erased yet.")


def _answered(_actor: Actor, _row: Row, asked: Row) -> Row:
    return {"answer": asked["answer"], "answered_at": now()}


def _tells(actor: Actor, row: Row, _asked: Row) -> None:
    """Tell whose the request is, most often who noted it: she is the one who is asked for the answer."""
    notify({row["owner_id"]} - {None}, ANSWERED, entity=ENTITY, record_id=row["id"], actor=actor)


def _tells_keeper(actor: Actor, row: Row, _asked: Row) -> None:
    """Tell whoever owns the record of a correction that it waits for her, and lead her to it."""
    keeper = queries.keeper_of(row) if row["kind"] == RequestKind.CORRECT else None
    if keeper is not None:
        entity, record_id, owner = keeper
        notify({owner}, CORRECTION, entity=entity, record_id=record_id, actor=actor)


def _completed(actor: Actor, row: Row, asked: Row) -> None:
    if row["kind"] in STOPPING:
        stop_advertising(row)
    _tells(actor, row, asked)


LIFECYCLE = Lifecycle(
    "state",
    pgettext_lazy("data request", "State"),
    choices.STATES,
    [
        Command(
            "acknowledge",
            _("Acknowledge the request"),
            from_=[RequestState.RECEIVED],
            to=RequestState.ACKNOWLEDGED,
            needs=FULFIL,
            icon="check",
            tone="primary",
            sets=_acknowledged,
            text=_("Tell the person that her request is here and by when she is answered; then note it."),
        ),
        Command(
            "prove",
            _("Enter the proof of identity"),
            from_=[RequestState.RECEIVED, RequestState.ACKNOWLEDGED],
            to=RequestState.VERIFIED,
            needs=FULFIL,
            asks=[
                Choice("proven_by", _("Proven by"), options=choices.PROOFS, required=True),
                Text("proof", _("What was seen"), required=True, max_length=_LONGEST),
            ],
            guards=[_lacks_person],
            icon="badge-check",
            sets=_proven,
            then=_tells_keeper,
            text=_("Note what was seen and when, and not the number of the paper."),
        ),
        Command(
            "extend",
            _("Extend the term"),
            from_=OPEN,
            to=None,
            needs=FULFIL,
            asks=[
                Whole("added_days", _("Days added"), required=True, least=1, most=60),
                Text("added_why", _("Why more time is needed"), required=True, max_length=_LONGEST),
            ],
            guards=[_not_extendable],
            icon="calendar-plus",
            sets=_extended,
            text=_("Once, by fifteen days at most. Tell the person why."),
        ),
        Command(
            "complete",
            _("Complete the request"),
            from_=[RequestState.VERIFIED],
            to=RequestState.DONE,
            needs=FULFIL,
            asks=[LongText("answer", _("What was done and answered"), required=True)],
            guards=[Across(_against_completing)],
            icon="check-check",
            sets=_answered,
            then=_completed,
            text=_(
                "Where she withdraws, restricts or objects, advertising to her stops by every channel. Where "
                "she restricts, her record is locked until the restriction is lifted."
            ),
        ),
        Command(
            "refuse",
            _("Refuse the request"),
            from_=OPEN,
            to=RequestState.REFUSED,
            needs=FULFIL,
            asks=[LongText("answer", _("Why, and by which law"), required=True)],
            icon="ban",
            sets=_answered,
            then=_tells,
        ),
        Command(
            "take_back",
            _("Note that it was taken back"),
            from_=OPEN,
            to=RequestState.WITHDRAWN,
            needs=FULFIL,
            asks=[LongText("answer", _("How she took it back"), required=True)],
            icon="undo-2",
            sets=_answered,
        ),
    ],
    since="state_since",
)
