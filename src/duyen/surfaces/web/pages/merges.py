"""The account of one merge: who went into whom, what undoing it gives back, and what it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.fields import Label
from duyen.entities.labels import labels
from duyen.entities.merging.going_back import RowsBack, Why
from duyen.entities.merging.undoing import Account, account_of, is_undoable, unmerge
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.surfaces.web.filters import ngay
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import account_url, list_url, record_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_REASONS: dict[str, Label] = {
    Why.GONE: gettext_lazy("deleted since"),
    Why.ELSEWHERE: gettext_lazy("moved elsewhere since"),
    Why.CHANGED: gettext_lazy("changed since"),
    Why.IN_THE_WAY: gettext_lazy("something else stands in its place now"),
}


@dataclass(frozen=True)
class Gone:
    """One record that went into the survivor: its code, and where it stands while it is there again."""

    code: str
    label: str
    url: str


@page
def account(request: ActorRequest, merge_id: int) -> HttpResponse:
    """Tell what undoing a merge gives back, or undo it."""
    actor = request.actor
    if request.method == "POST":
        _done, told = unmerge(merge_id, actor=actor)
        whole = _("The merge is undone. Everything is as it was.")
        parts = _("The merge is undone, apart from what is listed here.")
        messages.success(request, whole if told.is_whole else parts)
        return HttpResponseRedirect(account_url(merge_id))
    told = account_of(merge_id, actor=actor)
    return render(request, "derived/merge_account.html", _context(told, actor))


def _context(told: Account, actor: Actor) -> dict[str, object]:
    merge, kind = told.merge, told.survivor.entity
    is_undone = merge.undone_at is not None
    title = _("Merge of %(date)s") % {"date": ngay(told.merge.at)}
    may = is_undoable(merge, told.entity, actor)
    is_titled = kind.level(actor, kind.title) is not FieldLevel.HIDDEN
    name = kind.title_of(told.survivor.row) if is_titled else f"#{told.survivor.id}"
    return {
        "title": title,
        "merge": merge,
        "is_undone": is_undone,
        "survivor": name
        if kind.level(actor, kind.title) is not FieldLevel.HIDDEN
        else f"#{told.survivor.id}",
        "survivor_url": record_url(kind, told.survivor.id),
        "others": _others(told, actor, is_undone=is_undone),
        "back": [*(str(each.label) for each in told.fields_back), *_rows_back(told.rows)],
        "left": [*(_field_left(each.label) for each in told.fields_left), *_rows_left(told.rows)],
        "added": [f"{label} ({count})" for label, count in told.added],
        "why_not": told.why_not or ("" if may or is_undone else _WITHOUT_RIGHT),
        "action": account_url(merge.pk),
        "crumbs": [
            Crumb(kind.labels, list_url(kind)),
            Crumb(name, record_url(kind, told.survivor.id)),
            Crumb(title),
        ],
    }


_WITHOUT_RIGHT = gettext_lazy(
    "To undo it you need the right to change the record that stayed and to delete the ones that went."
)


def _others(told: Account, actor: Actor, *, is_undone: bool) -> list[Gone]:
    """Name the records that went; by their codes alone, unless they stand by themselves again."""
    kind = told.survivor.entity
    named = labels(actor, kind, [each.record_id for each in told.others]) if is_undone else {}
    found = []
    for each in told.others:
        now = named.get(each.record_id)
        code = each.code if told.shows_codes else f"#{each.record_id}"
        if now is not None and now.is_open:
            found.append(Gone(code, now.label, f"/{now.entity}/{each.record_id}"))
        else:
            found.append(Gone(code, "", ""))
    return found


def _rows_back(rows: Sequence[RowsBack]) -> list[str]:
    return [f"{each.label} ({each.back})" for each in rows if each.back]


def _field_left(label: Label) -> str:
    return _("%(field)s: changed since, or no longer fitting the rest") % {"field": label}


def _rows_left(rows: Sequence[RowsBack]) -> list[str]:
    found = []
    for each in rows:
        for why, ids in each.left.items():
            said = _("%(what)s: %(count)s %(why)s")
            line = said % {"what": each.label, "count": len(ids), "why": _REASONS.get(why, why)}
            names = each.names.get(why, ())
            more = "…" if len(ids) > len(names) else ""
            found.append(f"{line}: {', '.join(names)}{more}" if names else line)
    return found
