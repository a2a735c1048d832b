"""The steps that a record can take besides an edit: delete, restore, hand over, share, and its commands.

Each is a dialog where htmx asks and a page of its own where not; both are one form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from duyen.entities.actions import Action
from duyen.entities.approvals.asking import WORDS, ask, waiting_for
from duyen.entities.approvals.errors import AskedAlready, NeedsApproval
from duyen.entities.approvals.gate import Need
from duyen.entities.approvals.reading import needs_of
from duyen.entities.bulk.running import start_undo
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Day, Field, Flag, Label, Link
from duyen.entities.merging.undoing import is_merge
from duyen.entities.pages import Preview
from duyen.entities.performing import perform, read_arguments
from duyen.entities.registry import entity_named
from duyen.entities.sharing import share, unshare
from duyen.entities.standard import delete, hand_over, restore
from duyen.entities.undo import Undone
from duyen.entities.values import read_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, DELETE, HAND_OVER, SHARE
from duyen.foundation.jobs.models import Job
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.surfaces.web.filters import ngay_gio
from duyen.surfaces.web.fragments import render_block, template_of
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.addresses import (
    HISTORY,
    account_url,
    job_url,
    list_url,
    record_url,
    step_url,
    twins_url,
    undo_url,
)
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.file_tab import tabs_of
from duyen.surfaces.web.pages.forms import Sent
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.reasons import against, standing_against
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.pages.row_seen import FROM_ROW, answer_with_row, is_from_a_row
from duyen.surfaces.web.pages.shown import Drawn
from duyen.surfaces.web.pages.standing import is_open_to
from duyen.surfaces.web.pages.widgets import Place, Typed
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "step.html"
RESTORE, UNSHARE = "restore", "unshare"


@dataclass(frozen=True)
class Outcome:
    """What a step came to: a sentence, and the operation by which it can be undone.

    `job_id` is the background work that goes on with it, `made_id` the record to which it leads.
    One that `is_asked` waits for a second person, and nothing is done.
    """

    text: str
    operation_id: int | None = None
    job_id: int | None = None
    made_id: int | None = None
    is_asked: bool = False


@dataclass(frozen=True)
class Step:
    """One step: its words, the right it needs, what it asks, and how it is taken."""

    verb: str
    label: Label
    needs: str
    asks: Sequence[Field]
    take: Callable[[Entity, int, Actor, Mapping[str, Any]], Outcome]
    text: Label = ""
    tone: str = ""
    icon: str = ""
    in_bin: bool | None = False
    why_not: Callable[[Any], Label | None] | None = None
    preview: Preview | None = None
    makes: str = ""
    part: str = ""

    def asking(self, asks: Sequence[Field]) -> Step:
        """Give the same step with fewer questions, where the others are answered already."""
        return replace(self, asks=tuple(asks), preview=None)


def _delete(entity: Entity, record_id: int, actor: Actor, _values: Mapping[str, Any]) -> Outcome:
    return Outcome(_("Moved to the bin."), delete(entity, record_id, actor=actor).operation.id)


def _restore(entity: Entity, record_id: int, actor: Actor, _values: Mapping[str, Any]) -> Outcome:
    return Outcome(_("Restored."), restore(entity, record_id, actor=actor).operation.id)


def _hand_over(entity: Entity, record_id: int, actor: Actor, values: Mapping[str, Any]) -> Outcome:
    operation = hand_over(
        entity, [record_id], actor=actor, owner=values["owner"], unit=values.get("unit") or None
    )
    return Outcome(_("Handed over."), operation.id)


def _share(entity: Entity, record_id: int, actor: Actor, values: Mapping[str, Any]) -> Outcome:
    share(
        entity,
        record_id,
        actor=actor,
        user=values["user"],
        may_change=values["may_change"],
        until=values["until"],
    )
    return Outcome(_("Shared."))


def _unshare(entity: Entity, record_id: int, actor: Actor, values: Mapping[str, Any]) -> Outcome:
    unshare(entity, record_id, actor=actor, user=values["user"])
    return Outcome(_("No longer shared."))


_PERSON = Link("user", gettext_lazy("Person"), to="users", required=True)
STANDARD: Mapping[str, Step] = {
    each.verb: each
    for each in (
        Step(
            DELETE,
            gettext_lazy("Delete"),
            DELETE,
            (),
            _delete,
            text=gettext_lazy("The record goes to the bin and can be restored from there."),
            tone="danger",
            icon="trash-2",
        ),
        Step(RESTORE, gettext_lazy("Restore"), DELETE, (), _restore, icon="undo-2", in_bin=True),
        Step(
            HAND_OVER,
            gettext_lazy("Hand over"),
            HAND_OVER,
            (
                Link("owner", gettext_lazy("New owner"), to="users", required=True),
                Link(
                    "unit", gettext_lazy("Unit"), to="units", help=gettext_lazy("Left empty, the unit stays.")
                ),
            ),
            _hand_over,
            text=gettext_lazy("People with whom the record is shared keep it; that is ended on its page."),
            icon="user",
        ),
        Step(
            SHARE,
            gettext_lazy("Share"),
            SHARE,
            (
                _PERSON,
                Flag("may_change", gettext_lazy("May change it too")),
                Day("until", gettext_lazy("Until"), help=gettext_lazy("The last day. Left empty: for good.")),
            ),
            _share,
            text=gettext_lazy("The person sees this record beside those of her own role."),
            icon="share-2",
        ),
        Step(UNSHARE, gettext_lazy("Stop sharing"), SHARE, (_PERSON,), _unshare, icon="x"),
    )
}


def step_of(entity: Entity, verb: str) -> Step:
    """Find a step of the engine or an action of the entity. Raises NotFound."""
    if verb in STANDARD and (entity.has_bin or verb not in (DELETE, RESTORE)):
        return STANDARD[verb]
    found = next((each for each in entity.actions if each.verb == verb and not each.many), None)
    if found is None:
        raise NotFound
    step = of_action(found)
    return step if step.preview else replace(step, preview=entity.foretold.get(verb))


def of_action(action: Action) -> Step:
    """Make the step of an action that a module declares."""

    def take(entity: Entity, record_id: int, actor: Actor, values: Mapping[str, Any]) -> Outcome:
        done = perform(entity, action.verb, record_id, actor=actor, arguments=values)
        if done.job is not None:
            return Outcome(_("It goes on in the background."), job_id=done.job)
        made = done.id if done.id != record_id else None
        text = _("Done: %(step)s.") % {"step": str(action.label).lower()}
        return Outcome(text, done.operation.id if action.can_undo else None, made_id=made)

    return Step(
        action.verb,
        action.label,
        action.needs,
        action.asks,
        take,
        tone=action.tone,
        text=action.text,
        icon=action.icon,
        in_bin=None if action.in_bin else False,
        why_not=action.why_not,
        preview=action.preview,
        makes=action.makes,
        part=action.part,
    )


@page
def step(request: ActorRequest, entities: str, record_id: int, verb: str) -> HttpResponse:
    """Show the form of a step, or take it."""
    entity = opened(request, entities)
    taken = step_of(entity, verb)
    row = row_of(entity, request.actor, record_id, deleted=taken.in_bin)
    if not is_open_to(entity, request.actor, taken.needs, row):
        raise NotAllowed(why=_("this step is not among your rights for this record."))
    if request.method != "POST":
        typed = started(taken, request)
        drawn = _drawn_first(request, row, taken, typed)
        need = needs_of(entity, row, actor=request.actor).get(verb)
        said = standing_against(entity, verb, row, request.actor)
        return draw_form(request, entity, row, taken, typed, said, status=200, drawn=drawn, need=need)
    sent = forms.read_post(taken.asks, request.POST, request.actor)
    looks_ahead = _looks_ahead(request, taken)
    if looks_ahead or sent.problems:
        told = () if looks_ahead else sent.problems
        return draw_form(request, entity, row, taken, sent.typed, told)
    try:
        if "preview" in request.POST and taken.preview:
            drawn = _drawn(taken.preview, request.actor, row, _read(taken, sent.raw))
            return draw_form(request, entity, row, taken, sent.typed, [], drawn=drawn)
        outcome = _take(request, entity, record_id, taken, sent)
    except InvalidValues as error:
        return draw_form(request, entity, row, taken, sent.typed, error.problems)
    except NeedsApproval as error:
        return _needs(request, entity, row, taken, sent, error)
    except (NotFound, NotAllowed, BadRequest):
        raise
    except DomainError as error:
        if not taken.asks:
            raise
        said = against(error)
        # htmx shows what came with 422; a browser hears that the state stood against it.
        status = 422 if is_fragment(request) else 409
        return draw_form(request, entity, row, taken, sent.typed, said, status=status)
    return _taken(request, entity, record_id, outcome, is_gone=verb == DELETE and not outcome.is_asked)


def _take(request: ActorRequest, entity: Entity, record_id: int, taken: Step, sent: Sent) -> Outcome:
    """Take the step, or ask for its approval where that button was pressed."""
    if "ask" not in request.POST:
        return taken.take(entity, record_id, request.actor, _clean(taken, sent))
    made = ask(
        entity,
        taken.verb,
        record_id,
        actor=request.actor,
        arguments=_clean(taken, sent),
        words=request.POST.get(WORDS, ""),
    )
    when = ngay_gio(made.due_at)
    text = _("Asked for approval. You are told what is decided, by %(when)s at the latest.") % {"when": when}
    return Outcome(text, is_asked=True)


def _needs(
    request: ActorRequest,
    entity: Entity,
    row: Mapping[str, Any],
    taken: Step,
    sent: Sent,
    error: NeedsApproval,
) -> HttpResponse:
    """Offer to ask for approval where the step needs it; say so where somebody asked already."""
    waiting = waiting_for(entity, taken.verb, row["id"], error.need.part)
    if waiting is not None:
        raise AskedAlready(who=waiting.asked_by.full_name) from error
    status = 422 if is_fragment(request) else 409
    return draw_form(
        request, entity, row, taken, sent.typed, [], status=status, need=error.need, refused=True
    )


def _clean(taken: Step, sent: Sent) -> Mapping[str, Any]:
    """Read what was sent; an action reads it once more by itself, so it gets what was typed."""
    return _read(taken, sent.raw) if taken.verb in STANDARD else sent.raw


def _read(taken: Step, raw: Mapping[str, object]) -> Mapping[str, Any]:
    return read_arguments(Action(taken.verb, taken.label, _nothing, asks=taken.asks), raw)


def _drawn(preview: Preview, actor: Actor, row: Mapping[str, Any], values: Mapping[str, Any]) -> Drawn:
    return Drawn(_("Preview"), preview.template, preview.content(actor, row, values))


def _looks_ahead(request: ActorRequest, taken: Step) -> bool:
    """Tell whether one asks once more what the step would do, of which it is told at once."""
    return "preview" in request.POST and taken.preview is not None and taken.preview.at_once


def _drawn_at_once(request: ActorRequest, row: Mapping[str, Any], taken: Step) -> Drawn | None:
    """Tell what the step would do by what is said so far; what is missing or wrong is left open."""
    if taken.preview is None or not taken.preview.at_once:
        return None
    sent = forms.read_post(taken.asks, request.POST, request.actor)
    read, _problems = read_fields(taken.asks, sent.raw)
    values = {each.name: each.blank for each in taken.asks} | read
    content = taken.preview.content(request.actor, row, values)
    return Drawn("", taken.preview.template, content)


def _drawn_first(
    request: ActorRequest, row: Mapping[str, Any], taken: Step, typed: Mapping[str, Typed]
) -> Drawn | None:
    """Show at once what the step would do, where the address asks for it and names all that is needed."""
    if taken.preview is None or "preview" not in request.GET:
        return None
    raw = {each.name: typed[each.name]["id"] for each in taken.asks if isinstance(each, Link)}
    try:
        return _drawn(taken.preview, request.actor, row, _read(taken, raw))
    except InvalidValues:
        return None


def _nothing() -> None:
    """Stand for the work of an action that is only read."""


def started(taken: Step, request: ActorRequest) -> dict[str, Typed]:
    """Give what the form starts with: what is usual, or the links that the address names."""
    place = Place(request.actor, {})
    values = {each.name: each.blank if each.default is None else each.default for each in taken.asks}
    typed = forms.typed_from_values(taken.asks, values, place)
    given = {each.name: request.GET.get(each.name, "") for each in taken.asks if isinstance(each, Link)}
    chosen = {name: {"id": pk, "text": ""} for name, pk in given.items() if pk.isdecimal() and len(pk) < 19}
    linked = forms.links_named(request.actor, taken.asks, typed | chosen)
    for name, one in chosen.items():
        link = next(each for each in taken.asks if each.name == name)
        found = linked.get(link.to, {}).get(int(one["id"])) if isinstance(link, Link) else None
        typed[name] = one | {"text": found.label} if found else typed[name]
    return typed


def draw_form(
    request: ActorRequest,
    entity: Entity,
    row: Mapping[str, Any],
    taken: Step,
    typed: Mapping[str, Typed],
    problems: Sequence[FieldProblem],
    *,
    status: int = 422,
    drawn: Drawn | None = None,
    need: Need | None = None,
    refused: bool = False,
    action: str = "",
    cancel_url: str = "",
) -> HttpResponse:
    """Draw the form of a step, for a page or for the dialog; `action` is where it is sent, if elsewhere."""
    title = entity.title_of(row)
    place = Place(request.actor, forms.links_named(request.actor, taken.asks, typed), row["id"])
    controls = forms.controls_of(taken.asks, typed, problems, place)
    known = {each.name: each for each in taken.asks}
    # Which part of the record it is about was said by the button beside that part.
    part = typed.get(taken.part) if isinstance(typed.get(taken.part), str) else ""
    context = {
        "title": taken.label,
        "name": title,
        "text": taken.text,
        "controls": [control for name, control in controls.items() if not part or name != taken.part],
        "part": {"name": taken.part, "value": part} if part else None,
        "has_preview": taken.preview is not None and taken.preview.again,
        "drawn": drawn or _drawn_at_once(request, row, taken),
        "twins_url": _twins_url(taken, request),
        "problems": forms.listed([each for each in problems if each.field not in known], taken.asks),
        "action": action
        or step_url(entity, row["id"], taken.verb) + _coming_from(request, entity, row["id"]),
        "cancel_url": cancel_url or record_url(entity, row["id"], tab=_tab(request, entity, row["id"])),
        "is_danger": taken.tone == "danger",
        "who_grants": need.who if need else "",
        "why_granted": need.why if need else "",
        "approval_words": request.POST.get(WORDS, ""),
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(title, record_url(entity, row["id"])),
            Crumb(taken.label),
        ],
    }
    answered, template = (status if problems or refused else 200), template_of(entity.name, TEMPLATE)
    if is_fragment(request):
        return HttpResponse(render_block(request, template, "dialog", context), status=answered)
    return render(request, template, context, status=answered)


def _twins_url(taken: Step, request: ActorRequest) -> str:
    """Give the address that tells what is like the record that a step is about to make."""
    if not taken.makes or not request.actor.may(taken.makes, CREATE):
        return ""
    return twins_url(entity_named(taken.makes)) + "?step=1"


def _coming_from(request: ActorRequest, entity: Entity, record_id: int) -> str:
    """Give what the form's address carries on: the row of a list, or the tab of a record, to go back to."""
    if is_from_a_row(request):
        return FROM_ROW
    tab = _tab(request, entity, record_id)
    return f"?tab={tab}" if tab else ""


def _tab(request: ActorRequest, entity: Entity, record_id: int) -> str:
    """Give the tab of the record on which the step was begun, or nothing for the first one."""
    came = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    of_the_record = came.path == record_url(entity, record_id)
    asked = request.GET.get("tab", "") or (parse_qs(came.query).get("tab", [""])[0] if of_the_record else "")
    return asked if asked == HISTORY or asked in {each.name for each in tabs_of(entity)} else ""


def _taken(
    request: ActorRequest, entity: Entity, record_id: int, outcome: Outcome, *, is_gone: bool
) -> HttpResponse:
    undo = undo_url(outcome.operation_id) if outcome.operation_id else ""
    if outcome.job_id is not None:
        messages.success(request, outcome.text)
        address = job_url(outcome.job_id)
        return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)
    if outcome.made_id is not None:
        messages.success(request, outcome.text)
        address = record_url(entity, outcome.made_id)
        return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)
    if is_fragment(request) and is_from_a_row(request):
        answer = answer_with_row(request, entity, record_id, text=outcome.text, undo=undo)
        return trigger_client_event(trigger_client_event(answer, "close-dialog", {}), "recount", {})
    messages.success(request, outcome.text, extra_tags=undo)
    tab = _tab(request, entity, record_id)
    address = list_url(entity) if is_gone else record_url(entity, record_id, tab=tab)
    return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)


@page
def undo(request: ActorRequest, operation_id: int) -> HttpResponse:
    """Take one operation back, and show what it had touched."""
    if request.method != "POST":
        raise NotFound
    record = number_in(request.GET.get("record", ""))
    undone = start_undo(operation_id, actor=request.actor, record_id=record)
    if isinstance(undone, Job):
        address = job_url(undone.pk)
        return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)
    if is_merge(operation_id):
        return _to_account(request, operation_id)
    messages.success(request, _undone_in_words(undone, request.actor))
    if is_fragment(request):
        answer = HttpResponse()
        answer.headers["HX-Refresh"] = "true"
        return answer
    return HttpResponseRedirect(_back(request))


def _to_account(request: ActorRequest, merge_id: int) -> HttpResponse:
    """Show what came back of an undone merge, and what did not."""
    messages.success(request, _("The merge is undone."))
    address = account_url(merge_id)
    return HttpResponseClientRedirect(address) if is_fragment(request) else HttpResponseRedirect(address)


def _undone_in_words(undone: Undone, actor: Actor) -> str:
    text = _("Undone.")
    if undone.left_fields:
        readable = {each.name for each in undone.entity.remembered(actor)}
        fields = ", ".join(str(each.label) for each in undone.left_fields if each.name in readable)
        text = _("Undone, apart from what was changed again since: %(fields)s.") % {"fields": fields}
    if undone.refused:
        stay = ngettext(
            "%(count)s record could not go back: %(names)s.",
            "%(count)s records could not go back: %(names)s.",
            len(undone.refused),
        )
        names = ", ".join(each.name for each in undone.refused[:5])
        text += " " + stay % {"count": len(undone.refused), "names": names}
    return text


def _back(request: ActorRequest) -> str:
    """Give the page on which the button stood, if it is one of ours."""
    address = request.POST.get("back", "")
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else "/"
