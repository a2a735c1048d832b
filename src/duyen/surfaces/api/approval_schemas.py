"""Requests for approval as the API tells and takes them."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field as Described

from duyen.entities.approvals.declared import Measure
from duyen.entities.approvals.reading import Seen
from duyen.entities.approvals.rules import State
from duyen.kernel.money import Money
from duyen.surfaces.api.schemas import LinkedOut, StrictSchema


class ApprovalOut(Schema):
    """A step that waits for a second person, or that one decided about.

    `amount` is money, a number of per cent or of records, or null. `record_version` is sent with a grant: it
    says which state of the record the one who decides has seen.
    """

    id: int
    state: State
    entity: str
    record: LinkedOut | None
    record_version: int | None
    asked_version: int
    step: str
    limit: str
    measure: Measure
    amount: Any
    words: str
    asked_by: dict[str, Any]
    asked_at: str
    due_at: str
    who_decides: str
    may_decide: bool
    decided_by: dict[str, Any] | None
    decided_for: dict[str, Any] | None
    decided_at: str | None
    answer: str
    problem: str


class ApprovalsOut(Schema):
    """A page of requests for approval."""

    items: list[ApprovalOut]
    next: str | None


class GrantBody(StrictSchema):
    """The version of the record that was looked at, and words for the one who asked."""

    version: Annotated[int, Described(description="record_version as it was read", ge=0)]
    answer: Annotated[str, Described(max_length=500)] = ""


class RefuseBody(StrictSchema):
    """Why it is refused."""

    answer: Annotated[str, Described(max_length=500)]


def show_request(told: Seen) -> dict[str, Any]:
    """Show one request; of its record what the reader may see."""
    request, record = told.request, told.record
    return {
        "id": request.pk,
        "state": told.state.value,
        "entity": told.entity.name,
        "record": {"id": record.id, "code": record.code, "label": record.label} if record else None,
        "record_version": told.record_version,
        "asked_version": request.record_version,
        "step": request.verb,
        "limit": request.limit,
        "measure": told.measure.value,
        "amount": _amount(told),
        "words": request.words,
        "asked_by": {"id": request.asked_by_id, "label": request.asked_by.full_name},
        "asked_at": request.created_at.isoformat(),
        "due_at": request.due_at.isoformat(),
        "who_decides": told.who if told.is_waiting else "",
        "may_decide": told.may_decide,
        "decided_by": _person(request.decided_by),
        "decided_for": _person(request.decided_for),
        "decided_at": request.decided_at.isoformat() if request.decided_at else None,
        "answer": request.answer,
        "problem": told.problem,
    }


def _amount(told: Seen) -> Any:
    if told.amount is None:
        return None
    if told.measure is Measure.MONEY:
        money = Money(int(told.amount))
        return {"amount": money.amount, "currency": money.currency}
    return int(told.amount) if told.measure is Measure.COUNT else float(told.amount)


def _person(user: Any) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "label": user.full_name}
