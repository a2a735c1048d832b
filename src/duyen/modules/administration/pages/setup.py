"""The first set-up: opened by a code from the console, one page a step, written at once at the end."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import InvalidValues
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.entities.values import missing, read_fields
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.org import doorstep
from duyen.foundation.org.passwords import LEAST_LENGTH, PASSWORD_RULE, PasswordRefused, refuse_weak
from duyen.foundation.org.queries import has_users
from duyen.foundation.org.rules import Limits
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.kernel.emails import EmailError, read_email
from duyen.modules.administration import rules
from duyen.modules.administration.actions import (
    AlreadySetUp,
    Company,
    FirstUser,
    Place,
    read_company,
    set_up_company,
)
from duyen.modules.administration.first_run import DemoOffer, demo_offer
from duyen.modules.administration.pages.company import words_about
from duyen.surfaces.web.accounts.browser import caller_of, other_language
from duyen.surfaces.web.accounts.signing_in import enter

STEPS = (
    ("code", "/setup", gettext_lazy("One-time code")),
    ("company", "/setup/company", gettext_lazy("Company")),
    ("units", "/setup/units", gettext_lazy("Units")),
    ("user", "/setup/user", gettext_lazy("First user")),
)
CODE_LIMITS = Limits(of_both=10, of_email=50, of_address=10)
_KEPT = "setup"
_LONGEST_UNIT_CODE, _LONGEST_UNIT_NAME = 12, 120

View = Callable[[HttpRequest], HttpResponse]


def _while_empty(view: View) -> View:
    """Let nobody in once somebody can sign in."""

    @login_not_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect("/login") if has_users() else view(request)

    return guarded


def _with_the_code(view: View) -> View:
    """Send whoever has not given the code to the first step."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        return view(request) if _KEPT in request.session else HttpResponseRedirect("/setup")

    return guarded


@_while_empty
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code from the console and for the way to begin."""
    offer = demo_offer()
    context = {
        "code": request.POST.get("code", "") or request.GET.get("code", ""),
        "way": request.POST.get("way", "company"),
        "offers_demo": offer is not None,
        "error": "",
    }
    if request.method != "POST":
        return _page(request, "code", context)
    try:
        knock = doorstep.knock(Doorstep.SET_UP, email="", caller=caller_of(request), limits=CODE_LIMITS)
    except doorstep.TooManyTries as shut:
        return _page(request, "code", context | {"error": str(shut)}, status=429)
    given = request.POST.get("code", "").strip()
    if not hmac.compare_digest(given.encode(), DataFolder.locate().secret("setup_code").encode()):
        doorstep.settle(knock.id, Outcome.WRONG)
        error = _("This is not the code. Copy it from the window in which Duyên was started.")
        return _page(request, "code", context | {"error": error}, status=422)
    doorstep.settle(knock.id, Outcome.GOOD)
    if offer is not None and request.POST.get("way") == "demo":
        return _load_demo(request, offer)
    request.session.setdefault(_KEPT, {})
    return HttpResponseRedirect("/setup/company")


def _load_demo(request: HttpRequest, offer: DemoOffer) -> HttpResponse:
    folder = DataFolder.locate()
    password = folder.demo_password()
    offer.load(password)
    _forget_code(folder)
    context = {"email": offer.first_email(), "password": password}
    return render(request, "setup/demo.html", context)


def _forget_code(folder: DataFolder) -> None:
    (folder.secrets / "setup_code").unlink(missing_ok=True)


@_while_empty
@_with_the_code
def company(request: HttpRequest) -> HttpResponse:
    """Ask for name, tax code and address of the company."""
    given = Company(**_given(request, "company", ("name", "tax_code", "address")))
    if request.method != "POST":
        return _page(request, "company", _company_context(given, {}))
    _keep(request, "company", {"name": given.name, "tax_code": given.tax_code, "address": given.address})
    _found, problems = read_company(given)
    if problems:
        errors = {each.field: str(each.message) for each in problems}
        return _page(request, "company", _company_context(given, errors), status=422)
    return HttpResponseRedirect("/setup/units")


def _company_context(given: Company, errors: Mapping[str, str]) -> dict[str, Any]:
    return {
        "given": given,
        "errors": {"name": "", "tax_code": "", "address": "", **errors},
        "tax_words": words_about(given.tax_code) or _("10 or 13 digits; it can wait."),
    }


@_while_empty
@_with_the_code
def units(request: HttpRequest) -> HttpResponse:
    """Ask for the head office and the first branch."""
    names = ("head_code", "head_name", "branch_code", "branch_name")
    given = _given(request, "units", names)
    if request.method != "POST":
        kept = request.session[_KEPT].get("company")
        if kept is None:
            return HttpResponseRedirect("/setup/company")
        given = {
            **given,
            "head_code": given["head_code"] or "HO",
            "head_name": given["head_name"] or kept["name"],
        }
        return _page(request, "units", {"given": given, "errors": dict.fromkeys(names, "")})
    _keep(request, "units", given)
    errors = dict(_problems_of_units(given))
    if errors:
        context = {"given": given, "errors": dict.fromkeys(names, "") | errors}
        return _page(request, "units", context, status=422)
    return HttpResponseRedirect("/setup/user")


def _problems_of_units(given: Mapping[str, str]) -> dict[str, str]:
    found = _problems_of_unit("head", given)
    if given["branch_code"].strip() or given["branch_name"].strip():
        found |= _problems_of_unit("branch", given)
        if given["branch_code"].strip().upper() == given["head_code"].strip().upper():
            found.setdefault("branch_code", _("The head office has this code. Give another one."))
    return found


def _problems_of_unit(part: str, given: Mapping[str, str]) -> dict[str, str]:
    found = {}
    unit_code, name = given[f"{part}_code"].strip().upper(), given[f"{part}_name"].strip()
    if not rules.is_code(unit_code) or len(unit_code) > _LONGEST_UNIT_CODE:
        found[f"{part}_code"] = _("Use up to 12 capital letters and digits, such as HP1.")
    if not 0 < len(name) <= _LONGEST_UNIT_NAME:
        found[f"{part}_name"] = _("Give a name of at most 120 characters.")
    return found


@sensitive_post_parameters("password", "again")
@_while_empty
@_with_the_code
def user(request: HttpRequest) -> HttpResponse:
    """Ask for the first person, and set everything up."""
    kept = request.session[_KEPT]
    if "units" not in kept:
        return HttpResponseRedirect("/setup/units")
    given = _given(request, "user", ("full_name", "email"))
    is_director = bool(request.POST.get("is_director")) if request.method == "POST" else True
    context = {"given": given, "is_director": is_director}
    if request.method != "POST":
        return _user_page(request, context, {})
    _keep(request, "user", given)
    email, password = given["email"].strip().lower(), request.POST.get("password", "")
    first = FirstUser(given["full_name"], email, password, is_director)
    errors = _problems_of_user(first, request.POST.get("again", ""))
    if errors:
        return _user_page(request, context, errors)
    return _finish(request, context, first)


def _problems_of_user(first: FirstUser, again: str) -> dict[str, str]:
    """Name everything that is wrong at once, so that nobody types the password again for each fault."""
    users = entity_named("users")
    asked = [users.field("full_name"), users.field("email")]
    values, problems = read_fields(asked, {"full_name": first.full_name, "email": first.email})
    refused = {each.field for each in problems}
    problems += [each for each in missing(asked, values) if each.field not in refused]
    errors = {each.field: str(each.message) for each in problems}
    try:
        read_email(first.email)
    except EmailError as refusal:
        errors.setdefault("email", said(refusal))
    try:
        refuse_weak(first.password, email=first.email, full_name=first.full_name)
    except PasswordRefused as refusal:
        errors["password"] = str(refusal)
    if first.password != again:
        errors["again"] = _("The two passwords differ. Type the same one twice.")
    return errors


def _finish(request: HttpRequest, context: Mapping[str, Any], first: FirstUser) -> HttpResponse:
    kept = request.session[_KEPT]
    unit = kept["units"]
    has_branch = bool(unit["branch_code"].strip())
    try:
        made = set_up_company(
            company=Company(**kept["company"]),
            head_office=Place(unit["head_code"], unit["head_name"]),
            branch=Place(unit["branch_code"], unit["branch_name"]) if has_branch else None,
            user=first,
        )
    except AlreadySetUp:
        return HttpResponseRedirect("/login")
    except InvalidValues as refusal:
        return _user_page(
            request,
            context,
            {each.field.removeprefix("user_"): str(each.message) for each in refusal.problems},
        )
    del request.session[_KEPT]
    _forget_code(DataFolder.locate())
    return enter(request, made, to="/", keep=True)


def _user_page(request: HttpRequest, context: Mapping[str, Any], errors: Mapping[str, str]) -> HttpResponse:
    own = dict.fromkeys(("full_name", "email", "password", "again"), "")
    shown = {
        **context,
        "errors": {**own, **errors},
        "others": [{"message": message} for name, message in errors.items() if name not in own],
        "rule": PASSWORD_RULE % {"least": LEAST_LENGTH},
    }
    return _page(request, "user", shown, status=422 if errors else 200)


def _given(request: HttpRequest, part: str, names: tuple[str, ...]) -> dict[str, str]:
    """Give what was just typed, or what an earlier visit of the step left."""
    if request.method == "POST":
        return {name: request.POST.get(name, "")[:400] for name in names}
    kept = request.session[_KEPT].get(part, {})
    return {name: kept.get(name, "") for name in names}


def _keep(request: HttpRequest, part: str, values: Mapping[str, str]) -> None:
    request.session[_KEPT] = {**request.session[_KEPT], part: dict(values)}


def _page(request: HttpRequest, step: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    number = next(place for place, (name, _url, _label) in enumerate(STEPS) if name == step)
    whole = {
        "steps": [
            {"label": label, "is_done": place < number, "is_current": place == number}
            for place, (_name, _url, label) in enumerate(STEPS)
        ],
        "step_number": number + 1,
        "step_count": len(STEPS),
        "back_url": STEPS[number - 1][1] if number else "",
        "other": other_language(request.path),
        **context,
    }
    return render(request, f"setup/{step}.html", whole, status=status)
