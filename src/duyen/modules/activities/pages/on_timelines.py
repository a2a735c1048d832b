"""What is done on a timeline: the form above it, one entry whole, a note changed, a task finished."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from duyen.entities import standard
from duyen.entities.attachments.writing import add_file
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.idempotency import Answer, answer_once
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.timelines.declared import Entry
from duyen.entities.timelines.everywhere import everywhere
from duyen.entities.timelines.reading import subject_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import CHANGE, DELETE, SHARE, Door
from duyen.foundation.files.limits import limits
from duyen.foundation.org.models import User
from duyen.modules.activities import advertising, choices, composing, timeline
from duyen.modules.activities.composing import Typed
from duyen.modules.activities.mentions import called_in
from duyen.modules.activities.words import ActivityKind
from duyen.modules.consents.tabs import calls_now
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import list_url, record_url, step_url, undo_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.standing import is_open_to
from duyen.surfaces.web.received import Received, received
from duyen.surfaces.web.shell import Crumb

COMPOSER, PAGE, CALL = "activities/composer.html", "activities/compose.html", "activities/call.html"
FINISH, NOTE = "activities/finish_here.html", "activities/note.html"
ENTRY = "activities/timeline_entry.html"
#: Where the form says what there is to say after it was sent.
_SAID = "#composer-said"
_FIELDS = (
    "kind",
    "body",
    "whom",
    "direction",
    "outcome",
    "duration_minutes",
    "done_at",
    "starts_at",
    "ends_at",
    "place",
    "due_at",
    "owner",
    "owner_text",
    "is_private",
    "advertises",
    "key",
)


# --- Write something -------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def compose(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show the form by itself, or keep what was written about a record."""
    entity = opened(request, entities)
    row = row_of(entity, request.actor, record_id)
    if request.method != "POST":
        return _form(request, entity, row, Typed({"kind": request.GET.get("kind", "")}))
    typed = Typed({name: request.POST.get(name, "") for name in _FIELDS})
    with received(request, [file for file in request.FILES.getlist("file") if file.name], limits()) as came:
        if came.refused:
            problem = " ".join(str(each) for each in came.refused)
            return _form(request, entity, row, replace(typed, errors={"file": problem}))
        try:
            made = _write(request.actor, entity, row, typed, came)
        except InvalidValues as error:
            return _form(request, entity, row, replace(typed, errors=_errors(error)))
    return _written(request, entity, row, made, typed)


def _write(
    actor: Actor, entity: Entity, row: Mapping[str, Any], typed: Typed, came: Received
) -> tuple[str, int, str]:
    """Make the activity with its files, once for each key. Raises InvalidValues, NotAllowed.

    Gives entity and id, and the rule that forbade a call which advertised.
    """
    people = composing.whom(actor, entity, row)
    makes, values = composing.read(typed.values, actor=actor, about=[(entity.name, row["id"])], people=people)

    def give() -> Answer:
        done = standard.create(makes, actor=actor, values=values)
        for each in came.kept:
            add_file(makes, done.id, each, actor=actor)
        denied = advertising.note(values, typed.values, actor=actor, entity=entity, row=row)
        return Answer(HTTPStatus.CREATED, {"entity": makes.name, "id": done.id, "denied": denied})

    told = repr((entity.name, row["id"], sorted(typed.values.items()), came.digest))
    fingerprint = hashlib.sha256(told.encode()).hexdigest()
    key = typed.get("key") or str(uuid.uuid4())
    body = answer_once(actor=actor, key=key, fingerprint=fingerprint, give=give).body
    return str(body["entity"]), int(body["id"]), str(body["denied"])


def _errors(error: InvalidValues) -> dict[str, str]:
    """Put each problem where the form shows it: what has no place stands with the text."""
    shown = {*_FIELDS, "file"}
    found: dict[str, str] = {}
    for problem in error.problems:
        place = problem.field if problem.field in shown else "body"
        found[place] = " ".join(filter(None, (found.get(place, ""), str(problem.message))))
    return found


def _form(request: ActorRequest, entity: Entity, row: Mapping[str, Any], typed: Typed) -> HttpResponse:
    """Show the form: in its place on the timeline, in the dialog, or as a page."""
    content = composing.form(request.actor, entity, row, typed)
    if content is None:
        raise NotAllowed(why=_("noting activities is not among your rights."))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK
    context = _context(entity, row, {"content": content})
    if not is_fragment(request):
        return render(request, PAGE, context, status=status)
    if request.POST.get("from") == "call":
        return HttpResponse(render_block(request, CALL, "dialog", context), status=status)
    answer = HttpResponse(render_block(request, COMPOSER, "composer", context), status=status)
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#composer", "outerHTML"
    return answer


def _context(entity: Entity, row: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    title = entity.title_of(row)
    crumbs = [Crumb(entity.labels, list_url(entity)), Crumb(title, record_url(entity, row["id"]))]
    return {
        "title": title,
        "crumbs": crumbs,
        "back_url": record_url(entity, row["id"], tab="timeline"),
        **more,
    }


def _written(
    request: ActorRequest, entity: Entity, row: Mapping[str, Any], made: tuple[str, int, str], typed: Typed
) -> HttpResponse:
    """Say that it is kept, and who of those it calls cannot see the record."""
    text = {"NOTE": _("The note is saved."), "TASK": _("The task is saved.")}.get(
        typed.get("kind"), _("Saved on the timeline.")
    )
    makes, record_id, denied = entity_named(made[0]), made[1], made[2]
    undo = step_url(makes, record_id, DELETE) if request.actor.may(makes.name, DELETE) else ""
    unseen = _unseen(entity, row, typed.get("body"))
    said = {
        "unseen": unseen,
        "may_share": is_open_to(entity, request.actor, SHARE, row) and not entity.scope.is_company_wide,
        "share_url": step_url(entity, row["id"], SHARE),
    }
    if not is_fragment(request):
        messages.success(request, text, extra_tags=undo)
        if denied:
            messages.warning(request, _("This call was not allowed to advertise: %(why)s") % {"why": denied})
        for user in unseen:
            words = _("%(name)s cannot see this record. Share it, or tell her yourself.")
            messages.warning(request, words % {"name": user.full_name})
        return HttpResponseRedirect(record_url(entity, row["id"], tab="timeline"))
    drawn = render_block(request, COMPOSER, "said", said)
    answer = HttpResponse(drawn, status=HTTPStatus.CREATED)
    if "composer" in request.headers.get("HX-Target", ""):
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = _SAID, "innerHTML"
    else:
        answer.headers["HX-Reswap"] = "none"
        trigger_client_event(answer, "close-dialog", {})
    trigger_client_event(answer, "composed", {"key": str(uuid.uuid4())})
    trigger_client_event(answer, "timeline-changed", {})
    if denied:
        text = f"{text} {_('This call was not allowed to advertise: %(why)s') % {'why': denied}}"
    tone = "amber" if denied else "green"
    return trigger_client_event(answer, "toast", {"text": text, "undo": undo, "tone": tone})


def _unseen(entity: Entity, row: Mapping[str, Any], body: str) -> list[User]:
    """List those whom a text calls and who cannot read the record that it is about."""
    called = called_in([body])[0]
    users = User.objects.filter(pk__in=called, is_active=True).order_by("full_name") if called else ()
    return [
        user
        for user in users
        if not entity.rows(actor_for(user, Door.JOB), deleted=None).filter(pk=row["id"]).exists()
    ]


@require_safe
@page
def call(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Ask in a dialog what came of a call: one key or tap for the answer, one to save it."""
    entity = opened(request, entities)
    row = row_of(entity, request.actor, record_id)
    kinds = composing.offered(request.actor)
    content = composing.form(request.actor, entity, row, Typed({"kind": ActivityKind.CALL}))
    if content is None or ActivityKind.CALL not in kinds:
        raise NotAllowed(why=_("noting activities is not among your rights."))
    context = _context(
        entity, row, {"content": content, "advertising": calls_now(request.actor, entity.name, row)}
    )
    if not is_fragment(request):
        return render(request, CALL, context)
    return HttpResponse(render_block(request, CALL, "dialog", context))


# --- One entry -------------------------------------------------------------------------------------------


@require_safe
@page
def entry(request: ActorRequest, entities: str, record_id: int, activity_id: int) -> HttpResponse:
    """Show one entry whole; opened directly, the activity itself."""
    entity = opened(request, entities)
    row = row_of(entity, request.actor, record_id)
    activities = entity_named("activities")
    if not is_fragment(request):
        return HttpResponseRedirect(record_url(activities, activity_id))
    activity = row_of(activities, request.actor, activity_id)
    subject = subject_of(entity, row, actor=request.actor)
    told = timeline.tell(request.actor, subject, [activity_id], whole=True)[activity_id]
    source = next(each for each in everywhere(entity) if each.name == timeline.SOURCE)
    shown = Entry(source, activity_id, activity["at"], told)
    context = {"entry": shown, "content": {"entity": entity, "row": row}}
    return HttpResponse(render_block(request, ENTRY, "entry", context))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def note(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Show the text of an activity to be changed in its place, or keep the change."""
    entity = entity_named("activities")
    row = row_of(entity, request.actor, activity_id)
    body, version = request.POST.get("body", row["body"]), request.POST.get("version", "")
    problem = ""
    if request.method == "POST":
        seen = int(version) if version.isdigit() else row["version"]
        subject_too = {"subject": ""} if row["kind"] == ActivityKind.NOTE else {}
        try:
            done = standard.change(
                entity, activity_id, actor=request.actor, values={"body": body, **subject_too}, version=seen
            )
        except InvalidValues as error:
            problem = " ".join(str(each.message) for each in error.problems)
        else:
            undo = undo_url(done.operation.id, activity_id)
            return _changed(request, entity, activity_id, _("The text is changed."), undo)
    more = {"row": row, "body": body, "problem": problem, "steps": _steps(request.actor, entity, row)}
    context = _context(entity, row, {**more, "steps_back": _first_about(row)})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    if not is_fragment(request):
        return render(request, NOTE, context, status=status)
    return HttpResponse(render_block(request, NOTE, "dialog", context), status=status)


def _steps(actor: Actor, entity: Entity, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Offer what else can be done with a note: keep it on top, or move it to the bin."""
    at = f"/activities/{row['id']}/on-timeline"
    found: list[dict[str, Any]] = []
    if row["kind"] == ActivityKind.NOTE and is_open_to(entity, actor, CHANGE, row):
        verb, label = ("unpin", _("Unpin")) if row["is_pinned"] else ("pin", _("Pin to the top"))
        icon = "pin-off" if row["is_pinned"] else "pin"
        found.append({"url": f"{at}/{verb}", "label": label, "icon": icon, "tone": ""})
    if is_open_to(entity, actor, DELETE, row):
        found.append({"url": f"{at}/delete", "label": _("Delete"), "icon": "trash-2", "tone": "danger"})
    return found


def _first_about(row: Mapping[str, Any]) -> str:
    """Give the timeline on which an activity stands first."""
    first = next(iter(row["about"] or ()), None)
    return f"/{first['entity']}/{first['id']}?tab=timeline" if first else f"/activities/{row['id']}"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def finish(request: ActorRequest, activity_id: int) -> HttpResponse:
    """Ask what came of an activity and what comes next, or finish it with that."""
    entity = entity_named("activities")
    row = row_of(entity, request.actor, activity_id)
    names = ("outcome", "result", "next_step", "next_due")
    typed = {name: request.POST.get(name, "") for name in names}
    errors: dict[str, str] = {}
    if request.method == "POST":
        opener = _opener(request.actor, row)
        try:
            perform(opener, "finish", activity_id, actor=request.actor, arguments=typed)
        except InvalidValues as error:
            errors = {each.field: str(each.message) for each in error.problems}
        else:
            return _changed(request, entity, activity_id, _("Finished."), "")
    context = _context(
        entity,
        row,
        {
            "row": row,
            "typed": typed,
            "errors": errors,
            "outcomes": choices.OUTCOMES.held().offered,
        },
    )
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    if not is_fragment(request):
        return render(request, FINISH, context, status=status)
    return HttpResponse(render_block(request, FINISH, "dialog", context), status=status)


def _opener(actor: Actor, row: Mapping[str, Any]) -> Entity:
    """Give the entity by which the actor may act on an activity: a task as a task where that is hers."""
    name = "tasks" if row["kind"] == ActivityKind.TASK and actor.may("tasks", "change") else "activities"
    return entity_named(name)


_STEPS = ("pin", "unpin", DELETE)


@require_POST
@page
def step(request: ActorRequest, activity_id: int, verb: str) -> HttpResponse:
    """Pin an entry, let it go again, or move it to the bin."""
    entity = entity_named("activities")
    if verb not in _STEPS:
        raise NotFound
    if verb == DELETE:
        row = row_of(entity, request.actor, activity_id)
        done = standard.delete(_opener(request.actor, row), activity_id, actor=request.actor)
        text, undo = _("Moved to the bin."), undo_url(done.operation.id, activity_id)
    else:
        perform(entity, verb, activity_id, actor=request.actor, arguments={})
        text, undo = (_("Pinned to the top.") if verb == "pin" else _("No longer pinned.")), ""
    return _changed(request, entity, activity_id, text, undo)


def _changed(request: ActorRequest, entity: Entity, activity_id: int, text: str, undo: str) -> HttpResponse:
    if not is_fragment(request):
        messages.success(request, text, extra_tags=undo)
        return HttpResponseRedirect(_back(request) or record_url(entity, activity_id))
    answer = HttpResponse(status=HTTPStatus.OK)
    answer.headers["HX-Reswap"] = "none"
    trigger_client_event(answer, "close-dialog", {})
    trigger_client_event(answer, "timeline-changed", {})
    return trigger_client_event(answer, "toast", {"text": text, "undo": undo, "tone": "green"})


def _back(request: ActorRequest) -> str:
    """Give the page of this house that a plain form wants to return to."""
    back = request.POST.get("back", "")
    return back if back.startswith("/") and not back.startswith("//") else ""


urlpatterns: list[URLPattern] = [
    path("<slug:entities>/<int:record_id>/timeline", compose, name="compose"),
    path("<slug:entities>/<int:record_id>/timeline/<int:activity_id>", entry, name="timeline_entry"),
    *(
        path(f"{name}/<int:record_id>/call", call, {"entities": name}, name=f"log_call_{name}")
        for name in ("customers", "contacts")
    ),
    path("activities/<int:activity_id>/text", note, name="change_text"),
    path("activities/<int:activity_id>/done", finish, name="finish_activity"),
    path("activities/<int:activity_id>/on-timeline/<slug:verb>", step, name="timeline_step"),
]
