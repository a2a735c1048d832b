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
from duyen.kernel.day_grid import days_from, monday_of, month_grid
from duyen.kernel.opening_hours import read_hours
from duyen.kernel.working_time import WorkingTime
from duyen.surfaces.web import calendars
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
            NavItem(
                "Khách hàng tiềm năng",
                "/_ui/marks/",
                icon="user-plus",
                items=(
                    NavItem("Gọi khách", "/_ui/", icon="phone"),
                    NavItem("Bàn giao", "/_ui/", icon="inbox"),
                ),
                is_open=True,
            ),
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
    "calendar": "gallery/calendar.html",
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
    return render(request, SHELLS[name], _samples() | (_calendar() if name == "calendar" else {}))


def _calendar() -> dict[str, Any]:
    """Give a week, a month and two colleagues with one of everything in them."""
    day = clock.today()
    monday = monday_of(day)
    office = read_hours("8-12, 13:30-17:30")
    hours = WorkingTime((office, office, office, office, office, read_hours("8-12"), ()))
    frame = calendars.Frame(
        hours, {monday + dt.timedelta(days=3): "Ngày Nhà giáo Việt Nam"}, "/_ui/calendar/#{day}"
    )

    def at(number: int, hour: int, minute: int = 0) -> dt.datetime:
        moment = dt.time(hour, minute)
        return dt.datetime.combine(monday + dt.timedelta(days=number), moment, tzinfo=clock.ZONE)

    def entry(number: int, label: str, start: dt.datetime, end: dt.datetime, **more: Any) -> calendars.Entry:
        drag = {"drag": "time", "may_stretch": True, "url": "/_ui/part/dialog/"}
        return calendars.Entry(number, label, start, end, **{**drag, **more})

    entries = [
        entry(1, "Họp giao ban", at(0, 8), at(0, 9), tone="violet", note="Phòng họp 3"),
        entry(2, "Khảo sát kho 2", at(0, 8, 30), at(0, 11), tone="amber", icon="map-pin"),
        entry(3, "Gọi anh Khải", at(1, 9), at(1, 9), tone="green", icon="phone", takes_time=False),
        entry(4, "Bận", at(1, 14), at(1, 15), tone="gray", is_busy=True, url="", drag=""),
        entry(5, "Lắp đặt ban đêm", at(3, 22), at(4, 2), tone="blue"),
        entry(6, "Gửi bảng thông số", at(2, 10), at(2, 10, 30), tone="blue", is_done=True),
        calendars.Entry(
            7, "Hội chợ", first=monday + dt.timedelta(days=1), last=monday + dt.timedelta(days=3), tone="teal"
        ),
    ]
    week = days_from(monday, 7)
    return {
        "days": calendars.days_with(entries, week, frame),
        "hours": calendars.hour_lines(),
        "open": calendars.opening_minute(week, hours),
        "weekdays": calendars.short_weekdays(),
        "weeks": [calendars.cells_with(entries, days, frame, month=day.month) for days in month_grid(day)],
        "heads": [calendars.bare_day(each, frame) for each in week],
        "people": [
            {"id": number, "name": name, "note": "12 giờ", "days": calendars.cells_with(entries, week, frame)}
            for number, name in ((1, "Nguyễn Hồng Hạnh"), (2, "Trần Quốc Bảo"))
        ],
    }


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
