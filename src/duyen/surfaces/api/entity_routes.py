"""The calls of one entity, derived from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router

from duyen.entities.actions import Action
from duyen.entities.approvals.asking import WORDS, ask
from duyen.entities.approvals.errors import NeedsApproval
from duyen.entities.approvals.reading import one
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound, StaleVersion
from duyen.entities.history import history
from duyen.entities.idempotency import Answer
from duyen.entities.locking import not_allowed
from duyen.entities.merging.standing import where_it_went
from duyen.entities.paging import View, page
from duyen.entities.performing import perform
from duyen.entities.sharing import share, shares_of, unshare
from duyen.entities.standard import Done, change, create, delete, hand_over, restore
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import DELETE, READ, SHARE
from duyen.surfaces.api.addresses import ADDRESS
from duyen.surfaces.api.approval_schemas import ApprovalOut, show_request
from duyen.surfaces.api.calls import (
    actor_of,
    answer,
    name_operation,
    needed_version,
    once,
    refuse_unknown_arguments,
    take_version,
)
from duyen.surfaces.api.own_fields import flat, refuse_day_words
from duyen.surfaces.api.problems import Malformed, stale
from duyen.surfaces.api.reading import read_json
from duyen.surfaces.api.records import (
    read_record,
    show_clashes,
    show_history,
    show_records,
    show_share,
    tell_deletions,
)
from duyen.surfaces.api.schemas import (
    LARGEST_ID,
    DeleteBody,
    EntitySchemas,
    HandOverBody,
    HistoryOut,
    ShareBody,
    SharesOut,
    StepBody,
    UnshareBody,
)

RecordId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Limit = Annotated[int, Query(ge=1, le=200)]
_FILTER = 'Conditions as JSON, such as {"and": [["name", "contains", "an"], ["owner", "eq", 5]]}.'
Words = Annotated[str, Query(description="Words to search for, without tone marks too.")]
Filter = Annotated[str, Query(description=_FILTER)]
Order = Annotated[str, Query(description="Up to three orders, such as -created_at,name.")]
Cursor = Annotated[str, Query(description="The cursor that the last page gave as next.")]
Bin = Annotated[bool, Query(description="Look into the bin instead.")]
Before = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
_LIST_ARGUMENTS = frozenset({"q", "filter", "sort", "limit", "after"})
_HISTORY_ARGUMENTS = frozenset({"limit", "after"})
_BIN_ARGUMENTS = frozenset({"bin"})
_NO_ARGUMENTS: frozenset[str] = frozenset()

View_ = Callable[..., HttpResponse]


class EntityRoutes:
    """Adds the calls of one entity to a router: list, read, create, change, delete, steps, history."""

    def __init__(self, entity: Entity, router: Router) -> None:
        self.entity = entity
        self.router = router
        self.schemas = EntitySchemas(entity)
        self.at = f"/{entity.name}"
        self.one = entity.name.removesuffix("s") if entity.name.endswith("s") else entity.name

    def add(self) -> None:
        """Add every call that the declaration allows."""
        entity = self.entity
        self._get(self.at, f"list_{entity.name}", self._list(), self.schemas.page, f"List {entity.name}")
        self._get(
            f"{self.at}/{{int:id}}",
            f"read_{self.one}",
            self._read(),
            self.schemas.out,
            f"Read one of {entity.name}",
        )
        if any(each.editable for each in entity.fields):
            self._add_writes()
        if entity.has_bin:
            self._add_bin()
        if entity.has_owner:
            self._post("hand_over", self._hand_over(), "Hand over to another owner")
        if not entity.scope.is_company_wide:
            self._post("share", self._share(), "Open to one more person by name")
            self._post("unshare", self._unshare(), "Close to a person again")
            self._get(
                f"{self.at}/{{int:id}}/shares",
                f"list_shares_of_{self.one}",
                self._shares(),
                SharesOut,
                f"List to whom one of {entity.name} is open by name",
            )
        for step in entity.actions:
            self._post(step.verb, self._step(step), _summary(step))
        self._get(
            f"{self.at}/{{int:id}}/history",
            f"read_history_of_{self.one}",
            self._history(),
            HistoryOut,
            f"Read the history of one of {entity.name}",
        )

    def _add_writes(self) -> None:
        entity = self.entity
        self.router.post(
            self.at,
            response={201: self.schemas.out},
            operation_id=f"create_{self.one}",
            summary=f"Create one of {entity.name}",
            tags=[entity.name],
        )(self._create())
        self.router.patch(
            f"{self.at}/{{int:id}}",
            response=self.schemas.out,
            operation_id=f"change_{self.one}",
            summary=f"Change fields of one of {entity.name}",
            tags=[entity.name],
        )(self._change())

    def _add_bin(self) -> None:
        self.router.delete(
            f"{self.at}/{{int:id}}",
            response={204: None, 202: ApprovalOut} if DELETE in self.entity.approval_limits else {204: None},
            operation_id=f"delete_{self.one}",
            summary=f"Move one of {self.entity.name} to the bin",
            tags=[self.entity.name],
        )(self._delete())
        self._post("restore", self._restore(), "Take out of the bin")

    def _get(self, path: str, operation: str, view: View_, response: Any, summary: str) -> None:
        self.router.get(
            path, response=response, operation_id=operation, summary=summary, tags=[self.entity.name]
        )(view)

    def _post(self, verb: str, view: View_, summary: str) -> None:
        self.router.post(
            f"{self.at}/{{int:id}}/{verb}",
            response={200: self.schemas.out, 202: ApprovalOut}
            if verb in self.entity.approval_limits
            else self.schemas.out,
            operation_id=f"{verb}_{self.one}",
            summary=summary,
            tags=[self.entity.name],
        )(view)

    def _list(self) -> View_:
        if self.entity.has_bin:
            return self._list_with_bin()

        def view(
            request: HttpRequest,
            q: Words = "",
            filter: Filter = "",
            sort: Order = "",
            limit: Limit = 50,
            after: Cursor = "",
        ) -> HttpResponse:
            refuse_unknown_arguments(request, _LIST_ARGUMENTS)
            asked = View(q=q, filter=read_filter(filter), sort=sort, limit=limit)
            return self._listed(actor_of(request), asked, after)

        return view

    def _list_with_bin(self) -> View_:
        def view(
            request: HttpRequest,
            q: Words = "",
            filter: Filter = "",
            sort: Order = "",
            limit: Limit = 50,
            after: Cursor = "",
            bin: Bin = False,
        ) -> HttpResponse:
            refuse_unknown_arguments(request, _LIST_ARGUMENTS | _BIN_ARGUMENTS)
            asked = View(q=q, filter=read_filter(filter), sort=sort, limit=limit, deleted=bin)
            return self._listed(actor_of(request), asked, after)

        return view

    def _listed(self, actor: Actor, asked: View, after: str) -> HttpResponse:
        entity = self.entity
        if not actor.may(entity.name, READ):
            raise NotAllowed(why=_("reading this kind of record is not among your rights."))
        found = page(entity, entity.lists[0], actor=actor, view=asked, after=after or None)
        shown = show_records(entity, found.rows, actor=actor)
        if asked.deleted:
            tell_deletions(entity, shown)
        return answer({"items": shown, "next": found.next})

    def _read(self) -> View_:
        entity = self.entity
        if entity.has_bin:
            return self._read_with_bin()

        def view(request: HttpRequest, id: RecordId) -> HttpResponse:
            refuse_unknown_arguments(request, _NO_ARGUMENTS)
            return answer(read_record(entity, id, actor=actor_of(request)))

        return view

    def _read_with_bin(self) -> View_:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId, bin: Bin = False) -> HttpResponse:
            refuse_unknown_arguments(request, _BIN_ARGUMENTS)
            actor = actor_of(request)
            if bin:
                record = read_record(entity, id, actor=actor, deleted=True)
                tell_deletions(entity, [record])
                return answer(record)
            try:
                return answer(read_record(entity, id, actor=actor))
            except NotFound:
                went = where_it_went(entity, id, actor)
                if went is None:
                    raise
                return _led_on(*went)

        return view

    def _shares(self) -> View_:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId) -> HttpResponse:
            refuse_unknown_arguments(request, _NO_ARGUMENTS)
            actor = actor_of(request)
            if not entity.rows(actor, deleted=None).filter(pk=id).exists():
                raise NotFound
            if not entity.rows(actor, SHARE, deleted=None).filter(pk=id).exists():
                raise not_allowed(SHARE)
            return answer({"items": [show_share(each) for each in shares_of(entity, id)]})

        return view

    def _history(self) -> View_:
        entity = self.entity

        def view(
            request: HttpRequest,
            id: RecordId,
            limit: Limit = 50,
            after: Before = None,
        ) -> HttpResponse:
            refuse_unknown_arguments(request, _HISTORY_ARGUMENTS)
            found = history(entity, id, actor=actor_of(request), before=after, limit=limit)
            return answer(show_history(found))

        return view

    def _create(self) -> View_:
        entity = self.entity

        def view(request: HttpRequest, body: Any) -> HttpResponse:
            refuse_unknown_arguments(request, _NO_ARGUMENTS)
            actor = actor_of(request)
            values = _values(body)
            refuse_day_words(entity, actor, values)
            operations = []

            def give() -> Answer:
                done = create(entity, actor=actor, values=values)
                operations.append(done.operation)
                return Answer(HTTPStatus.CREATED, reference_to(done))

            given = once(request, give, lambda kept: shown_after(entity, kept, actor=actor))
            response = answer(given.body, status=HTTPStatus(given.status))
            response.headers["Location"] = f"{request.path}/{given.body['id']}"
            return name_operation(response, operations[0]) if operations else response

        return taking(view, self.schemas.new)

    def _change(self) -> View_:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId, body: Any) -> HttpResponse:
            refuse_unknown_arguments(request, _NO_ARGUMENTS)
            actor = actor_of(request)
            values = _values(body)
            # A record that the caller may not see is not there, whatever else is wrong with the call.
            if not entity.rows(actor).filter(pk=id).exists():
                raise NotFound
            refuse_day_words(entity, actor, values)
            version = needed_version(request, values)
            try:
                done = change(entity, id, actor=actor, values=values, version=version)
            except StaleVersion as error:
                return clash(entity, error, actor=actor)
            shown = shown_after(entity, reference_to(done), actor=actor)
            return name_operation(answer(shown), done.operation)

        return taking(view, self.schemas.change)

    def _delete(self) -> View_:
        entity = self.entity

        def view(request: HttpRequest, id: RecordId, body: DeleteBody | None = None) -> HttpResponse:
            refuse_unknown_arguments(request, _NO_ARGUMENTS)
            actor = actor_of(request)
            values = body.model_dump(exclude_unset=True) if body else {}
            if not entity.rows(actor).filter(pk=id).exists():
                raise NotFound
            version = needed_version(request, values)
            try:
                done = delete(entity, id, actor=actor, version=version, **values)
            except StaleVersion as error:
                return clash(entity, error, actor=actor)
            except NeedsApproval:
                kept = asked_for(entity, DELETE, id, actor, values)
                return answer(shown_request(kept, actor), status=HTTPStatus.ACCEPTED)
            return name_operation(HttpResponse(status=HTTPStatus.NO_CONTENT), done.operation)

        return view

    def _restore(self) -> View_:
        def take(record_id: int, actor: Actor, _values: dict[str, Any], version: int | None) -> Done:
            return restore(self.entity, record_id, actor=actor, version=version)

        return taking(self._write(take), StepBody, optional=True)

    def _hand_over(self) -> View_:
        def take(record_id: int, actor: Actor, values: dict[str, Any], version: int | None) -> Done:
            seen = {} if version is None else {record_id: version}
            operation = hand_over(self.entity, [record_id], actor=actor, seen=seen, **values)
            return Done(record_id, 0, operation)

        return taking(self._write(take), HandOverBody)

    def _share(self) -> View_:
        def take(record_id: int, actor: Actor, values: dict[str, Any], _version: int | None) -> Done:
            return Done(record_id, 0, share(self.entity, record_id, actor=actor, **values))

        return taking(self._write(take), ShareBody)

    def _unshare(self) -> View_:
        def take(record_id: int, actor: Actor, values: dict[str, Any], _version: int | None) -> Done:
            return Done(record_id, 0, unshare(self.entity, record_id, actor=actor, **values))

        return taking(self._write(take), UnshareBody)

    def _step(self, step: Action) -> View_:
        def take(record_id: int, actor: Actor, values: dict[str, Any], version: int | None) -> Done:
            return perform(self.entity, step.verb, record_id, actor=actor, arguments=values, version=version)

        needs_body = any(each.required for each in step.asks)
        may_wait = step.verb in self.entity.approval_limits
        body = self.schemas.step(step.verb, step.asks, may_wait=may_wait)
        return taking(self._write(take, verb=step.verb), body, optional=not needs_body)

    def _write(
        self, take: Callable[[int, Actor, dict[str, Any], int | None], Done], *, verb: str = ""
    ) -> View_:
        """Wrap one step on one record: version, key, write, and the record as it is then.

        Where `verb` needs a second person, that is asked for and the request shown.
        """
        entity = self.entity

        def view(request: HttpRequest, id: RecordId, body: Any = None) -> HttpResponse:
            refuse_unknown_arguments(request, _NO_ARGUMENTS)
            actor = actor_of(request)
            values = _values(body)
            version = take_version(request, values)
            words = values.pop(WORDS, "")
            operations = []

            def give() -> Answer:
                try:
                    done = take(id, actor, values, version)
                except NeedsApproval:
                    return Answer(HTTPStatus.ACCEPTED, asked_for(entity, verb, id, actor, values, words))
                operations.append(done.operation)
                return Answer(HTTPStatus.OK, reference_to(done))

            try:
                given = once(request, give, lambda kept: shown_or_asked(entity, kept, actor=actor))
            except StaleVersion as error:
                return clash(entity, error, actor=actor)
            response = answer(given.body, status=HTTPStatus(given.status))
            return name_operation(response, operations[0]) if operations else response

        return view


def _led_on(entity: Entity, survivor: int) -> HttpResponse:
    """Lead from a record that was merged to the one that it went into; not for good, for it can come back."""
    response = answer({"id": survivor, "entity": entity.name}, status=HTTPStatus.TEMPORARY_REDIRECT)
    response.headers["Location"] = f"{ADDRESS}{entity.name}/{survivor}"
    return response


def taking(view: View_, schema: Any, *, optional: bool = False) -> View_:
    """Let `view` take `schema` as its body."""
    view.__annotations__["body"] = schema | None if optional else schema
    if not optional:
        view.__defaults__ = None
    return view


def reference_to(done: Done) -> dict[str, int]:
    """Give what is kept of a write on one record, so that a repeated call can be answered."""
    return {"id": done.id, "version": done.version}


def shown_after(entity: Entity, kept: Mapping[str, Any], *, actor: Actor) -> Mapping[str, Any]:
    """Show the record of `_reference` after a write; one out of the writer's sight shows no more."""
    try:
        return read_record(entity, kept["id"], actor=actor)
    except NotFound:
        return {"id": kept["id"], "version": kept["version"]}


def asked_for(
    entity: Entity, verb: str, record_id: int, actor: Actor, values: Mapping[str, Any], words: str = ""
) -> dict[str, int]:
    """Ask for the approval of a step, and give what is kept of that. Raises what asking raises."""
    words = words or str(values.get("note") or values.get("reason") or "")
    return {"approval": ask(entity, verb, record_id, actor=actor, arguments=values, words=words).pk}


def shown_request(kept: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Show the request for approval of `asked_for`."""
    return show_request(one(actor, kept["approval"]))


def shown_or_asked(entity: Entity, kept: Mapping[str, Any], *, actor: Actor) -> Mapping[str, Any]:
    """Show the record after a step, or the request where the step waits for a second person."""
    return shown_request(kept, actor) if "approval" in kept else shown_after(entity, kept, actor=actor)


def clash(entity: Entity, error: StaleVersion, *, actor: Actor) -> HttpResponse:
    """Answer a stale write with both values of each field."""
    message = str(_("Somebody else changed this field. Compare both values."))
    return stale(error, show_clashes(entity, error.clashes, actor=actor, message=message))


def _values(body: Any) -> dict[str, Any]:
    return {} if body is None else flat(body.model_dump(exclude_unset=True))


def read_filter(text: str) -> object:
    """Read the filter of an address. Raises Malformed for no JSON."""
    if not text:
        return None
    try:
        return read_json(text.encode())
    except ValueError as error:
        raise Malformed from error


def _summary(step: Action) -> str:
    return str(step.label)
