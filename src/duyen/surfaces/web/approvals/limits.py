"""Approval limits: for each step that may need a second person, whether it does, and by role up to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from duyen.entities.acting_parts import called
from duyen.entities.approvals.declared import Limit, Measure
from duyen.entities.approvals.keeping import (
    decided,
    deciding,
    keep,
    key_of,
    known_limits,
    limit_named,
    may_keep,
    read,
)
from duyen.entities.approvals.rules import Deciding
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.fields import FieldRefused, Label, Percent
from duyen.foundation.org.models import Role
from duyen.foundation.settings.company import kept_rows
from duyen.foundation.settings.declaring import declared
from duyen.foundation.settings.past import changes_of
from duyen.kernel.errors import DomainError
from duyen.kernel.money import read_money
from duyen.surfaces.web.approvals.addresses import LIMITS
from duyen.surfaces.web.approvals.shown import amount_words
from duyen.surfaces.web.filters import money_figure, so
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

NOBODY, UP_TO, ANY_AMOUNT = "", "up_to", "any"
_MOST_HOURS = 400
_PERCENT = Percent("percent")
_UNITS: Mapping[Measure, Label] = {
    Measure.MONEY: "₫",
    Measure.PERCENT: "%",
    Measure.COUNT: gettext_lazy("records"),
}


@dataclass(frozen=True)
class RoleLine:
    """One role with what it decides: how, up to what as it was typed, and what is wrong with that."""

    code: str
    name: str
    choice: str
    most: str = ""
    error: str = ""


class BadLimit(DomainError):
    """What was typed as a limit is none."""

    code = "bad_limit"
    sentence = gettext_lazy("Give an amount, such as 50.000.000, or choose another power.")


@require_http_methods(["GET", "HEAD"])
@page
def show_all(request: ActorRequest) -> HttpResponse:
    """List the steps that may need a second person, with what holds of each."""
    _refuse_others(request)
    names, held = dict(Role.objects.values_list("code", "name")), decided()
    lines = [
        {
            "label": each.label,
            "help": each.help,
            "url": f"{LIMITS}/{each.name}",
            "is_on": (told := held[each.name]).is_on,
            "hours": told.hours,
            "roles": [
                _role_in_words(each, names[code], most)
                for code, most in sorted(told.roles.items(), key=lambda one: (one[1] is None, one[1] or 0))
                if code in names
            ],
        }
        for each in known_limits()
    ]
    context = {"lines": lines, "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Approval limits"))]}
    return render(request, "approvals/limits.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: ActorRequest, name: str) -> HttpResponse:
    """Show what holds of one limit, or keep what was typed."""
    _refuse_others(request)
    limit = limit_named(name)
    if limit is None:
        raise NotFound
    roles = [] if limit.kept else list(Role.objects.order_by("name", "pk").values_list("code", "name"))
    held = deciding(limit)
    if request.method != "POST":
        lines = [_line(limit, code, word, held.roles) for code, word in roles]
        return _form(request, limit, held.is_on, str(held.hours), lines, {})
    is_on = limit.kept is not None or bool(request.POST.get("is_on"))
    hours = request.POST.get("hours", "").strip()[:6]
    lines = [_typed(request, limit, code, word) for code, word in roles]
    problems = _problems(is_on, hours, lines)
    if problems or any(each.error for each in lines):
        return _form(request, limit, is_on, hours, lines, problems, status=422)
    known = {code for code, _word in roles}
    kept = {} if limit.kept else {role: most for role, most in held.roles.items() if role not in known}
    kept |= {each.code: _read_most(limit, each) for each in lines if each.choice != NOBODY}
    version = number_in(request.POST.get("version", "")) or 0
    keep(limit, Deciding(is_on, int(hours), kept), actor=request.actor, version=version)
    messages.success(request, _("Saved. What you decided holds from now on."))
    return HttpResponseRedirect(LIMITS)


def _refuse_others(request: ActorRequest) -> None:
    if not may_keep(request.actor):
        raise NotAllowed(why=_("approval limits are kept by administrators."))


def _line(limit: Limit, code: str, name: str, roles: Mapping[str, Decimal | None]) -> RoleLine:
    if code not in roles:
        return RoleLine(code, name, NOBODY)
    most = roles[code]
    return (
        RoleLine(code, name, ANY_AMOUNT)
        if most is None
        else RoleLine(code, name, UP_TO, _entered(limit, most))
    )


def _entered(limit: Limit, most: Decimal) -> str:
    if limit.measure is Measure.MONEY:
        return money_figure(int(most))
    return _PERCENT.entered(most) if limit.measure is Measure.PERCENT else so(int(most))


def _typed(request: ActorRequest, limit: Limit, code: str, name: str) -> RoleLine:
    choice = request.POST.get(f"power:{code}", "")
    most = request.POST.get(f"most:{code}", "").strip()[:30]
    known = (NOBODY, ANY_AMOUNT) if limit.measure is Measure.STEP else (NOBODY, UP_TO, ANY_AMOUNT)
    line = RoleLine(code, name, choice if choice in known else NOBODY, most)
    if line.choice != UP_TO:
        return line
    try:
        _read_most(limit, line)
    except (DomainError, FieldRefused) as refused:
        return RoleLine(code, name, UP_TO, most, str(refused))
    return line


def _read_most(limit: Limit, line: RoleLine) -> Decimal | None:
    """Read up to what a role decides. Raises a refusal with its sentence."""
    if line.choice == ANY_AMOUNT:
        return None
    if limit.measure is Measure.MONEY:
        found = Decimal(read_money(line.most).amount)
    elif limit.measure is Measure.PERCENT:
        found = Decimal(_PERCENT.clean(line.most or "-"))
    else:
        found = Decimal(number_in(line.most.replace(".", "")) or -1)
    if found < 0:
        raise BadLimit
    return found


def _problems(is_on: bool, hours: str, lines: Sequence[RoleLine]) -> dict[str, str]:
    found = {}
    number = number_in(hours)
    if number is None or not 1 <= number <= _MOST_HOURS:
        found["hours"] = _("Give between 1 and %(most)s working hours.") % {"most": _MOST_HOURS}
    if is_on and lines and all(each.choice == NOBODY for each in lines):
        found["is_on"] = _("Choose at least one role that decides, or turn this off: nobody could grant it.")
    return found


def _role_in_words(limit: Limit, name: str, most: Decimal | None) -> str:
    """Say of a role what it decides: its name alone where there is no amount."""
    if limit.measure is Measure.STEP:
        return name
    words = (
        _("any amount") if most is None else _("up to %(most)s") % {"most": amount_words(limit.measure, most)}
    )
    return _("%(role)s: %(most)s") % {"role": name, "most": words}


def _form(
    request: ActorRequest,
    limit: Limit,
    is_on: bool,
    hours: str,
    lines: Sequence[RoleLine],
    problems: Mapping[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    key = key_of(limit)
    row = kept_rows([key]).get(key)
    powers = [{"value": NOBODY, "label": _("does not decide")}]
    if limit.measure is not Measure.STEP:
        powers.append({"value": UP_TO, "label": _("up to")})
    powers.append({"value": ANY_AMOUNT, "label": _("any amount") if len(powers) > 1 else _("decides")})
    context: dict[str, Any] = {
        "title": limit.label,
        "help": limit.help,
        "always": limit.always,
        "kept": limit.kept,
        "action": f"{LIMITS}/{limit.name}",
        "cancel_url": LIMITS,
        "is_on": is_on,
        "hours": hours,
        "lines": lines,
        "powers": powers,
        "has_amount": limit.measure is not Measure.STEP,
        "unit": _UNITS.get(limit.measure, ""),
        "version": row.version if row else 0,
        "problems": problems,
        "listed": [{"message": each} for each in problems.values()]
        + [
            {"message": each.error, "label": each.name, "id": f"f-most-{each.code}"}
            for each in lines
            if each.error
        ],
        "past": _past(limit),
        "crumbs": [
            Crumb(_("Settings"), "/settings"),
            Crumb(_("Approval limits"), LIMITS),
            Crumb(limit.label),
        ],
    }
    return render(request, "approvals/limit.html", context, status=status)


def _past(limit: Limit) -> list[dict[str, Any]]:
    """Tell what was decided before, the newest first."""
    names = dict(Role.objects.values_list("code", "name"))
    found = []
    for each in changes_of(declared(key_of(limit))):
        told = read(limit, each.value or {})
        words = [_("%(hours)s working hours") % {"hours": told.hours}]
        words = words if limit.kept else [_("on") if told.is_on else _("off"), *words]
        words += [
            _role_in_words(limit, names.get(code, code), most) for code, most in sorted(told.roles.items())
        ]
        found.append({"at": each.at, "who": called(each.who, each.user_id), "words": " · ".join(words)})
    return found
