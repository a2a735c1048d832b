"""Read what stands around a call's body, and write its answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import BadRequest, InvalidValues, VersionMissing
from duyen.entities.idempotency import Answer, answer_once
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit.trail import Operation
from duyen.kernel.errors import FieldProblem

_ETAG = re.compile(r'(?:W/)?"?(\d{1,9})"?', re.ASCII)


def actor_of(request: HttpRequest) -> Actor:
    """Give the actor whom the call's token or session stands for."""
    return cast("Actor", request.auth)  # type: ignore[attr-defined] # set by the API before every operation


def refuse_unknown_arguments(request: HttpRequest, known: frozenset[str]) -> None:
    """Refuse an argument in the address that the operation does not know. Raises InvalidValues."""
    sentence = _("There is no such argument here.")
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        raise InvalidValues([FieldProblem(name[:60], "unknown_argument", sentence) for name in unknown])
    torn = [name for name, values in request.GET.lists() if any("\x00" in value for value in values)]
    if torn:
        told = _("This holds a sign that no text can keep.")
        raise InvalidValues([FieldProblem(name, "text", told) for name in torn])


def take_version(request: HttpRequest, values: dict[str, Any]) -> int | None:
    """Take the version that the caller saw out of `If-Match` or of the body's values.

    Raises BadRequest for an `If-Match` that is no version.
    """
    in_body = values.pop("version", None)
    header = request.headers.get("If-Match")
    if header is None:
        return cast("int | None", in_body)
    found = _ETAG.fullmatch(header.strip())
    if found is None:
        raise BadRequest(argument="If-Match", what=_("If-Match holds the version of the record, such as 3."))
    return int(found.group(1))


def needed_version(request: HttpRequest, values: dict[str, Any]) -> int:
    """Take the version, which must be there. Raises VersionMissing."""
    version = take_version(request, values)
    if version is None:
        raise VersionMissing
    return version


def answer(body: Mapping[str, Any], *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Answer with JSON; a record's version is its ETag."""
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    if "version" in body:
        response.headers["ETag"] = f'"{body["version"]}"'
    return response


def name_operation(response: HttpResponse, operation: Operation) -> HttpResponse:
    """Tell by which operation the write can be undone."""
    response.headers["Operation-Id"] = str(operation.id)
    return response


def once(
    request: HttpRequest, give: Callable[[], Answer], show: Callable[[Any], Mapping[str, Any]] | None = None
) -> Answer:
    """Do the work of a call; with an Idempotency-Key only the first time.

    What `give` answers is kept, so it holds ids and no value of a record; `show` tells of it what the caller
    may see by now. Raises whatever they raise, KeyReused and BadKey.
    """
    kept = keep_once(request, give)
    return Answer(kept.status, show(kept.body)) if show else kept


def keep_once(request: HttpRequest, give: Callable[[], Answer], *, body: bytes | None = None) -> Answer:
    """Do the work of a call as `once` does, and give what is kept of it, not yet shown.

    `body` stands for what was sent where that was a file, which is read once.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return give()
    # A token with fewer rights must not be told what one with more was answered.
    cut = actor_of(request).cut
    told = (str(request.method), request.get_full_path(), str(sorted(cut.pairs)) if cut else "")
    asked = b"\n".join([*(each.encode() for each in told), request.body if body is None else body])
    return answer_once(
        actor=actor_of(request),
        key=key,
        fingerprint=hashlib.sha256(asked).hexdigest(),
        give=lambda: _as_json(give()),
    )


def _as_json(given: Answer) -> Answer:
    """Keep what JSON keeps, so that the first answer and the repeated one are the same."""
    return Answer(given.status, json.loads(json.dumps(given.body, cls=DjangoJSONEncoder)))
