"""How much each role may take off a price: one table for all roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import FieldRefused, Percent
from duyen.foundation.settings.company import kept_rows
from duyen.modules.catalog import queries
from duyen.modules.catalog.actions.limits import keep_limits, may_keep_limits
from duyen.modules.catalog.queries import LIMITS, Limit
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_PERCENT = Percent("percent")
_URL = "/settings/discounts"


@dataclass(frozen=True)
class RoleLimit:
    """One role with what was typed for it, and what is wrong with that."""

    code: str
    name: str
    value: str
    below_floor: bool
    error: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the limits, or keep those that were typed."""
    if not may_keep_limits(request.actor):
        raise NotAllowed(why=_("limits of discounts are kept by those who issue price lists."))
    held, roles = queries.discount_limits(), queries.roles()
    if request.method != "POST":
        lines = [_line(code, name, held.get(code, Limit())) for code, name in roles]
        return _form(request, lines)
    lines = [_typed(request, code, name) for code, name in roles]
    if any(each.error for each in lines):
        return _form(request, lines, status=422)
    limits: dict[str, Limit] = dict(held)
    for each in lines:
        limits[each.code] = Limit(_PERCENT.clean(each.value or "0"), each.below_floor)
    keep_limits(limits, actor=request.actor, version=number_in(request.POST.get("version", "")) or 0)
    messages.success(request, _("Saved. The limits hold from now on."))
    return HttpResponseRedirect(_URL)


def _line(code: str, name: str, limit: Limit) -> RoleLimit:
    return RoleLimit(code, name, _PERCENT.entered(limit.percent), limit.below_floor)


def _typed(request: ActorRequest, code: str, name: str) -> RoleLimit:
    value = request.POST.get(f"percent:{code}", "").strip()[:12]
    below, error = bool(request.POST.get(f"floor:{code}")), ""
    try:
        _PERCENT.clean(value or "0")
    except FieldRefused as refused:
        error = str(refused)
    return RoleLimit(code, name, value, below, error)


def _form(request: ActorRequest, lines: list[RoleLimit], *, status: int = 200) -> HttpResponse:
    kept: Mapping[str, object] = kept_rows([LIMITS])
    row = kept.get(LIMITS)
    context = {
        "lines": lines,
        "version": getattr(row, "version", 0),
        "changed_by": getattr(getattr(row, "updated_by", None), "full_name", ""),
        "changed_at": getattr(row, "updated_at", None),
        "problems": [
            {"message": each.error, "label": each.name, "id": f"f-percent-{each.code}"}
            for each in lines
            if each.error
        ],
        "is_default": row is None,
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Discount limits"))],
    }
    return render(request, "catalog/limits.html", context, status=status)
