"""The settings as one place: their index, the forms derived from declarations, and what each was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from duyen.entities.acting_parts import called
from duyen.entities.errors import NotAllowed, NotFound
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.settings.company import SettingMoved, keep_setting, kept_rows
from duyen.foundation.settings.declaring import (
    Area,
    Declared,
    Kind,
    UnknownSetting,
    area_named,
    areas_for,
    declared,
    settings_in,
)
from duyen.foundation.settings.models import Setting
from duyen.foundation.settings.past import DEFAULT, changes_of, may_be_again, restore_value, undo_together
from duyen.foundation.settings.reading import read_value, said, shown_value, told_value
from duyen.kernel.errors import DomainError
from duyen.kernel.text import fold
from duyen.surfaces.web.commands import Command
from duyen.surfaces.web.context import readable
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.trail import DOORS
from duyen.surfaces.web.shell import Crumb, own_pages

INDEX = "/settings"
_LONGEST_QUESTION = 80


@dataclass(frozen=True)
class Shown:
    """One setting on a page: what it holds, in its control and in words, and who gave it that."""

    told: Declared
    value: str
    words: str
    default: str
    version: int
    kept: Setting | None
    error: str = ""

    @property
    def name(self) -> str:
        return self.told.key

    @property
    def control(self) -> Mapping[str, bool]:
        """Say by which control the value is given, and whether a switch is on."""
        kind = self.told.kind
        return {
            "is_switch": kind is Kind.FLAG,
            "is_on": self.value == "1",
            "is_choice": kind is Kind.CHOICE,
            "is_number": kind is Kind.WHOLE,
            "is_long": kind in (Kind.LONG_TEXT, Kind.WORDS),
            "is_email": kind is Kind.EMAIL,
            "is_address": kind is Kind.ORIGIN,
        }

    @property
    def has_default(self) -> bool:
        """Tell whether there is a default worth naming."""
        return self.told.default not in ("", [], None)

    @property
    def options(self) -> list[dict[str, Any]]:
        """Give the values of a choice as the kit's select reads them."""
        return [{"value": code, "label": label} for code, label in self.told.options]

    @property
    def history_url(self) -> str:
        return reverse("setting_history", args=[self.told.key])


@require_safe
@page
def index(request: ActorRequest) -> HttpResponse:
    """List the areas that the reader may open; typed words leave those, and those settings, that fit."""
    areas = areas_for(request.actor)
    if not areas:
        raise NotAllowed(why=_("the settings of the company are for administrators."))
    asked = request.GET.get("q", "")[:_LONGEST_QUESTION]
    words = fold(asked).split()
    found = [(area, _fitting(area, words)) for area in areas]
    shown = [(area, fits) for area, fits in found if fits or not words or _fits(words, *_words_of(area))]
    context = {"q": asked, "groups": _grouped(shown), "crumbs": [Crumb(_("Settings"))]}
    return render(request, "administration/settings_index.html", context)


def _grouped(shown: list[tuple[Area, list[Declared]]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for area, fits in shown:
        one = {"area": area, "fits": [{"told": each, "url": _place_of(area, each)} for each in fits]}
        groups.setdefault(str(area.group or _("Company")), []).append(one)
    return [{"label": label, "areas": areas} for label, areas in groups.items()]


def _place_of(area: Area, told: Declared) -> str:
    return f"{area.address}#f-{told.key if not area.url else told.key.rpartition('.')[2]}"


def _fitting(area: Area, words: list[str]) -> list[Declared]:
    return [each for each in settings_in(area.name) if words and _fits(words, each.label, each.help)]


def _words_of(area: Area) -> tuple[object, ...]:
    return (area.label, area.help, area.also)


def _fits(words: list[str], *texts: object) -> bool:
    """Tell whether each typed word begins a word of the texts, without tone marks."""
    known = fold(" ".join(str(each) for each in texts)).split()
    return all(any(word.startswith(each) for word in known) for each in words)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def area(request: ActorRequest, name: str) -> HttpResponse:
    """Show the settings of one area, and keep those that were changed: all that was sent, or nothing."""
    found = _area(request.actor, name)
    if request.method != "POST":
        return _form(request, found, shown_settings(found.name))
    before = shown_settings(found.name)
    changed, shown = _read(before, request)
    if any(each.error for each in shown):
        return _form(request, found, shown, status=422)
    operation = new_operation_id()
    try:
        with transaction.atomic():
            for each, value, version in changed:
                keep_setting(each.key, value, actor=request.actor, version=version, operation_id=operation)
    except SettingMoved as error:
        return _form(request, found, _moved(shown, before, changed, error), status=409)
    if changed:
        messages.success(request, _("Saved."), extra_tags=reverse("undo_settings", args=[operation]))
    return HttpResponseRedirect(found.address)


def _moved(
    shown: list[Shown], before: list[Shown], changed: list[tuple[Declared, Any, int]], error: SettingMoved
) -> list[Shown]:
    """Say beside each setting that somebody changed meanwhile what it holds now; what was typed stays."""
    now_kept = {each.name: each for each in shown_settings(shown[0].told.area)}
    sent = {told.key: version for told, _value, version in changed}
    return [
        Shown(
            each.told,
            each.value,
            now_kept[each.name].words,
            each.default,
            now_kept[each.name].version,
            now_kept[each.name].kept,
            _("%(sentence)s It holds now: %(value)s")
            % {"sentence": str(error), "value": now_kept[each.name].words}
            if each.name in sent and sent[each.name] != now_kept[each.name].version
            else "",
        )
        for each in shown
    ]


def _area(actor: Actor, name: str) -> Area:
    found = area_named(name)
    if found is None or found.url:
        raise NotFound
    if not found.may_open(actor):
        raise NotAllowed(why=_("the settings of the company are for administrators."))
    return found


def shown_settings(area_name: str) -> list[Shown]:
    """Give what each setting of an area holds now, by one question."""
    told = settings_in(area_name)
    kept = kept_rows(each.key for each in told)
    return [_shown(each, kept.get(each.key)) for each in told]


def _shown(told: Declared, kept: Setting | None) -> Shown:
    value = kept.value if kept else told.default
    return Shown(
        told,
        shown_value(told, value),
        told_value(told, value),
        told_value(told, told.default),
        kept.version if kept else 0,
        kept,
    )


def _read(before: list[Shown], request: HttpRequest) -> tuple[list[tuple[Declared, Any, int]], list[Shown]]:
    """Read what was sent: the settings that differ with their values and versions, and the form as typed."""
    changed, shown = [], []
    for each in before:
        text = request.POST.get(each.name, "")
        error = ""
        try:
            value = read_value(each.told, text)
            if value != (each.kept.value if each.kept else each.told.default):
                seen = number_in(request.POST.get(f"version:{each.name}", ""))
                changed.append((each.told, value, each.version if seen is None else seen))
        except DomainError as refused:
            error = said(refused)
        shown.append(Shown(each.told, text, each.words, each.default, each.version, each.kept, error))
    return changed, shown


def _form(request: ActorRequest, found: Area, shown: list[Shown], status: int = 200) -> HttpResponse:
    context = {
        "area": found,
        "settings": shown,
        "problems": [
            {"id": f"f-{each.name}", "label": each.told.label, "message": each.error}
            for each in shown
            if each.error
        ],
        "crumbs": [Crumb(_("Settings"), INDEX), Crumb(found.label)],
    }
    return render(request, "administration/settings_area.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def history(request: ActorRequest, key: str) -> HttpResponse:
    """Show what a setting was, and give it one of these values again."""
    told, found = _setting(request.actor, key)
    kept = kept_rows([key]).get(key)
    if request.method == "POST":
        return _restore(request, told)
    changes = changes_of(told)
    now_kept = kept.value if kept else told.default
    lines = [
        {
            "entry": each.entry,
            "at": each.at,
            "who": called(each.who, each.user_id),
            "door": DOORS.get(each.door, each.door),
            "words": told_value(told, each.value),
            "is_now": place == 0 and each.value == now_kept,
            "is_same": each.value == now_kept,
        }
        for place, each in enumerate(changes)
    ]
    context = {
        "told": told,
        "area": found,
        "lines": lines,
        "default": told_value(told, told.default),
        "default_entry": DEFAULT,
        "is_default": now_kept == told.default,
        "may_default": may_be_again(told, told.default),
        "version": kept.version if kept else 0,
        "crumbs": [Crumb(_("Settings"), INDEX), Crumb(found.label, found.address), Crumb(told.label)],
    }
    return render(request, "administration/setting_history.html", context)


def _restore(request: ActorRequest, told: Declared) -> HttpResponse:
    entry, version = number_in(request.POST.get("entry", "")), number_in(request.POST.get("version", ""))
    if entry is None or version is None:
        raise NotFound
    with transaction.atomic():
        value = restore_value(told, entry, actor=request.actor, version=version)
    messages.success(request, _("It holds again: %(value)s") % {"value": told_value(told, value)})
    return HttpResponseRedirect(reverse("setting_history", args=[told.key]))


def _setting(actor: Actor, key: str) -> tuple[Declared, Area]:
    try:
        told = declared(key)
    except UnknownSetting as error:
        raise NotFound from error
    found = area_named(told.area)
    if told.kind is Kind.INTERNAL or found is None:
        raise NotFound
    if not found.may_open(actor):
        raise NotAllowed(why=_("the settings of the company are for administrators."))
    return told, found


@require_POST
@page
def undo(request: ActorRequest, operation: int) -> HttpResponse:
    """Take back what was saved by one step, and lead back."""
    if not areas_for(request.actor):
        raise NotAllowed(why=_("the settings of the company are for administrators."))
    with transaction.atomic():
        keys = undo_together(operation, actor=request.actor)
        areas = {declared(key).area for key in keys}
        for name in areas:
            _setting_area(request.actor, name)
    text = ngettext("%(count)s setting taken back.", "%(count)s settings taken back.", len(keys))
    messages.success(request, text % {"count": len(keys)})
    first = area_named(declared(keys[0]).area)
    return HttpResponseRedirect(first.address if first else INDEX)


def _setting_area(actor: Actor, name: str) -> None:
    """Refuse, and so roll back, what belongs to an area that the actor may not open."""
    found = area_named(name)
    if found is None or not found.may_open(actor):
        raise NotAllowed(why=_("the settings of the company are for administrators."))


def commands(actor: Actor) -> Iterator[Command]:
    """Lead to every area of the settings from anywhere; its settings are words by which it is found."""
    in_navigation = {each.url for each in own_pages(actor)} | {list_url(each) for each in readable(actor)}
    for each in areas_for(actor):
        if each.address in in_navigation:
            continue  # the palette opens what stands in the navigation already
        also = " ".join(str(told.label) for told in settings_in(each.name))
        label = _("Settings: %(area)s") % {"area": each.label}
        yield Command(label, each.icon, each.address, also=f"{each.also} {also}")


def marks_of(area_name: str) -> Mapping[str, Shown]:
    """Give who changed what, by the last part of each key, for a page with a form of its own."""
    return {each.name.rpartition(".")[2]: each for each in shown_settings(area_name)}
