"""The page with the one button that removes the demo company."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from duyen.demo.removing import CONFIRMATION, NoDemo, added_by_people, is_demo, may_remove, remove_demo
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.foundation.database.paths import DataFolder
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import SETTINGS, Crumb, OwnPage, put_into_navigation


@require_http_methods(["GET", "HEAD", "POST"])
@page
def remove(request: ActorRequest) -> HttpResponse:
    """Say what goes, ask for the name, and take the demo out."""
    if not is_demo():
        raise NoDemo
    if not may_remove(request.actor):
        raise NotAllowed(why=_("removing the demo company is for administrators."))
    if request.method != "POST":
        return _form(request, "")
    folder = DataFolder.locate()
    typed = request.POST.get("typed", "")
    try:
        backup = remove_demo(actor=request.actor, typed=typed, folder=folder, say=lambda _line: None)
    except InvalidValues as error:
        return _form(request, str(error.problems[0].message))
    context = {"backup": str(backup), "setup_url": f"/setup?code={folder.secret('setup_code')}"}
    response = render(request, "demo/removed.html", context)
    logout(request)  # the session is gone with everything else
    return response


def _form(request: ActorRequest, error: str) -> HttpResponse:
    context = {
        "added": added_by_people(),
        "confirmation": CONFIRMATION,
        "error": error,
        "crumbs": [Crumb(_("Remove the demo"))],
    }
    return render(request, "demo/remove.html", context, status=422 if error else 200)


urlpatterns: list[URLPattern] = [path("demo/remove", remove, name="remove_demo")]

put_into_navigation(
    OwnPage(
        _("Keeping it running"),
        _("Remove the demo"),
        "/demo/remove",
        icon="trash-2",
        under=SETTINGS,
        may_open=lambda actor: may_remove(actor) and is_demo(),
    )
)
