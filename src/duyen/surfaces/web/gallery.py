"""The page that shows every component in every state; for developers only, its words are samples."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from duyen.kernel import clock
from duyen.surfaces.web.errors import OFFLINE, error_response
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.shell import Create, Crumb, NavGroup, NavItem, Person

NAV = (
    NavGroup("", (NavItem("Hôm nay", "/_ui/", icon="house", key="h", count="7"),)),
    NavGroup(
        "Bán hàng",
        (
            NavItem("Khách hàng", "/_ui/list/", icon="building-2", key="k", is_current=True),
            NavItem("Người liên hệ", "/_ui/", icon="contact"),
            NavItem("Hợp đồng", "/_ui/", icon="handshake", key="d", count="3", is_hot=True),
        ),
    ),
)
FRAME = {
    "company": "Thiết bị Nam Á",
    "nav": NAV,
    "bottom": [NAV[0].items[0], *NAV[1].items],
    "person": Person("Nguyễn Hồng Hạnh", "Trưởng nhóm kinh doanh", "/_ui/"),
    "creates": [
        Create("Khách hàng", "/_ui/", icon="building-2", key="k"),
        Create("Việc", "/_ui/", icon="list-todo", key="v"),
    ],
    "search_url": "/_ui/part/palette/",
}
SHELLS = {
    "list": "gallery/list.html",
    "record": "gallery/record.html",
    "login": "gallery/login.html",
    "setup": "gallery/setup.html",
}
PARTS = ("palette", "results", "dialog", "options", "cell", "editor")


def _only_for_developers() -> None:
    if not settings.DEBUG:
        raise Http404


def _samples() -> dict[str, Any]:
    now = clock.now()
    return {
        "now": now,
        "yesterday": now - dt.timedelta(days=1),
        "last_year": now - dt.timedelta(days=400),
        "today": clock.today(),
        "crumbs": [Crumb("Khách hàng", "/_ui/list/"), Crumb("Mọi thành phần")],
        **FRAME,
    }


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Show all components."""
    _only_for_developers()
    return render(request, "gallery/all.html", _samples())


@login_not_required
def shell(request: HttpRequest, name: str) -> HttpResponse:
    """Show one kind of page whole."""
    _only_for_developers()
    if name == "error":
        return error_response(request, OFFLINE)
    if name not in SHELLS:
        raise Http404
    return render(request, SHELLS[name], _samples())


@login_not_required
def part(request: HttpRequest, name: str) -> HttpResponse:
    """Answer what htmx asks for on these pages."""
    _only_for_developers()
    if name not in PARTS:
        raise Http404
    return HttpResponse(render_block(request, "gallery/parts.html", name, _samples()))


urlpatterns = [
    path("_ui/", gallery),
    path("_ui/part/<slug:name>/", part),
    path("_ui/<slug:name>/", shell),
]
