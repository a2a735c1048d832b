"""How the installation is, part by part: what was found, what it means, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Label
from duyen.foundation.health.lines import State, look_at_all, worst
from duyen.foundation.settings.declaring import administers
from duyen.kernel.clock import now
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

#: Each state by its word and tone; the kit's lights differ in shape as well.
STATES: Mapping[State, tuple[Label, str]] = {
    State.GOOD: (gettext_lazy("In order"), "green"),
    State.NOTE: (gettext_lazy("For your information"), "gray"),
    State.WARNING: (gettext_lazy("Needs attention"), "amber"),
    State.BAD: (gettext_lazy("Broken"), "red"),
}


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show how every part is, for administrators."""
    if not administers(request.actor):
        raise NotAllowed(why=_("the health of the system is for administrators to see."))
    groups = look_at_all()
    ill = [line for group in groups for line in group.lines if line.state in (State.WARNING, State.BAD)]
    context = {
        "groups": groups,
        "states": STATES,
        "State": State,
        "whole": worst(each.state for each in groups),
        "ill": len(ill),
        "at": now(),
        "crumbs": [Crumb(_("Settings"), "/settings"), Crumb(_("System health"))],
    }
    return render(request, "administration/health.html", context)
