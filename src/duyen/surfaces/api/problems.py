"""Say every refusal in one shape: RFC 9457, with a code, a sentence, and the fields it is about."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest as UnreadableRequest
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from psycopg_pool import PoolTimeout

from duyen.entities.csv_files import WrongHeads
from duyen.entities.errors import (
    BadRequest,
    InvalidValues,
    NotAllowed,
    NotFound,
    StaleVersion,
    VersionMissing,
)
from duyen.entities.idempotency import KeyReused
from duyen.entities.importing.uploads import FileTooLarge
from duyen.entities.performing import NotNow
from duyen.entities.tables import FileUnreadable
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.files.errors import FileRefused, StoreUnreachable
from duyen.foundation.troubles.keeping import Where, keep_trouble
from duyen.kernel.errors import DomainError
from duyen.surfaces.api.addresses import ADDRESS
from duyen.surfaces.api.auth import ForeignForm, NotSignedIn, SecondFactorNeeded
from duyen.surfaces.api.own_fields import outward
from duyen.surfaces.api.tokens import BadTerm, UnknownScope

MEDIA_TYPE = "application/problem+json"
log = logging.getLogger("duyen.api")

#: The status of a refusal; whatever is not named here is a guard that stands against the step.
STATUS: Mapping[type[DomainError], HTTPStatus] = {
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    ForeignForm: HTTPStatus.FORBIDDEN,
    SecondFactorNeeded: HTTPStatus.FORBIDDEN,
    NotAllowed: HTTPStatus.FORBIDDEN,
    OnlyLooking: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    InvalidValues: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadRequest: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    FileUnreadable: HTTPStatus.UNPROCESSABLE_ENTITY,
    WrongHeads: HTTPStatus.UNPROCESSABLE_ENTITY,
    FileTooLarge: HTTPStatus.UNPROCESSABLE_ENTITY,
    FileRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    StoreUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    UnknownScope: HTTPStatus.UNPROCESSABLE_ENTITY,
    BadTerm: HTTPStatus.UNPROCESSABLE_ENTITY,
    VersionMissing: HTTPStatus.PRECONDITION_REQUIRED,
}


class NoSuchAddress(DomainError):
    """Nothing answers at this address."""

    code = "not_found"
    sentence = _("Nothing is at this address. See /api/v1/openapi.json for all that there is.")


class NoSuchMethod(DomainError):
    """The address is there, but not for this method."""

    code = "method_not_allowed"
    sentence = _("This address does not take %(method)s. It takes %(allowed)s.")


class TokenTooNarrow(NotAllowed):
    """The caller may do this, but not by the token that she shows."""

    sentence = _(
        "This token may not do this, though your role may. Call with a token that may: "
        "you make one on your own page, under API tokens."
    )


class Malformed(DomainError):
    """The body, or a part of the address that holds JSON, is no JSON."""

    code = "malformed"
    sentence = _("The request cannot be read as JSON in UTF-8. Check its quotes, commas and letters.")


class TooBig(DomainError):
    """The body is larger than the server takes."""

    code = "too_big"
    sentence = _("The request is too large. Send it in smaller parts.")


class Unreachable(DomainError):
    """The database does not answer."""

    code = "unavailable"
    sentence = _("The database cannot be reached. Nothing was saved. Try again in a minute.")


class Broken(DomainError):
    """Something failed that should not; the cause is in the log."""

    code = "internal"
    sentence = _("Something broke in Duyên, and nothing was saved. Tell your administrator when it happened.")


class BrokenAndKept(Broken):
    """Something failed that should not, and a report of it was kept under a number."""

    sentence = _(
        "Something broke in Duyên, and nothing was saved. Give your administrator the number %(report)s."
    )


_DATE = _("Give a date of the calendar as YYYY-MM-DD.")
_ID = _("Give the id of a record.")
_RANGE_ERRORS = ("greater_than_equal", "less_than_equal")
#: What pydantic calls an error, as our code and sentence.
_TYPE_ERRORS: Mapping[str, tuple[str, object]] = {
    "extra_forbidden": ("unknown_field", _("There is no such field, or it cannot be set.")),
    "missing": ("required", _("This field is needed. Fill it in.")),
    "string_type": ("text", _("Give text.")),
    "int_type": ("whole_number", _("Give a whole number.")),
    "int_parsing": ("whole_number", _("Give a whole number.")),
    "bool_type": ("yes_or_no", _("Give true or false.")),
    "list_type": ("a_list", _("Give a list of values.")),
    "date_format": ("date", _DATE),
    "date_from_datetime_parsing": ("date", _DATE),
    "greater_than_equal": ("link", _ID),
    "less_than_equal": ("link", _ID),
    "string_too_short": ("required", _("This field is needed. Fill it in.")),
    "string_too_long": ("too_long", _("This text is too long. Shorten it.")),
    "dict_type": ("an_object", _("Give an object.")),
    "model_attributes_type": ("an_object", _("Give an object.")),
    "model_type": ("an_object", _("Give an object.")),
}
_OUT_OF_RANGE = _("Give a number from %(least)s to %(most)s.")
_OTHER_TYPE = ("type", _("This value is of another type than the field."))


def problem(
    status: HTTPStatus, error: DomainError, errors: Sequence[Mapping[str, Any]] = (), **more: Any
) -> HttpResponse:
    """Make the answer to a refused call."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": error.code,
        "detail": str(error),
        "errors": list(errors),
        **more,
    }
    response = JsonResponse(
        body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="duyen"'
    return response


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer an expected refusal."""
    if isinstance(error, NotAllowed) and _is_by_the_token(request):
        error = TokenTooNarrow()
    kinds = (kind for kind in type(error).__mro__ if kind in STATUS)
    status = next((STATUS[kind] for kind in kinds), HTTPStatus.CONFLICT)
    if isinstance(error, InvalidValues):
        told = [{**each.as_dict(), "field": outward(each.field)} for each in error.problems]
        return problem(status, error, told)
    if isinstance(error, NotNow):
        told = [{**each.as_dict(), "field": outward(each.field)} for each in error.reasons]
        return problem(status, error, told)
    if isinstance(error, FileRefused):
        return problem(status, error, [{"field": "file", "code": error.code, "message": str(error)}])
    if isinstance(error, BadRequest):
        argument = str(error.params.get("argument", "filter"))
        return problem(status, error, [{"field": argument, "code": error.code, "message": str(error)}])
    return problem(status, error)


def _is_by_the_token(request: HttpRequest) -> bool:
    """Tell whether the token's limits alone kept back a right to what the address is about."""
    actor = getattr(request, "auth", None)
    entity = request.path.removeprefix(ADDRESS).partition("/")[0]
    return isinstance(actor, Actor) and any(name == entity for name, _verb in actor.withheld)


def stale(error: StaleVersion, errors: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """Answer a write whose base is not the current version: both values of each field."""
    return problem(HTTPStatus.CONFLICT, error, errors, current_version=error.current)


def not_there(_request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
    """Answer an address under which there is nothing."""
    return problem(HTTPStatus.NOT_FOUND, NoSuchAddress())


def other_method(request: HttpRequest, allowed: Iterable[str]) -> HttpResponse:
    """Answer a method that the address does not take."""
    names = ", ".join(sorted(allowed))
    error = NoSuchMethod(method=request.method, allowed=names)
    response = problem(HTTPStatus.METHOD_NOT_ALLOWED, error)
    response.headers["Allow"] = names
    return response


def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer values of a wrong type; an id that can be none is a record that is not there."""
    if any(each["loc"][0] == "path" for each in error.errors):
        return problem(HTTPStatus.NOT_FOUND, NotFound())
    errors = {each["field"]: each for each in map(_type_error, error.errors)}
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, InvalidValues(()), list(errors.values()))


def _type_error(found: Mapping[str, Any]) -> dict[str, str]:
    # ("body", "body", "phones", 0): where the value came from and the parameter's name tell nothing.
    place = [str(part) for part in found["loc"][1:] if part != "body"]
    if found["type"] in _RANGE_ERRORS and place == ["limit"]:
        message = str(_OUT_OF_RANGE) % {"least": 1, "most": 200}
        return {"field": "limit", "code": "out_of_range", "message": message}
    code, sentence = _TYPE_ERRORS.get(found["type"], _OTHER_TYPE)
    field = ".".join(place) if code == "unknown_field" else "".join(place[:1])
    return {"field": field, "code": code, "message": str(sentence)}


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error, AuthenticationError):
        return refused(request, NotSignedIn())
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(HTTPStatus.BAD_REQUEST, Malformed())
    return problem(HTTPStatus(error.status_code), DomainError())


def _malformed(_request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(HTTPStatus.BAD_REQUEST, error if isinstance(error, Malformed) else Malformed())


def _too_big(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TooBig())


def _unreachable(_request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("The database cannot be reached: %s", error)
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, Unreachable())


def _broken(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    match, actor = getattr(request, "resolver_match", None), getattr(request, "auth", None)
    user_id = actor.user_id if isinstance(actor, Actor) else None
    report = keep_trouble(error, Where(Door.API, str(match.route) if match else "", user_id))
    if not report:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, Broken())
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, BrokenAndKept(report=report), report=report)


def handle_errors(api: NinjaAPI) -> None:
    """Let every failure of `api` leave as a problem."""
    handlers: list[tuple[type[Exception], Callable[[HttpRequest, Any], HttpResponse]]] = [
        (Exception, _broken),
        (DomainError, refused),
        (Malformed, _malformed),
        (UnreadableRequest, _malformed),
        (ValidationError, _invalid),
        (HttpError, _http),
        (RequestDataTooBig, _too_big),
        (OperationalError, _unreachable),
        (InterfaceError, _unreachable),
        (PoolTimeout, _unreachable),
    ]
    for kind, handler in handlers:
        api.add_exception_handler(kind, handler)
