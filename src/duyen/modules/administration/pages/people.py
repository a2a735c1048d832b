"""Invite a person, and make a link by which she sets her password."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.fields import Field, Link
from duyen.entities.registry import entity_named
from duyen.entities.values import missing, read_fields
from duyen.foundation.access.words import CHANGE, CREATE
from duyen.foundation.org.invitations import address_for_mail, latest_link, waiting_invitations
from duyen.foundation.org.models import User
from duyen.kernel.errors import FieldProblem
from duyen.modules.administration.actions import invite_user, make_password_link
from duyen.surfaces.web.accounts.browser import public_address
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.forms import Line, Sent
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.widgets import Place
from duyen.surfaces.web.shell import Crumb

#: The first position, asked for with the person: without one she would see nothing.
_POSITION: tuple[Field, ...] = (
    Link("unit", gettext_lazy("Unit"), to="units", required=True),
    Link("role", gettext_lazy("Role"), to="roles", required=True),
)

_LINES = ("full_name email", "job_title phone", "unit role", "language")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def invite(request: ActorRequest) -> HttpResponse:
    """Show the form of a new person, or make her and show the link for her first password."""
    if not (request.actor.may("users", CREATE) and request.actor.may("users", CHANGE)):
        raise NotAllowed(why=_("letting people in is for administrators."))
    fields = [*forms.settable(entity_named("users"), request.actor, is_new=True), *_POSITION]
    sent = forms.read_post(fields, request.POST, request.actor)
    if request.method != "POST":
        return _form(request, fields, sent, [])
    asked = {each.name for each in _POSITION}
    position, others = read_fields(_POSITION, {name: raw for name, raw in sent.raw.items() if name in asked})
    problems = [*sent.problems, *others, *missing(fields, sent.raw)]
    if problems:
        return _form(request, fields, sent, problems)
    values = {name: raw for name, raw in sent.raw.items() if name not in asked}
    try:
        is_mailed = request.POST.get("how") == "mail"
        made = invite_user(actor=request.actor, values=values, by_mail=is_mailed, **position)
    except InvalidValues as error:
        return _form(request, fields, sent, list(error.problems))
    if not made.token:
        messages.success(request, _("The invitation is on its way by mail."))
        return HttpResponseRedirect(f"/users/{made.user_id}?tab=access")
    return _link(request, made.user_id, made.token)


def _form(
    request: ActorRequest, fields: list[Field], sent: Sent, problems: list[FieldProblem]
) -> HttpResponse:
    place = Place(request.actor, forms.links_named(request.actor, fields, sent.typed))
    typed = dict(sent.typed) if request.method == "POST" else {**sent.typed, "language": "vi"}
    controls = forms.controls_of(fields, typed, problems, place)
    lines = [[controls[name] for name in line.split() if name in controls] for line in _LINES]
    context = {
        "lines": [Line(line) for line in lines if line],
        "problems": forms.listed(problems, fields),
        "can_mail": bool(address_for_mail()),
        "how": request.POST.get("how", "mail"),
        "hows": [
            {"value": "mail", "label": _("Send the link by mail")},
            {"value": "link", "label": _("Show the link, to hand it over")},
        ],
        "crumbs": [Crumb(_("Users"), "/users"), Crumb(_("New user"))],
    }
    return render(request, "administration/invite.html", context, status=422 if problems else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def password_link(request: ActorRequest, user_id: int) -> HttpResponse:
    """Make a link and show it this once; opened by its address, go to the person."""
    if request.method != "POST":
        return HttpResponseRedirect(f"/users/{user_id}?tab=access")
    return _link(request, user_id, make_password_link(user_id, actor=request.actor))


@require_safe
@page
def invitations(request: ActorRequest) -> HttpResponse:
    """List who was invited and has not come yet."""
    if not request.actor.may("users", CHANGE):
        raise NotAllowed(why=_("letting people in is for administrators."))
    context = {
        "waiting": waiting_invitations(),
        "can_mail": bool(address_for_mail()),
        "may_invite": request.actor.may("users", CREATE),
        "crumbs": [Crumb(_("Users"), "/users"), Crumb(_("Invitations"))],
    }
    return render(request, "administration/invitations.html", context)


def _link(request: ActorRequest, user_id: int, token: str) -> HttpResponse:
    """Show a link; where no public address is kept, under the one that this administrator came by."""
    kept = public_address(request)
    address = kept or f"{request.scheme}://{request.get_host()}"
    user = User.objects.get(pk=user_id)
    advice = (
        ""
        if kept
        else _("Colleagues may know this server by another name: see Company, address in the browser.")
    )
    context = {
        "name": user.full_name,
        "link": f"{address}/login/link/{token}",
        "sent": latest_link(user_id),
        "advice": advice,
        "user_url": f"/users/{user_id}?tab=access",
        "crumbs": [
            Crumb(_("Users"), "/users"),
            Crumb(user.full_name, f"/users/{user_id}"),
            Crumb(_("Password link")),
        ],
    }
    return render(request, "administration/link.html", context)
