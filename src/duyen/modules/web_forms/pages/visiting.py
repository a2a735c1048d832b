"""The page of a web form for everybody, without a sign-in and without a script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.errors import InvalidValues
from duyen.entities.refusals import said
from duyen.foundation.fields.versions import pin
from duyen.foundation.org.doorstep import network
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.modules.consents.words import Channel
from duyen.modules.web_forms import actions, queries, rules
from duyen.modules.web_forms.actions import Flooded, Opened
from duyen.modules.web_forms.models import WebForm
from duyen.modules.web_forms.pages import controls
from duyen.modules.web_forms.words import Asked, Robot
from duyen.surfaces.web.accounts.browser import caller_of, other_language, public_address
from duyen.surfaces.web.headers import POLICY

_SALT = "duyen.web_forms"
#: More bytes than all fields of a form together can hold; what is larger is not read.
_MOST_BYTES = 256 * 1024


# Nobody is signed in here and no cookie is read: what a forged request could do, everybody may do.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, key: str) -> HttpResponse:
    """Show a form, and take what was filled in."""
    # Nobody is signed in whose session would say it: own fields and choices hold for visitors, too.
    pin()
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
    if opened is None or now() - opened.at > rules.LONGEST_OPEN:
        problem = _("The page was open too long. Look it over and send it again.")
        return _shown(request, form, _anew(request, form, opened), was=opened, problem=problem, status=422)
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
    values = controls.read_values(request.POST, form)
    if missing := list(controls.missing(form, values)):
        errors = actions.problems_beside(missing, values)
        return _shown(request, form, opened, errors=errors, status=422)
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
    # What can be chosen on the page is ticked there, where it can be unticked as well.
    shown = set(form.product_ids) if Asked.PRODUCTS in form.asked else set()
    return Opened(
        nonce=get_random_string(22),
        at=now(),
        text_id=text["id"] if text else None,
        source=queries.known_source(told.get("source", "")),
        source_detail=rules.where_from(told),
        campaign_id=queries.campaign_by_code(told.get("campaign", "")),
        product_ids=[each for each in controls.named_products(request.GET) if each not in shown],
    )


def _anew(request: HttpRequest, form: WebForm, was: Opened | None) -> Opened:
    """Open a page again that was open too long: where its visitor came from stays known."""
    fresh = _opened(request, form)
    if was is None:
        return fresh
    return replace(was, nonce=fresh.nonce, at=fresh.at, text_id=fresh.text_id)


def _sealed(form: WebForm, opened: Opened) -> str:
    carried = {**vars(opened), "at": opened.at.isoformat()}
    return signing.dumps(carried, salt=f"{_SALT}.{form.key}", compress=True)


def _read(form: WebForm, token: str) -> Opened | None:
    """Give what a page of this form carried; none of what we did not seal, or sealed before an upgrade."""
    try:
        carried = signing.loads(token, salt=f"{_SALT}.{form.key}")
        return Opened(**{**carried, "at": dt.datetime.fromisoformat(carried["at"])})
    except (signing.BadSignature, KeyError, TypeError):
        return None


# --- what was filled in --------------------------------------------------------------------------------


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
    was: Opened | None = None,
    errors: Sequence[FieldProblem] = (),
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show a form with what was filled in; `was` is the page that was sent, where another one is shown."""
    text = queries.consent_words(opened.text_id)
    # A tick under other words says nothing of these.
    is_same = (was or opened).text_id == opened.text_id
    told = {each.field: str(each.message) for each in errors}
    fields = list(controls.controls(request, form, told))
    shown = {each["arguments"]["name"] for each in fields}
    beside = [words for name, words in told.items() if name not in shown]
    context = {
        "form": form,
        "action": f"/f/{form.key}",
        "fields": fields,
        "consent": text,
        "channels": queries.channels(text["channels"]) if text else [],
        "agreed": request.POST.getlist("agreed") if is_same else [],
        "token": _sealed(form, opened),
        "problem": problem or " ".join(beside),
    }
    return _framed(request, form, "web_forms/visit.html", context, status=status)


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
