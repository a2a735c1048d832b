"""The reader's own absences, and for whom she stands in."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.absences import FIELDS, record_absence
from duyen.entities.errors import InvalidValues
from duyen.entities.values import missing, read_fields
from duyen.foundation.org.absences import NotAway, absences_of, deputyships_of, end_absence
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.accounts.own_pages import ABSENCE, own_page
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.forms import Line, Sent
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.widgets import Place

_LINES = ("since until", "deputy", "note")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def absence(request: ActorRequest) -> HttpResponse:
    """Show when the reader is away, and record a new absence."""
    sent = forms.read_post(FIELDS, request.POST, request.actor)
    if request.method != "POST":
        return _page(request, sent, ())
    values, problems = read_fields(FIELDS, sent.raw)
    refused = {each.field for each in (*sent.problems, *problems)}
    problems = [*sent.problems, *problems]
    problems += [each for each in missing(FIELDS, values) if each.field not in refused]
    if problems:
        return _page(request, sent, problems)
    try:
        record_absence(request.user.pk, actor=request.actor, **values)
    except InvalidValues as error:
        return _page(request, sent, error.problems)
    messages.success(request, _("Your absence is recorded."))
    return HttpResponseRedirect(ABSENCE)


@require_POST
@page
def end(request: ActorRequest) -> HttpResponse:
    """End one of the reader's absences at once."""
    number = number_in(request.POST.get("absence", ""))
    if number is None:
        raise NotAway
    end_absence(request.user.pk, number, actor=request.actor)
    messages.success(request, _("The absence is ended."))
    return HttpResponseRedirect(ABSENCE)


def _page(request: ActorRequest, sent: Sent, problems: Sequence[FieldProblem]) -> HttpResponse:
    place = Place(request.actor, forms.links_named(request.actor, FIELDS, sent.typed))
    controls = forms.controls_of(FIELDS, sent.typed, problems, place)
    # Whose pages these are: the one through whose eyes they are seen, not always who is signed in.
    user_id = request.actor.user_id or 0
    context = {
        "lines": [Line([controls[name] for name in line.split()]) for line in _LINES],
        "problems": [each for each in forms.listed(problems, FIELDS) if not each.id],
        "own": absences_of(user_id),
        "deputyships": deputyships_of(user_id),
    }
    return own_page(request, "accounts/absence.html", ABSENCE, context, status=422 if problems else 200)
