"""The page of one record: who it is, what is known, what can be done, what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from markupsafe import Markup

from duyen.entities.approvals.reading import about, by_verb
from duyen.entities.completeness.declaring import COLUMN
from duyen.entities.derived.pending import pending_of
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.fields import (
    Addresses,
    AsGiven,
    Choice,
    Emails,
    Field,
    Label,
    Phones,
    TaxCodeField,
    show_address,
)
from duyen.entities.fields.base import EMPTY
from duyen.entities.labels import Linked, link_labels
from duyen.entities.layouts.reading import arranged_for, form_for, form_names, shown_in_order
from duyen.entities.merging.hangings import mergeable
from duyen.entities.merging.standing import formers_of, merged_among, where_it_went
from duyen.entities.once import reading_once
from duyen.entities.pages import Panel
from duyen.entities.personal.standing import Erased, is_erased
from duyen.entities.recent import remember_opened
from duyen.entities.restricted import about_erased
from duyen.entities.sharing import Shared, shares_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import SHARE
from duyen.surfaces.web.approvals.shown import approval_panels, line
from duyen.surfaces.web.fragments import render_block, template_of
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.notices.changed import changed_place
from duyen.surfaces.web.notices.watching import watch_state
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import timeline, trail
from duyen.surfaces.web.pages.addresses import (
    HISTORY,
    account_url,
    duplicates_url,
    list_url,
    record_url,
    step_url,
)
from duyen.surfaces.web.pages.completeness import completeness_panels
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.file_tab import drop_url, tabs_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.shown import Drawn, badge, on_record, plain, recomputing, shown
from duyen.surfaces.web.pages.steps import UNSHARE
from duyen.surfaces.web.pages.twins import like_record, likely_open
from duyen.surfaces.web.pages.ways import access_way, edit_url, key_leads, offered_on, open_way, restore_url
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "record.html"
INFO = "info"
TIMELINE = timeline.TIMELINE
#: What htmx puts a part of the timeline in the place of, and the block that goes there.
_TIMELINE_BLOCKS = {"timeline": "timeline", "more-timeline": "rows"}


@dataclass(frozen=True)
class Fact:
    """A word and its value."""

    label: Label
    value: Markup


@dataclass(frozen=True)
class Part:
    """Values under one title."""

    title: Label
    facts: list[Fact]


@dataclass(frozen=True)
class TabLink:
    """One tab of the page."""

    label: Label
    url: str
    is_current: bool
    count: str = ""


@page
def show(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show a record, or the tab that changed."""
    entity = opened(request, entities)
    row = _standing_row(entity, record_id, request.actor)
    if row is None:
        return HttpResponseRedirect(_where_it_went(entity, record_id, request.actor))
    # A page writes nothing of what it shows: whatever its parts ask for alike is read once.
    with reading_once():
        response = _draw(request, entity, row)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _draw(request: ActorRequest, entity: Entity, row: Mapping[str, Any]) -> HttpResponse:
    name, actor = request.GET.get("tab") or first_tab(entity), request.actor
    is_part = is_fragment(request) and name != INFO
    linked: Linked = {} if is_part else link_labels(actor, entity.readable(actor), [row])
    context = {"entity": entity, "row": row} | _tab(entity, row, request, name, linked)
    target, template = request.headers.get("HX-Target"), template_of(entity.name, TEMPLATE)
    if is_fragment(request) and name == TIMELINE and target in _TIMELINE_BLOCKS:
        block = _TIMELINE_BLOCKS[target]
        drawn: Any = context["drawn"]
        alone = render_block(request, timeline.TEMPLATE, block, {"content": drawn.content})
        response = HttpResponse(alone)
    elif is_fragment(request) and target in ("tab", "more-history"):
        block = "tab" if target == "tab" else "history"
        response = HttpResponse(render_block(request, template, block, context))
    else:
        context |= _frame(entity, row, actor, name, linked)
        context["changed"] = changed_place(entity, row["id"], row["version"])
        context["watching"] = watch_state(entity, row, request)
        context |= _formers(entity, row, request.actor, number_in(request.GET.get("was", "")))
        response = render(request, template, context)
        remember_opened(entity, row["id"], actor=request.actor)
    return response


def _standing_row(entity: Entity, record_id: int, actor: Actor) -> Mapping[str, Any] | None:
    """Read a record, also from the bin; nothing of one that went into another. Raises NotFound."""
    try:
        row = row_of(entity, actor, record_id, deleted=None)
    except NotFound:
        if not mergeable(entity) or not merged_among(entity.family, [record_id]):
            raise
        return None
    is_gone = row.get("deleted_at") is not None and merged_among(entity.family, [record_id])
    return None if is_gone else row


def _where_it_went(entity: Entity, record_id: int, actor: Actor) -> str:
    """Give the address of the record into which this one went. Raises NotFound where she may not see that."""
    went = where_it_went(entity, record_id, actor)
    if went is None:
        raise NotFound
    return record_url(*went) + f"?was={record_id}"


def _formers(entity: Entity, row: Mapping[str, Any], actor: Actor, was: int | None) -> dict[str, Any]:
    """Name the records that went into this one, and the one whose old address led here."""
    shows_code = "code" in entity.by_name and "code" in {each.name for each in entity.readable(actor)}
    # A merge changes the one that stays, so nothing can have gone into a record that nobody changed.
    found = formers_of(entity.family, row["id"]) if mergeable(entity) and row["version"] > 1 else []
    named = [
        {"id": each.id, "code": each.code if shows_code else f"#{each.id}", "url": account_url(each.merge)}
        for each in found
    ]
    return {"formers": named, "was": next((each for each in named if each["id"] == was), None)}


def first_tab(entity: Entity) -> str:
    """Name the tab that the address of a record opens: of people and firms, what happened with them."""
    return TIMELINE if entity.party == "id" else INFO


def _tab(
    entity: Entity, row: Mapping[str, Any], request: ActorRequest, name: str, linked: Linked
) -> dict[str, Any]:
    """Give what the chosen tab shows. Raises NotFound for one that is not there."""
    actor = request.actor
    nothing: dict[str, Any] = {
        "parts": [],
        "told": None,
        "drawn": None,
        "here": record_url(entity, row["id"], tab=name),
    }
    if name == INFO:
        return nothing | {"parts": parts_of(entity, row, actor, linked)}
    if name == TIMELINE:
        content = timeline.shown_timeline(request, entity, row)
        return nothing | {"drawn": Drawn(timeline.LABEL, timeline.TEMPLATE, content)}
    if name == HISTORY:
        before = number_in(request.GET.get("before", ""))
        told = trail.tell(entity, row, actor=actor, before=before)
        return nothing | {"told": told}
    for each in tabs_of(entity):
        if each.name == name and each.fits(row):
            return nothing | {"drawn": Drawn(each.label, each.template, each.content(actor, row))}
    raise NotFound


def parts_of(
    entity: Entity, row: Mapping[str, Any], actor: Actor, linked: Linked | None = None
) -> list[Part]:
    """Lay the readable fields out as the form does."""
    readable = {each.name for each in entity.readable(actor)}
    if linked is None:
        linked = link_labels(actor, entity.readable(actor), [row])
    values = entity.values(row)
    pending = pending_of(entity.readable(actor), [row["id"]])

    def drawn(each: Field) -> Markup:
        told = on_record(each, values[each.name], linked, actor)
        return told + " " + recomputing() if pending.has(each.name, row["id"]) else told

    def facts(fields: list[Field]) -> list[Fact]:
        return [Fact(each.label, drawn(each)) for each in fields if each.name in readable]

    sections = [
        (title, [each for line in lines for each in line]) for title, lines in form_for(entity, actor)
    ]
    parts = [Part(title, facts(fields)) for title, fields in sections]
    return [part for part in parts if part.facts]


def _frame(entity: Entity, row: Mapping[str, Any], actor: Actor, tab: str, linked: Linked) -> dict[str, Any]:
    """Give what stands around the tabs."""
    readable = {each.name: each for each in entity.readable(actor)}
    values = entity.values(row)
    is_in_bin = row.get("deleted_at") is not None
    is_gone = (is_in_bin and is_erased(entity.family, [row["id"]])) or bool(about_erased(entity, [row["id"]]))
    is_shut = is_in_bin or is_gone
    edit = edit_url(entity, row, actor) if not is_shut else ""
    asked = about(entity, row["id"], actor=actor)
    waiting = by_verb(each.request for each in asked if each.is_waiting)
    ways, commands = ([], []) if is_shut else offered_on(entity, row, actor, waiting=waiting, on_page=True)
    lines, access = [line(each) for each in asked], access_way(entity, row, actor)
    return {
        "waiting": [each for each in lines if each["is_waiting"]],
        **head_of(entity, row, actor, linked),
        "tabs": _tabs(entity, row, actor, tab),
        "drop_url": drop_url(entity, row, actor) if not is_gone else "",
        "panels": [
            *(completeness_panels(entity, row, actor, edit_url=edit) if not is_gone else ()),
            *approval_panels(lines),
            *_drawn(
                [
                    each
                    for each in shown_in_order(entity.panels, arranged_for(entity, actor).panels)
                    if each.name != tab and not each.above
                ],
                actor,
                row,
            ),
        ],
        "above": _drawn([each for each in entity.panels if each.above], actor, row),
        "stages": _stages(entity, row, readable),
        "call_url": _first(readable, values, Phones, "tel:"),
        "mail_url": _mail_url(entity, row, readable, values, actor),
        "edit_url": edit,
        "key_leads": key_leads(entity, row, actor) if not is_shut and not actor.is_looking else [],
        "ways": [*ways, access],
        "access_way": access,
        "commands": commands,
        "twins": len(likely_open(like_record(entity, actor, row))) if not is_shut else 0,
        "duplicates_url": duplicates_url(entity, row["id"]),
        "is_in_bin": is_in_bin,
        "erased": Erased.sentence if is_gone else "",
        "restore_url": restore_url(entity, row, actor) if is_in_bin and not is_gone else "",
        "shares": _shares(entity, row, actor),
        "share_url": open_way(entity, row, actor, SHARE) if not is_shut else "",
        "unshare_url": step_url(entity, row["id"], UNSHARE),
        "rest": [
            Fact(each.label, shown(each, values[each.name], linked, actor))
            for each in _rest(entity, readable)
            if values[each.name] not in EMPTY
        ],
        "crumbs": [Crumb(entity.labels, list_url(entity)), Crumb(entity.title_of(row))],
    }


def _drawn(panels: Sequence[Panel], actor: Actor, row: Mapping[str, Any]) -> list[Drawn]:
    """Give those panels that have something to tell of a record."""
    return [
        Drawn(each.label, each.template, content)
        for each in panels
        if each.fits(row) and (content := each.content(actor, row))
    ]


def head_of(
    entity: Entity, row: Mapping[str, Any], actor: Actor, linked: Linked | None = None
) -> dict[str, Any]:
    """Give the name of a record and what stands under it."""
    readable = {each.name: each for each in entity.readable(actor)}
    if linked is None:
        linked = link_labels(actor, list(readable.values()), [row])
    values = entity.values(row)
    return {
        "title": entity.title_of(row),
        "badges": _badges(readable, values),
        "summary": _summary(entity, readable, values, linked),
        "facts": [
            Fact(readable[name].label, _fact(readable[name], values[name], linked, actor))
            for name in entity.facts
            if name in readable
        ],
    }


def _rest(entity: Entity, readable: Mapping[str, Field]) -> list[Field]:
    """List the readable fields that stand nowhere else: numbers, stamps. What was given has a panel."""
    placed = {*form_names(entity), *entity.facts}
    placed |= {entity.lifecycle.column} if entity.lifecycle else set()
    copies = {
        column for each in entity.fields if isinstance(each, Addresses) for column, _part in each.copies
    }
    placed |= {COLUMN}
    placed |= {each.name for each in entity.fields if isinstance(each, AsGiven)}
    return [each for each in readable.values() if each.name not in placed and not copies & set(each.columns)]


def _badges(readable: Mapping[str, Field], values: Mapping[str, Any]) -> list[Markup]:
    """Draw the marks beside the name."""
    marks = [each for each in readable.values() if isinstance(each, Choice) and each.badge]
    return [badge(each, values[each.name]) for each in marks if values[each.name]]


def _summary(entity: Entity, readable: Mapping[str, Field], values: Mapping[str, Any], linked: Linked) -> str:
    words = []
    for name in entity.summary:
        each = readable.get(name)
        if each is None or values[name] in EMPTY:
            continue
        if isinstance(each, Addresses):
            words.append(show_address(values[name][0]))
        elif isinstance(each, TaxCodeField):
            words.append(f"{each.label} {values[name]}")
        else:
            words.append(plain(each, values[name], linked))
    return " · ".join(words)


def _fact(each: Field, value: Any, linked: Linked, actor: Actor) -> Markup:
    """Draw one of the few values under the name; of several phones the first."""
    return shown(each, value[:1] if isinstance(each, (Phones, Emails)) else value, linked, actor)


def _tabs(entity: Entity, row: Mapping[str, Any], actor: Actor, current: str) -> list[TabLink]:
    """List the tabs: the one that opens first, then those of the module, then what happened."""
    address, tabs = record_url(entity, row["id"]), arranged_for(entity, actor).tabs
    first = first_tab(entity)
    told, info = (
        TabLink(label, address if name == first else record_url(entity, row["id"], tab=name), current == name)
        for name, label in ((TIMELINE, timeline.LABEL), (INFO, _("Information")))
    )
    found = [told, info] if first == TIMELINE else [info]
    for each in shown_in_order([tab for tab in tabs_of(entity) if tab.fits(row)], tabs):
        count = str(each.count(actor, row)) if each.count else ""
        found.append(
            TabLink(each.label, record_url(entity, row["id"], tab=each.name), current == each.name, count)
        )
    after = [] if first == TIMELINE else [told]
    history = TabLink(_("History"), record_url(entity, row["id"], tab=HISTORY), current == HISTORY)
    return [*found, *after, history]


def _stages(entity: Entity, row: Mapping[str, Any], readable: Mapping[str, Field]) -> list[dict[str, Any]]:
    """Give the states of the life cycle with the present one marked."""
    lifecycle = entity.lifecycle
    if lifecycle is None or lifecycle.column not in readable:
        return []
    if lifecycle.bar and lifecycle.bar_about in readable:
        return [
            {"label": label, "state": state, "is_current": state == "now"}
            for label, state in lifecycle.bar(row)
        ]
    present = row[lifecycle.column]
    return [
        {
            "label": each.label,
            "state": "now" if each.code == present else "",
            "is_current": each.code == present,
        }
        for each in lifecycle.states
    ]


#: Gives the address of the page on which one writes to a record, or nothing where one may not.
MailAt = Callable[[Entity, Mapping[str, Any], Actor], str]
_mail_at: list[MailAt] = []


def write_mail_at(address_of: MailAt) -> None:
    """Let mail to a record be written on a page of ours instead of in the reader's own program."""
    _mail_at[:] = [address_of]


def _mail_url(
    entity: Entity,
    row: Mapping[str, Any],
    readable: Mapping[str, Field],
    values: Mapping[str, Any],
    actor: Actor,
) -> str:
    if not any(isinstance(each, Emails) for each in readable.values()):
        return ""
    own = next((url for each in _mail_at if (url := each(entity, row, actor))), "")
    return own or _first(readable, values, Emails, "mailto:")


def _first(readable: Mapping[str, Field], values: Mapping[str, Any], kind: type[Field], scheme: str) -> str:
    points = [values[each.name] for each in readable.values() if isinstance(each, kind)]
    return next((scheme + held[0].value for held in points if held), "")


def _shares(entity: Entity, row: Mapping[str, Any], actor: Actor) -> list[Shared]:
    """List to whom the record is open by name, for those who may decide that."""
    return shares_of(entity, row["id"]) if open_way(entity, row, actor, SHARE) else []
