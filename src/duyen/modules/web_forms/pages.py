"""The page of a web form for everybody, without a sign-in and without a script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Field
from duyen.entities.refusals import said
from duyen.foundation.org.doorstep import network
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.consents.words import Channel
from duyen.modules.web_forms import actions, choices, queries, rules
from duyen.modules.web_forms.actions import Flooded, Opened
from duyen.modules.web_forms.models import WebForm
from duyen.modules.web_forms.words import Asked, Robot
from duyen.surfaces.web.accounts.browser import caller_of, other_language, public_address
from duyen.surfaces.web.headers import POLICY
from duyen.surfaces.web.pages.widgets import Place, widget_of

_SALT = "duyen.web_forms"
#: Which field of a lead each part of a form fills, by which control.
_CONTROLS = {
    Asked.PHONE: ("phones", "phone"),
    Asked.EMAIL: ("emails", "email"),
    Asked.COMPANY: ("company", "text"),
    Asked.JOB_TITLE: ("job_title", "text"),
    Asked.PRODUCTS: ("products", "checks"),
    Asked.NEED: ("need", "textarea"),
    Asked.WANTED_BY: ("wanted_by", "date"),
}
_SEVERAL = frozenset({"phones", "emails", "products"})
#: So many products of an address are looked at.
_MOST_NAMED = 10
#: More bytes than all fields of a form together can hold; what is larger is not read.
_MOST_BYTES = 256 * 1024


# Nobody is signed in here and no cookie is read: what a forged request could do, everybody may do.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, key: str) -> HttpResponse:
    """Show a form, and take what was filled in."""
    form = queries.open_form(key)
    if form is None:
        return _said(request, None, _("This form is closed"), _("It takes nothing any more."), status=404)
    if request.method != "POST":
        return _shown(request, form, _opened(request, form))
    if _is_too_much(request):
        return _said(
            request, form, _("That is too much"), _("Shorten what you wrote and send it again."), status=413
        )
    opened = _read(form, request.POST.get("page", ""))
    if opened is None:
        problem = _("The page was open too long. Look it over and send it again.")
        return _shown(request, form, _opened(request, form), problem=problem, status=422)
    sent = rules.robot(trap=request.POST.get("website", ""), opened_at=opened.at, sent_at=now())
    if sent is Robot.TRAP:  # whoever filled what nobody sees is told nothing
        return _thanks(form)
    if sent is Robot.TOO_QUICK:
        problem = _("That was too quick for us. Look it over and send it again.")
        return _shown(request, form, opened, problem=problem, status=422)
    return _taken(request, form, opened)


@login_not_required
@require_safe
def thank(request: HttpRequest, key: str) -> HttpResponse:
    """Say what the company says to those who sent a form."""
    form = queries.open_form(key)
    text = form.thanks if form and form.thanks else _("We have it and will be in touch soon.")
    return _said(request, form, _("Thank you"), text, next_url=form.next_url if form else "")


def _is_too_much(request: HttpRequest) -> bool:
    """Tell from the head whether more is sent than a form holds, before any of it is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return not length.isdecimal() or int(length) > _MOST_BYTES


def _taken(request: HttpRequest, form: WebForm, opened: Opened) -> HttpResponse:
    values = _values(request, form)
    if missing := list(_missing(form, values)):
        return _shown(request, form, opened, errors=missing, status=422)
    agreed = _agreed(request, opened)
    try:
        actions.take(
            form,
            opened,
            values,
            agreed=agreed,
            address=f"{public_address(request)}/f/{form.key}",
            network=network(caller_of(request).address),
        )
    except InvalidValues as refusal:
        return _shown(request, form, opened, errors=refusal.problems, status=422)
    except Flooded as refusal:
        return _shown(request, form, opened, problem=said(refusal), status=429)
    return _thanks(form)


def _thanks(form: WebForm) -> HttpResponse:
    return HttpResponseRedirect(f"/f/{form.key}/thanks")


# --- what the page carries -----------------------------------------------------------------------------


def _opened(request: HttpRequest, form: WebForm) -> Opened:
    told = {name: str(value) for name, value in request.GET.items()}
    text = queries.consent_words(form.consent_text_id)
    named = queries.products_by_code(request.GET.getlist("product")[:_MOST_NAMED])
    # What can be chosen on the page is ticked there, where it can be unticked as well.
    shown = set(form.product_ids) if Asked.PRODUCTS in form.asked else set()
    return Opened(
        nonce=get_random_string(22),
        at=now(),
        text_id=text["id"] if text else None,
        source=queries.known_source(told.get("source", "")),
        source_detail=rules.where_from(told),
        campaign_id=queries.campaign_by_code(told.get("campaign", "")),
        product_ids=[each for each in named if each not in shown],
    )


def _sealed(form: WebForm, opened: Opened) -> str:
    carried = {**vars(opened), "at": opened.at.isoformat()}
    return signing.dumps(carried, salt=f"{_SALT}.{form.key}", compress=True)


def _read(form: WebForm, token: str) -> Opened | None:
    """Give what a page of this form carried; none of what we did not seal, or sealed before an upgrade."""
    try:
        carried = signing.loads(token, salt=f"{_SALT}.{form.key}")
        opened = Opened(**{**carried, "at": dt.datetime.fromisoformat(carried["at"])})
    except (signing.BadSignature, KeyError, TypeError):
        return None
    return opened if now() - opened.at <= rules.LONGEST_OPEN else None


# --- what was filled in --------------------------------------------------------------------------------


def _values(request: HttpRequest, form: WebForm) -> dict[str, object]:
    """Read what the form asks for, whole: what is too long is refused, not cut. Nothing else is taken."""
    given: dict[str, object] = {"name": request.POST.get("name", "").strip()}
    own = queries.own_fields()
    for code in form.asked:
        if code not in _CONTROLS:
            if (field := own.get(code)) is not None:
                widget = widget_of(field)
                given[code] = widget.to_raw(field, widget.from_post(field, request.POST), queries.visitor())
            continue
        name, _macro = _CONTROLS[Asked(code)]
        sent = [each.strip() for each in request.POST.getlist(name)]
        sent = [each for each in sent if each]
        if name == "products":
            offered = {each.code for each in queries.offered(form)}
            given[name] = [int(each) for each in sent if each in offered]
        else:
            given[name] = sent if name in _SEVERAL else (sent or [""])[0]
    return given


def _missing(form: WebForm, values: Mapping[str, object]) -> Iterator[FieldProblem]:
    own = queries.own_fields()
    for code in form.needed:
        if code not in _CONTROLS and code not in own:  # it is out of use since the form was made
            continue
        name = _CONTROLS[Asked(code)][0] if code in _CONTROLS else code
        if not values.get(name):
            yield FieldProblem(name, "required", _("Fill this in, so that we can answer you."))


def _agreed(request: HttpRequest, opened: Opened) -> list[Channel]:
    text = queries.consent_words(opened.text_id)
    offered = set(text["channels"]) if text else set()
    return [Channel(each) for each in request.POST.getlist("agreed") if each in offered]


# --- what visitors see ---------------------------------------------------------------------------------


def _shown(
    request: HttpRequest,
    form: WebForm,
    opened: Opened,
    *,
    errors: Sequence[FieldProblem] = (),
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    text = queries.consent_words(opened.text_id)
    told = {each.field: str(each.message) for each in errors}
    fields = list(_fields(request, form, told))
    shown = {each["arguments"]["name"] for each in fields}
    beside = [words for name, words in told.items() if name not in shown]
    context = {
        "form": form,
        "action": f"/f/{form.key}",
        "fields": fields,
        "consent": text,
        "channels": queries.channels(text["channels"]) if text else [],
        "agreed": request.POST.getlist("agreed"),
        "token": _sealed(form, opened),
        "problem": problem or " ".join(beside),
    }
    return _framed(request, form, "web_forms/visit.html", context, status=status)


def _fields(request: HttpRequest, form: WebForm, told: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Give the controls of a form: its macro and what it is called with, first the name."""
    labels = {each.code: each.label for each in choices.ASKED}
    yield _control(request, "name", "text", _("Full name"), told, required=True)
    own, ticked = queries.own_fields(), request.POST.getlist("products")
    if request.method != "POST":
        ticked = [
            str(each) for each in queries.products_by_code(request.GET.getlist("product")[:_MOST_NAMED])
        ]
    for code in form.asked:
        if code not in _CONTROLS:
            if (field := own.get(code)) is not None:
                yield _own_control(request, field, told, required=code in form.needed)
            continue
        name, macro = _CONTROLS[Asked(code)]
        found = _control(request, name, macro, str(labels[code]), told, required=code in form.needed)
        if name == "products":
            found["arguments"] |= {"options": queries.offered(form), "values": ticked}
            del found["arguments"]["value"]
        yield found


def _own_control(
    request: HttpRequest, field: Field, told: Mapping[str, str], *, required: bool
) -> dict[str, Any]:
    """Give the control of a field of the company's own, by its kind."""
    widget = widget_of(field)
    typed = widget.from_post(field, request.POST)
    macro, arguments = widget.draw(field, typed, Place(queries.visitor(), {}))
    common: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "hint": field.help,
        "error": told.get(field.name, ""),
    }
    return {"macro": macro, "arguments": {**common, **arguments, **({"required": True} if required else {})}}


def _control(
    request: HttpRequest, name: str, macro: str, label: str, told: Mapping[str, str], *, required: bool
) -> dict[str, Any]:
    value = request.POST.get(name, "")
    arguments = {
        "name": name,
        "label": label,
        "value": value,
        "required": required,
        "error": told.get(name, ""),
    }
    return {"macro": macro, "arguments": arguments}


def _said(
    request: HttpRequest,
    form: WebForm | None,
    title: str,
    text: str,
    *,
    next_url: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"title": title, "text": text, "next_url": next_url}
    return _framed(request, form, "web_forms/said.html", context, status=status)


def _framed(
    request: HttpRequest, form: WebForm | None, template: str, context: Mapping[str, Any], *, status: int
) -> HttpResponse:
    """Render a page that may stand in the websites that the form names, and in no other."""
    around = {"company": setting("company.name"), "other": other_language(request.get_full_path())}
    response = render(request, template, {**context, **around}, status=status)
    sites = rules.origins(form.sites) if form else []
    if sites:
        allowed = f"frame-ancestors {' '.join(sites)}"
        response.headers["Content-Security-Policy"] = POLICY.replace("frame-ancestors 'none'", allowed)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


urlpatterns: list[URLPattern] = [
    path("f/<slug:key>", visit, name="web_form"),
    path("f/<slug:key>/thanks", thank, name="web_form_thanks"),
]
