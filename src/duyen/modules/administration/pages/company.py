"""What the company says about itself, and how its data is kept safe."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.entities.converting import start_conversion
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.refusals import said
from duyen.foundation.access.words import CHANGE
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.errors import FieldProblem
from duyen.kernel.tax_codes import TaxCodeError, read_tax_code
from duyen.modules.administration.actions import Company, keep_company, kept_company
from duyen.modules.administration.pages.areas import marks_of
from duyen.modules.administration.pages.places import places
from duyen.modules.administration.pages.safety import safety
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import job_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@page
def settings(request: ActorRequest) -> HttpResponse:
    """Show what is kept about the company, and keep what an administrator changes."""
    if not request.actor.may("users", CHANGE):
        raise NotAllowed(why=_("the settings of the company are for administrators."))
    if request.method != "POST":
        return _form(request, kept_company(), [])
    given = Company(**{name: request.POST.get(name, "") for name in Company.__dataclass_fields__})
    try:
        keep_company(given, actor=request.actor)
    except InvalidValues as error:
        return _form(request, given, list(error.problems))
    messages.success(request, _("Saved."))
    return HttpResponseRedirect("/settings/company")


def _form(request: ActorRequest, given: Company, problems: list[FieldProblem]) -> HttpResponse:
    errors = dict.fromkeys(Company.__dataclass_fields__, "")
    errors |= {each.field: str(each.message) for each in problems}
    context = {
        "given": given,
        "errors": errors,
        "problems": [],
        "tax_words": words_about(given.tax_code),
        "safety": safety(),
        "places": places(),
        "past": marks_of("company"),
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("Company"))],
    }
    return render(request, "administration/settings.html", context, status=422 if problems else 200)


@require_POST
@page
def convert(request: ActorRequest) -> HttpResponse:
    """Start to bring the addresses in the base to the units of today, and lead to how far it is."""
    if not request.actor.may("users", CHANGE):
        raise NotAllowed(why=_("the settings of the company are for administrators."))
    with transaction.atomic():
        job = start_conversion(actor=request.actor)
        leave_to_worker(job)
    return HttpResponseRedirect(job_url(job.pk))


@login_not_required
@require_safe
def tax_code(request: HttpRequest) -> HttpResponse:
    """Tell while one types whether a tax code can be right; says nothing about whose it is."""
    return HttpResponse(
        words_about(request.GET.get("tax_code", "")[:40]), content_type="text/plain; charset=utf-8"
    )


def words_about(text: str) -> str:
    """Judge a tax code in words; nothing typed needs none."""
    if not text.strip():
        return ""
    try:
        read_tax_code(text)
    except TaxCodeError as error:
        return said(error)
    return _("Good: the check digit fits.")
