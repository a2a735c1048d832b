"""One step for many rows of a list: the dialog that counts them, the step, and what came of it.

Rows are chosen by their boxes, or as all that the list shows; the address carries what it shows.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from duyen.entities.bulk import running
from duyen.entities.bulk.outcomes import name_of, reason_of
from duyen.entities.bulk.rules import Fate, Mode
from duyen.entities.bulk.running import start
from duyen.entities.bulk.selection import Chosen, Everything, Selection
from duyen.entities.bulk.steps import RESTORE, BulkStep, asks_of, label_of, right_for
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound, Refused
from duyen.entities.fields import Field, Flag, Label, Link
from duyen.entities.idempotency import Answer, answer_once
from duyen.entities.merging.rules import FEWEST, MOST
from duyen.entities.undo import undo_right
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, EXPORT
from duyen.foundation.jobs.models import Job
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import job_url, merge_url, undo_url
from duyen.surfaces.web.pages.exporting import export_list
from duyen.surfaces.web.pages.grid import TAG, tag_field
from duyen.surfaces.web.pages.jobs import job_context
from duyen.surfaces.web.pages.list_state import read_state
from duyen.surfaces.web.pages.lists import list_fragment
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.row_seen import looked_at
from duyen.surfaces.web.pages.sent_forms import fingerprint
from duyen.surfaces.web.pages.state import ListState
from duyen.surfaces.web.pages.widgets import Place, Typed
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "derived/bulk.html"
_MODES: Mapping[Mode, Label] = {
    Mode.ADD: gettext_lazy("Add to what is there"),
    Mode.REMOVE: gettext_lazy("Take away"),
    Mode.REPLACE: gettext_lazy("Replace all of them"),
}


class NothingSelected(Refused):
    """A step was asked for, and no row was selected for it."""

    code = "nothing_selected"
    sentence = gettext_lazy("No row is selected. Tick some rows, then choose the step again.")


@dataclass(frozen=True)
class Asked:
    """What was asked for: the step, the rows, and which fields it fills in."""

    entity: Entity
    state: ListState
    verb: str
    selection: Selection
    fields: Sequence[Field]
    choices: Sequence[Field]
    mode: str

    @property
    def step_verb(self) -> str:
        return CHANGE if self.verb == TAG else self.verb

    @property
    def is_everything(self) -> bool:
        return isinstance(self.selection, Everything)

    @property
    def label(self) -> Label:
        return _("Tag") if self.verb == TAG else label_of(self.entity, self.verb)

    @property
    def needs_no_question(self) -> bool:
        """Whether the step asks for nothing that one has to say: what the undo covers is not confirmed."""
        return self.verb in (DELETE, RESTORE) and not self.is_everything


@page
def bulk(request: ActorRequest, entities: str) -> HttpResponse:
    """Ask for what a step needs, or take it with all the selected rows."""
    entity = opened(request, entities)
    if request.POST.get("verb") == EXPORT:
        return cast("HttpResponse", export_list(request, entity))
    given = request.POST if request.method == "POST" else request.GET
    if given.get("verb") == MERGE:
        return _to_merge(request, entity, given)
    asked = _read(request, entity)
    is_taken = request.method == "POST" and bool(request.POST.get("take") or asked.needs_no_question)
    if not is_taken:
        return _form(request, asked, _start(asked), [])
    sent = forms.read_post(asked.fields, request.POST, request.actor)
    problems = [*sent.problems]
    if asked.verb == CHANGE and not asked.fields:
        problems.append(FieldProblem("", "required", _("Choose the field to set.")))
    if problems:
        return _form(request, asked, sent.typed, problems)
    modes = {each.name: asked.mode for each in asked.fields} if asked.verb == TAG else {}
    step = BulkStep(asked.step_verb, _jsonable(sent.raw), modes)
    try:
        answer = answer_once(
            actor=request.actor,
            key=request.POST.get("key") or str(uuid.uuid4()),
            fingerprint=fingerprint(request, request.get_full_path()),
            give=lambda: _take(request, asked, step),
        )
    except InvalidValues as error:
        return _form(request, asked, sent.typed, error.problems)
    return _taken(request, asked, answer.body)


def _to_merge(request: ActorRequest, entity: Entity, given: QueryDict) -> HttpResponse:
    """Lead to the page that puts the selected rows beside each other. Raises BadRequest, NothingSelected."""
    selection = _selection(entity, given, read_state(request, entity, _of_the_list(request)))
    if isinstance(selection, Everything) or not FEWEST <= len(selection.ids) <= MOST:
        few = _("between %(fewest)s and %(most)s records become one. Select those rows.")
        raise BadRequest(argument="ids", what=few % {"fewest": FEWEST, "most": MOST})
    address = merge_url(entity, ",".join(map(str, selection.ids)))
    return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)


# --- what is asked -------------------------------------------------------------------------------------


def _read(request: ActorRequest, entity: Entity) -> Asked:
    """Read the step and the rows. Raises NotFound, NotAllowed, NothingSelected or BadRequest."""
    given = request.POST if request.method == "POST" else request.GET
    verb = given.get("verb", "")
    right = right_for(entity, CHANGE if verb == TAG else verb)
    if not request.actor.may(entity.name, right):
        raise NotAllowed(why=_("this step is not among your rights for any record."))
    state = read_state(request, entity, _of_the_list(request))
    selection = _selection(entity, given, state)
    fields, choices = _fields(request, entity, verb, given.get("field", ""))
    mode = given.get("mode", Mode.ADD)
    return Asked(entity, state, verb, selection, fields, choices, mode if mode in tuple(Mode) else Mode.ADD)


def _of_the_list(request: ActorRequest) -> QueryDict:
    """Give the part of the address that says what the list shows."""
    query = request.GET.copy()
    for word in ("verb", "ids", "all", "field", "mode"):
        query.pop(word, None)
    return query


def _selection(entity: Entity, given: QueryDict, state: ListState) -> Selection:
    if given.get("all"):
        view = state.view()
        until = number_in(given.get("until", ""))
        return Everything(view, until) if until is not None else Everything.now(entity, view)
    chosen = [part for value in given.getlist("ids") for part in value.split(",") if part]
    if not chosen:
        raise NothingSelected
    ids, seen = [], {}
    for each in chosen:
        record_id, _dot, version = each.partition(".")
        chosen_id, seen_at = number_in(record_id), number_in(version or "0")
        if chosen_id is None or seen_at is None:
            raise BadRequest(argument="ids", what=_("the selection is broken. Select the rows again."))
        ids.append(chosen_id)
        if version:
            seen[chosen_id] = seen_at
    return Chosen(tuple(dict.fromkeys(ids)), seen)


def _fields(
    request: ActorRequest, entity: Entity, verb: str, name: str
) -> tuple[Sequence[Field], Sequence[Field]]:
    """Give the fields that the step fills in, and those among which one is to be chosen."""
    actor = request.actor
    if verb == TAG:
        field = tag_field(entity, actor)
        if field is None:
            raise NotAllowed(why=_("this step is not among your rights for any record."))
        return [field], []
    if verb != CHANGE:
        return asks_of(entity, verb), []
    choices = forms.settable(entity, actor, is_new=False)
    return [each for each in choices if each.name == name], choices


def _start(asked: Asked) -> dict[str, Typed]:
    return {each.name: _blank(each) for each in asked.fields}


def _blank(field: Field) -> Typed:
    if isinstance(field, Link):
        return {"id": "", "text": ""}
    if field.widget in ("phones", "emails", "addresses"):
        return []
    return False if isinstance(field, Flag) else ""


def _form(
    request: ActorRequest, asked: Asked, typed: Mapping[str, Typed], problems: Sequence[FieldProblem]
) -> HttpResponse:
    """Show how many rows the step is for, and ask for what it needs."""
    entity = asked.entity
    total = asked.selection.count(entity, request.actor)
    typed = {each.name: typed.get(each.name, _blank(each)) for each in asked.fields}
    place = Place(request.actor, forms.links_named(request.actor, asked.fields, typed))
    known = {each.name for each in asked.fields}
    context = {
        "title": asked.label,
        "about": _about(entity, total),
        "is_long": total > running.AT_ONCE,
        "can_undo": undo_right(asked.step_verb) is not None,
        "is_everything": asked.is_everything,
        "action": request.get_full_path(),
        "cancel_url": asked.state.url(),
        "hidden": _hidden(request, asked),
        "choices": [{"value": each.name, "label": each.label} for each in asked.choices],
        "chosen": asked.fields[0].name if asked.fields else "",
        "modes": [{"value": mode.value, "label": label} for mode, label in _MODES.items()]
        if asked.verb == TAG
        else [],
        "mode": asked.mode,
        "controls": list(forms.controls_of(asked.fields, typed, problems, place).values()),
        "problems": forms.listed([each for each in problems if each.field not in known], asked.fields),
        "is_danger": asked.verb == DELETE,
        "crumbs": [Crumb(entity.labels, asked.state.url()), Crumb(asked.label)],
    }
    status = 422 if problems else 200
    if is_fragment(request):
        return HttpResponse(render_block(request, TEMPLATE, "dialog", context), status=status)
    return render(request, TEMPLATE, context, status=status)


def _about(entity: Entity, total: int) -> str:
    what = str(entity.label if total == 1 else entity.labels).lower()
    return _("Applies to %(count)s %(what)s") % {"count": so(total), "what": what}


def _hidden(request: ActorRequest, asked: Asked) -> list[tuple[str, str]]:
    """Give what the form sends back unseen: the step, the rows as they were chosen, a key for one taking."""
    sent = request.POST.get("key") if request.POST.get("take") else ""
    pairs = [("verb", asked.verb), ("take", "1"), ("key", sent or str(uuid.uuid4()))]
    selection = asked.selection
    if isinstance(selection, Everything):
        return [*pairs, ("all", "1"), ("until", str(selection.until))]
    told = (
        f"{each}.{selection.seen[each]}" if each in selection.seen else str(each) for each in selection.ids
    )
    return [*pairs, ("ids", ",".join(told))]


# --- the step ------------------------------------------------------------------------------------------


def _jsonable(raw: Mapping[str, object]) -> dict[str, object]:
    """Keep what was sent as a job can keep it: controls send text, lists and objects of text."""
    return dict(raw)


def _take(request: ActorRequest, asked: Asked, step: BulkStep) -> Answer:
    done = start(asked.entity, step, asked.selection, actor=request.actor)
    if isinstance(done, Job):
        return Answer(202, {"job": done.pk})
    refused = [{"id": each.id, "reason": reason_of(asked.entity, each)} for each in done.of(Fate.REFUSED)]
    counts = {"changed": len(done.of(Fate.CHANGED)), "unchanged": len(done.of(Fate.UNCHANGED))}
    return Answer(200, {"operation": done.operation.id, "refused": refused, **counts})


def _taken(request: ActorRequest, asked: Asked, told: Mapping[str, Any]) -> HttpResponse:
    if "job" in told:
        return _job_begun(request, told["job"])
    undo = undo_url(told["operation"]) if told["changed"] and undo_right(asked.step_verb) else ""
    text = said(told)
    if told["refused"]:
        return _result(request, asked, told, text, undo)
    if not is_fragment(request):
        messages.success(request, text, extra_tags=undo)
        return HttpResponseRedirect(asked.state.url())
    answer = HttpResponse(list_fragment(request, looked_at(request, asked.entity)))
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#list", "outerHTML"
    trigger_client_event(answer, "close-dialog", {})
    return trigger_client_event(answer, "toast", {"text": text, "undo": undo})


def said(told: Mapping[str, Any]) -> str:
    """Say how many records were changed, stayed as they were, and were refused."""
    changed, unchanged, refused = told["changed"], told["unchanged"], len(told["refused"])
    parts = [
        ngettext("%(count)s record changed.", "%(count)s records changed.", changed) % {"count": so(changed)}
    ]
    if unchanged:
        same = ngettext("%(count)s was like that already.", "%(count)s were like that already.", unchanged)
        parts.append(same % {"count": so(unchanged)})
    if refused:
        stay = ngettext("%(count)s was refused.", "%(count)s were refused.", refused)
        parts.append(stay % {"count": so(refused)})
    return " ".join(parts)


def _result(
    request: ActorRequest, asked: Asked, told: Mapping[str, Any], text: str, undo: str
) -> HttpResponse:
    """Name the records that the step left as they are, each with its reason."""
    context = {
        "title": asked.label,
        "text": text,
        "refused": _named(asked.entity, told["refused"], request.actor),
        "undo_url": undo,
        "back": asked.state.url(),
        "crumbs": [Crumb(asked.entity.labels, asked.state.url()), Crumb(asked.label)],
    }
    if not is_fragment(request):
        return render(request, "derived/bulk_result.html", context)
    answer = HttpResponse(render_block(request, "derived/bulk_result.html", "dialog", context))
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#dlg", "innerHTML"
    return trigger_client_event(answer, "list-changed", {}) if told["changed"] else answer


def _named(entity: Entity, refused: Sequence[Mapping[str, Any]], actor: Actor) -> list[dict[str, str]]:
    """Name the records that were refused: those that are in sight by now, for the form may come again."""
    rows = entity.rows(actor, deleted=None).filter(pk__in=[each["id"] for each in refused])
    names = {row["id"]: name_of(entity, actor, row) for row in rows.values(*entity.columns)}
    return [
        {"name": names[each["id"]], "reason": each["reason"]}
        if each["id"] in names
        else {"name": f"#{each['id']}", "reason": str(NotFound())}
        for each in refused
    ]


def _job_begun(request: ActorRequest, job_id: int) -> HttpResponse:
    """Put the progress of the job into a corner of the page, or go to its own page."""
    if not is_fragment(request):
        return HttpResponseRedirect(job_url(job_id))
    job = Job.objects.filter(pk=job_id, asked_by_id=request.actor.user_id).order_by("pk").first()
    if job is None:
        raise NotFound
    answer = HttpResponse(render_block(request, "derived/job.html", "toast", job_context(request, job)))
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#toasts", "beforeend"
    trigger_client_event(answer, "clear-selection", {})
    return trigger_client_event(answer, "close-dialog", {})
