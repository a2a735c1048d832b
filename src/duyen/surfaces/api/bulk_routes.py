"""The call that takes one step with many records of an entity."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router

from duyen.entities.bulk.running import start
from duyen.entities.bulk.selection import Chosen, Everything, Selection
from duyen.entities.bulk.steps import RESTORE, BulkStep
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, NotAllowed, NotFound
from duyen.entities.idempotency import Answer
from duyen.entities.paging import View
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.queries import job_in_sight
from duyen.surfaces.api.calls import actor_of, answer, keep_once, refuse_unknown_arguments
from duyen.surfaces.api.own_fields import flat, inward, refuse_day_words
from duyen.surfaces.api.records import Json, show_job, show_refused_again, show_set, without_values
from duyen.surfaces.api.schemas import BulkBody, JobOut, SetOut

_EITHER = _("give either ids or a filter; an empty filter is every record.")


def add_bulk(entity: Entity, router: Router) -> None:
    """Add the call for an entity whose records can be changed."""
    if not any(each.editable for each in entity.fields):
        return

    def view(request: HttpRequest, body: BulkBody) -> HttpResponse:
        refuse_unknown_arguments(request, frozenset())
        actor = actor_of(request)
        if not actor.may(entity.name, READ):
            raise NotAllowed(why=_("reading this kind of record is not among your rights."))
        values = flat(body.values or {})
        refuse_day_words(entity, actor, values)
        selection = _selection(entity, body)
        step = BulkStep(
            body.verb,
            values,
            {inward(name): mode for name, mode in (body.modes or {}).items()},
        )

        first: list[Json] = []

        def give() -> Answer:
            done = start(entity, step, selection, actor=actor)
            if isinstance(done, Job):
                return Answer(
                    HTTPStatus.ACCEPTED, {"job": done.pk, "operation": str(done.arguments["operation"])}
                )
            first.append(show_set(entity, done, actor=actor))
            return Answer(HTTPStatus.OK, {**first[0], "refused": without_values(first[0]["refused"])})

        def show(kept: Json) -> Json:
            if "job" in kept:
                return show_job(_job(kept["job"], actor), actor)
            if first:
                return first[0]
            return {**kept, "refused": show_refused_again(entity, kept["refused"], actor=actor)}

        kept = keep_once(request, give)
        response = answer(show(kept.body), status=HTTPStatus(kept.status))
        response.headers["Operation-Id"] = kept.body["operation"]
        return response

    router.post(
        f"/{entity.name}/bulk",
        response={200: SetOut, 202: JobOut},
        operation_id=f"bulk_{entity.name}",
        summary=f"Take one step with many of {entity.name}",
        tags=[entity.name],
    )(view)


def _job(job_id: int, actor: Actor) -> Job:
    job = job_in_sight(job_id, actor)
    if job is None:
        raise NotFound
    return job


def _selection(entity: Entity, body: BulkBody) -> Selection:
    """Read which records are meant. Raises BadRequest."""
    if (body.ids is None) == (body.filter is None):
        raise BadRequest(argument="ids", what=_EITHER)
    if body.ids is None:
        view = View(q=body.q, filter=body.filter, deleted=body.verb == RESTORE)
        return Everything.now(entity, view)
    if not all(key.isdecimal() and len(key) < 19 for key in body.versions or {}):
        raise BadRequest(argument="versions", what=_("versions are given by the ids of records."))
    return Chosen(tuple(body.ids), {int(key): value for key, value in (body.versions or {}).items()})
