"""Pages of consents that cannot be derived: what law allows when, and where everybody may refuse."""

from __future__ import annotations

from io import TextIOWrapper

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import NotAllowed, Refused
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.foundation.settings.company import setting
from duyen.foundation.settings.declaring import declare_area
from duyen.kernel.clock import now, today
from duyen.modules.consents import choices, queries, rules
from duyen.modules.consents.actions import CHECK_LIST, bring_list_in, refuse_mail
from duyen.modules.consents.refusal_links import mac_in
from duyen.modules.consents.words import RefusedBy, RuleKind
from duyen.surfaces.web.accounts.browser import other_language
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb, OwnPage, put_into_navigation

ADDRESS = "/contact-law"


def may_open(actor: Actor) -> bool:
    """Tell whether the actor may read what the company added to the rules of law."""
    return actor.may("contact_rules", READ)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def law(request: ActorRequest) -> HttpResponse:
    """Show hours, numbers and the state of the do-not-call list; take a new list."""
    if not may_open(request.actor):
        raise NotAllowed(why=_("your role gives no right to the rules of contact."))
    if request.method != "POST":
        return _law(request)
    given = request.FILES.get("list")
    if given is None:
        return _law(request, _("Choose the file with the list first."))
    try:
        lines = TextIOWrapper(given, encoding="utf-8-sig", errors="replace")
        came = bring_list_in(lines, file_name=given.name or "", actor=request.actor)
    except Refused as error:
        return _law(request, str(error))
    said = _("The list is checked: %(numbers)s numbers.") % {"numbers": f"{came.numbers:,}".replace(",", ".")}
    if came.unread:
        said += " " + _("%(count)s lines held no number.") % {"count": came.unread}
    messages.success(request, said)
    return HttpResponseRedirect(ADDRESS)


def _law(request: ActorRequest, error: str = "") -> HttpResponse:
    actor = request.actor
    day, own = today(), queries.own_rules()
    held = [(each, rules.rule_on(each, day, own)) for each in RuleKind]
    checks = queries.list_checks()
    age = rules.rule_on(RuleKind.LIST_AGE, day, own)
    context = {
        "rules": [
            {
                "label": choices.RULES.held().by_code[kind].label,
                "rule": rule,
                "is_own": rule not in rules.LAW,
            }
            for kind, rule in held
            if rule is not None
        ],
        "may_check": actor.may("contact_rules", CHECK_LIST),
        "may_add": actor.may("contact_rules", CREATE),
        "checks": checks,
        "is_fresh": rules.is_checked(queries.last_check(), now(), age),
        "hours": age.most if age is not None else 0,
        "error": error,
        "address": ADDRESS,
        "crumbs": [Crumb(_("When one may advertise"))],
    }
    return render(request, "consents/law.html", context, status=422 if error else 200)


# Nobody is signed in here and no cookie is read: the link itself says who may refuse. Mail programs send the
# POST of RFC 8058 by themselves; whoever only looks, as robots do, changes nothing.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether advertising by mail is to stop, and stop it."""
    mac = mac_in(token)
    since, is_done = None, False
    if mac is not None:
        since = queries.mail_refused_at(mac)
        if request.method == "POST":
            since, is_done = refuse_mail(mac, refused_by=RefusedBy.LINK), True
    context = {
        "is_known": mac is not None,
        "since": since,
        "is_done": is_done,
        "company": setting("company.name"),
        "other": other_language(request.path),
    }
    response = render(request, "consents/refuse.html", context, status=200 if mac is not None else 404)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns: list[URLPattern] = [
    path("contact-law", law, name="contact_law"),
    path("refuse/<str:token>", refuse, name="refuse_mail"),
]
put_into_navigation(
    OwnPage(
        pgettext_lazy("navigation", "Marketing"),
        gettext_lazy("When one may advertise"),
        ADDRESS,
        icon="scale",
        under="/consents",
        may_open=may_open,
    )
)
declare_area(
    "contact_law",
    label=gettext_lazy("When one may advertise"),
    help=gettext_lazy("Hours and numbers by law and by what you add, and the national do-not-call list."),
    icon="scale",
    url=ADDRESS,
    order=22,
    may_open=lambda actor: actor.may("contact_rules", CREATE),
    also=gettext_lazy("do-not-call spam hours consent"),
)
