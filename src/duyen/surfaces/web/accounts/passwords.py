"""Ask for a new password, and set it by a link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from duyen.foundation.org import doorstep
from duyen.foundation.org.models import User
from duyen.foundation.org.passwords import (
    LEAST_LENGTH,
    PASSWORD_RULE,
    LinkOver,
    PasswordRefused,
    use_link,
    user_of_link,
)
from duyen.foundation.org.rules import Limits
from duyen.foundation.org.second_factor import has_factor
from duyen.foundation.org.tasks import send_password_link
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.foundation.settings.company import setting
from duyen.surfaces.web.accounts.browser import caller_of, other_language, public_address
from duyen.surfaces.web.accounts.signing_in import enter, half_enter

#: Each mail costs a stranger's mailbox something, so fewer are allowed than wrong passwords.
MAIL_LIMITS = Limits(of_both=3, of_email=5, of_address=20)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Mail a link to whoever asks for one; without a mail server, say who can make one."""
    address = public_address(request)
    can_mail = bool(settings.EMAIL_HOST and address)
    email = request.POST.get("email", "").strip().lower()
    context = {"can_mail": can_mail, "email": email, "error": "", "is_sent": False}
    if request.method != "POST" or not can_mail:
        return _page(request, "accounts/forgot.html", context)
    if not email:
        return _page(request, "accounts/forgot.html", context | {"error": _("Give your e-mail.")}, status=422)
    try:
        doorstep.knock(Doorstep.ASK_RESET, email=email, caller=caller_of(request), limits=MAIL_LIMITS)
    except doorstep.TooManyTries as shut:
        return _page(request, "accounts/forgot.html", context | {"error": str(shut)}, status=429)
    user = User.objects.filter(email=email, is_active=True).order_by("pk").first()
    if user is not None:
        send_password_link.defer(user_id=user.pk, address=address)
    return _page(request, "accounts/forgot.html", context | {"is_sent": True})


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Let the person for whom a link was made set a password, once, and come in."""
    caller = caller_of(request)
    try:
        knock = doorstep.knock(
            Doorstep.USE_LINK, email="", caller=caller, limits=Limits(of_both=20, of_email=10_000)
        )
        user = user_of_link(token)
    except (LinkOver, doorstep.TooManyTries) as refusal:
        return _page(request, "accounts/link_over.html", {"error": str(refusal)}, status=410)
    doorstep.settle(knock.id, Outcome.GOOD, user=user)
    if request.method != "POST":
        return _set(request, user)
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return _set(request, user, again_error=_("The two passwords differ. Type the same one twice."))
    try:
        user = use_link(token, password=password)
    except PasswordRefused as refusal:
        return _set(request, user, error=str(refusal))
    except LinkOver as refusal:
        return _page(request, "accounts/link_over.html", {"error": str(refusal)}, status=410)
    doorstep.note(Doorstep.USE_LINK, user=user, caller=caller)
    if has_factor(user.pk):
        return half_enter(request, user, to="/", keep=False)
    return enter(request, user, to="/", keep=False)


def _set(request: HttpRequest, user: User, *, error: str = "", again_error: str = "") -> HttpResponse:
    context = {
        "email": user.email,
        "name": user.full_name,
        "rule": PASSWORD_RULE % {"least": LEAST_LENGTH},
        "error": error,
        "again_error": again_error,
    }
    return _page(request, "accounts/set_password.html", context, status=422 if error or again_error else 200)


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    here = request.get_full_path()
    whole = {"company": setting("company.name"), "here": here, "other": other_language(here), **context}
    return render(request, template, whole, status=status)
