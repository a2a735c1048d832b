"""The statement of a beneficiary over some time: as a page, and as a PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Day, LinkedRecord, Option
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.entities.values import read_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date
from duyen.kernel.errors import FieldProblem
from duyen.kernel.money import Money
from duyen.kernel.text import fold
from duyen.modules.commissions import choices, queries, rules
from duyen.modules.commissions.paper import Paper
from duyen.modules.commissions.tabs import sees
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url, record_url, step_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_SHOWN = ("kind", "employee", "opportunity", "state", "split", "amount", "accrued_on", "paid_on")
_SHOWN_TOO = ("code", "payment_ref", "pit_withheld", "paid_amount")
_FIELDS = (
    Day("since", pgettext_lazy("statement", "From")),
    Day("until", pgettext_lazy("statement", "Until")),
)


@dataclass(frozen=True)
class Statement:
    """What a beneficiary earned between two days; `lines` are her commissions with the deals they are of."""

    name: str
    kind: Option | None
    since: dt.date
    until: dt.date
    lines: Sequence[Mapping[str, Any]]
    sums: rules.Sums


def _statement(actor: Actor, row: Mapping[str, Any], since: dt.date, until: dt.date) -> Statement:
    rows = queries.statement_rows(actor, row, since, until)
    deals = labels(actor, entity_named("opportunities"), {each["opportunity_id"] for each in rows})
    return Statement(
        name=row["beneficiary"],
        kind=choices.KINDS.held().by_code.get(row["kind"]),
        since=since,
        until=until,
        lines=[_line(each, deals) for each in rows],
        sums=rules.sums_of(rows),
    )


def _line(row: Mapping[str, Any], deals: Mapping[int, LinkedRecord]) -> Mapping[str, Any]:
    deal = deals.get(row["opportunity_id"])
    return {
        **row,
        "deal": deal.label if deal and deal.is_open else "",
        "state": choices.STATES.held().by_code.get(row["state"]),
        "amount": _money(row["amount"]),
        "tax": _money(row["pit_withheld"]),
        "paid": _money(row["paid_amount"]),
    }


def _money(amount: int | None) -> Money | None:
    return None if amount is None else Money(amount)


def _opened(request: ActorRequest, record_id: int) -> tuple[Entity, Mapping[str, Any]]:
    entity = opened(request, "commissions")
    row = row_of(entity, request.actor, record_id)
    if not sees(request.actor, *_SHOWN, *_SHOWN_TOO):
        raise NotAllowed(why=_("your role does not see all that a statement tells."))
    return entity, row


def _period(request: ActorRequest) -> tuple[dt.date, dt.date, list[FieldProblem]]:
    """Read from when until when: this year until today, where nothing is asked or it cannot be read."""
    given = {each.name: request.GET[each.name] for each in _FIELDS if request.GET.get(each.name)}
    values, problems = read_fields(_FIELDS, given)
    until = values.get("until") or today()
    since = values.get("since") or until.replace(month=1, day=1)
    told = [
        FieldProblem(each.field, each.code, _(str(each.message)))
        for each in rules.problems_of_period(since, until)
    ]
    if told:
        return until, until, [*problems, *told]
    return since, until, problems


@require_safe
@page
def show(request: ActorRequest, record_id: int) -> HttpResponse:
    """Show what the beneficiary of a commission earned, was paid and still gets."""
    entity, row = _opened(request, record_id)
    since, until, problems = _period(request)
    asked = urlencode({"since": since.isoformat(), "until": until.isoformat()})
    context = {
        "statement": _statement(request.actor, row, since, until),
        "errors": {each.field: str(each.message) for each in problems},
        "typed": {
            "since": request.GET.get("since") or show_date(since),
            "until": request.GET.get("until") or show_date(until),
        },
        "pdf_url": f"{step_url(entity, record_id, 'statement.pdf')}?{asked}",
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(row["beneficiary"], record_url(entity, record_id)),
            Crumb(_("Statement")),
        ],
    }
    return render(request, "commissions/statement.html", context, status=422 if problems else 200)


@require_safe
@page
def paper(request: ActorRequest, record_id: int) -> HttpResponse:
    """Give the statement as a PDF."""
    # Loaded where it is needed: no other page pays for a library that draws.
    from duyen.modules.commissions.statement_pdf import draw

    _entity, row = _opened(request, record_id)
    since, until, _problems = _period(request)
    statement = _statement(request.actor, row, since, until)
    answer = HttpResponse(draw(_on_paper(statement)), content_type="application/pdf")
    name = "-".join(fold(statement.name).replace("/", " ").split())
    plain = "".join(sign for sign in name if sign.isalnum() or sign == "-")[:60]
    answer.headers["Content-Disposition"] = f'attachment; filename="hoa-hong-{plain}-{until:%Y%m%d}.pdf"'
    return answer


def _on_paper(statement: Statement) -> Paper:
    amounts = entity_named("commissions").field("amount")
    sums = statement.sums
    return Paper(
        company=str(setting("company.name") or ""),
        title=_("Statement of commissions"),
        lines=[
            _("Beneficiary: %(name)s") % {"name": statement.name}
            + (f" ({statement.kind.label})" if statement.kind else ""),
            _("Earned from %(since)s until %(until)s")
            % {"since": show_date(statement.since), "until": show_date(statement.until)},
        ],
        heads=[
            pgettext("commission", "Earned on"),
            _("Opportunity"),
            pgettext("commission", "Amount"),
            _("Tax withheld"),
            _("Paid out"),
        ],
        rows=[
            [
                show_date(each["accrued_on"]),
                f"{each['code']} · {each['deal'] or '—'} · {each['state'].label if each['state'] else ''}"
                + (f" · {each['payment_ref']}" if each["payment_ref"] else ""),
                *(amounts.show(each[name]) for name in ("amount", "tax", "paid")),
            ]
            for each in statement.lines
        ],
        sums=[
            (str(label), amounts.show(Money(amount)))
            for label, amount in (
                (_("Earned"), sums.earned),
                (_("Tax withheld"), sums.tax),
                (_("Paid out"), sums.paid),
                (_("Still to be paid"), sums.due),
                (pgettext("commission", "Clawed back"), sums.clawed_back),
            )
        ],
        signs=[_("Made by"), _("Accountant"), _("Beneficiary")],
        page=_("Page"),
    )
