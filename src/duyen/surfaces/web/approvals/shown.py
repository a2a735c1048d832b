"""How a request for approval stands on a page: words, amounts, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.approvals.declared import Measure
from duyen.entities.approvals.reading import Seen
from duyen.entities.approvals.telling import STATE_WORDS, TONES
from duyen.entities.guards import as_sentence
from duyen.surfaces.web.approvals.addresses import request_url
from duyen.surfaces.web.filters import percent, so, vnd
from duyen.surfaces.web.pages.addresses import record_url
from duyen.surfaces.web.pages.shown import Drawn

PANEL = "approvals/panel.html"


def line(told: Seen) -> dict[str, Any]:
    """Give what a list or a panel shows of a request."""
    request, record = told.request, told.record
    is_open = record is not None and record.is_open
    name = (record.label or record.code) if record is not None and is_open else ""
    return {
        "id": request.pk,
        "url": request_url(request.pk),
        "step": told.step,
        "kind": told.entity.label,
        "name": name or _("a record that is not open to you"),
        "record_url": record_url(told.entity, request.record_id) if is_open else "",
        "amount": amount_words(told.measure, told.amount),
        "who": request.asked_by.full_name,
        "words": request.words,
        "asked_at": request.created_at,
        "due_at": request.due_at,
        "state": as_sentence(str(STATE_WORDS[told.state])),
        "tone": TONES[told.state],
        "is_waiting": told.is_waiting,
        "may_decide": told.may_decide,
        "is_mine": told.is_mine,
        "deciders": told.who,
        "decided_by": request.decided_by.full_name if request.decided_by else "",
        "decided_for": request.decided_for.full_name if request.decided_for else "",
        "decided_at": request.decided_at,
        "answer": request.answer,
        "problem": told.problem if told.is_waiting else "",
    }


def amount_words(measure: Measure, amount: Any) -> str:
    """Say an amount in its measure; nothing where the step itself is what is decided about."""
    if amount is None or measure is Measure.STEP:
        return ""
    if measure is Measure.MONEY:
        return vnd(int(amount))
    return percent(amount, 2) if measure is Measure.PERCENT else so(int(amount))


def approval_panels(lines: Sequence[Mapping[str, Any]]) -> list[Drawn]:
    """Give the panel with the last requests about a record, or none where there was none."""
    return [Drawn(_("Approvals"), PANEL, {"lines": lines})] if lines else []
