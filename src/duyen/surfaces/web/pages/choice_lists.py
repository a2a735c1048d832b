"""Lists of choices of the company's own: a new one, and the end of one that no field uses."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.choices.changing import refuse_others, version_of
from duyen.entities.choices.making import fields_of, make, remove
from duyen.entities.errors import BadRequest, InvalidValues, NotFound, Refused
from duyen.entities.fields import ChoiceList
from duyen.entities.fields.options import list_named
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import CHOICES
from duyen.surfaces.web.pages.forms import Problem
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: ActorRequest) -> HttpResponse:
    """Ask for the name and the items of a new list, and make it."""
    refuse_others(request.actor)
    if request.method != "POST":
        return _form(request)
    sent = request.POST
    try:
        name = make(
            actor=request.actor,
            vi=sent.get("label_vi", ""),
            en=sent.get("label_en", ""),
            words=sent.get("items", "").splitlines(),
        )
    except InvalidValues as error:
        return _form(request, error.problems, status=422)
    except Refused as error:
        return _form(request, [FieldProblem("", error.code, str(error))], status=409)
    messages.success(
        request, _("The list is there. Fields of the kind “Choice” can take their options from it.")
    )
    return HttpResponseRedirect(f"{CHOICES}/{name}")


def _form(request: ActorRequest, problems: Sequence[FieldProblem] = (), *, status: int = 200) -> HttpResponse:
    sent = request.POST
    errors = dict.fromkeys(("label_vi", "label_en", "items"), "")
    context = {
        "typed": {name: sent.get(name, "") for name in errors},
        "errors": errors | {each.field: str(each.message) for each in problems},
        "problems": _problems(problems),
        "action": f"{CHOICES}/new",
        "back_url": CHOICES,
        "crumbs": [Crumb(_("Lists of choices"), CHOICES), Crumb(_("New list"))],
    }
    return render(request, "derived/choice_list_new.html", context, status=status)


def _problems(problems: Sequence[FieldProblem]) -> list[Problem]:
    labels = {"label_vi": _("Vietnamese name"), "label_en": _("English name"), "items": _("Items")}
    return [
        Problem(each.message, labels.get(each.field, ""), f"f-{each.field}" if each.field else "")
        for each in problems
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def take_away(request: ActorRequest, list_name: str) -> HttpResponse:
    """Say what uses a list of the company's own, and delete it when that is nothing."""
    refuse_others(request.actor)
    choices = list_named(list_name)
    if choices is None or choices.is_declared:
        raise NotFound
    if request.method != "POST":
        return _asked(request, choices)
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    label = str(choices.label)
    try:
        remove(choices, actor=request.actor, version=version)
    except Refused as error:
        return _asked(request, choices, str(error), status=409)
    messages.success(request, _("The list “%(list)s” is deleted.") % {"list": label})
    return HttpResponseRedirect(CHOICES)


def _asked(
    request: ActorRequest, choices: ChoiceList, problem: str = "", *, status: int = 200
) -> HttpResponse:
    title = _("Delete “%(list)s”") % {"list": choices.label}
    context = {
        "title": title,
        "users": ", ".join(each.label for each in fields_of(choices)),
        "count": len(choices),
        "problem": problem,
        "record_version": version_of(choices),
        "action": f"{CHOICES}/{choices.name}/remove",
        "back_url": f"{CHOICES}/{choices.name}",
        "crumbs": [
            Crumb(_("Lists of choices"), CHOICES),
            Crumb(choices.label, f"{CHOICES}/{choices.name}"),
            Crumb(title),
        ],
    }
    return render(request, "derived/choice_list_gone.html", context, status=status)
