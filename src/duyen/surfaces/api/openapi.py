"""Finish the description of the API: errors in one shape, headers, and no noise."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from duyen.entities.calls import declared_calls
from duyen.surfaces.api.addresses import ADDRESS
from duyen.surfaces.api.problems import MEDIA_TYPE
from duyen.surfaces.api.schemas import Problem

Node = dict[str, Any]

#: What every operation may answer instead.
REFUSALS: dict[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read.",
    HTTPStatus.UNAUTHORIZED: "No token or session, or one that is no longer valid.",
    HTTPStatus.FORBIDDEN: "The record is seen, but this step is not allowed; the detail says why.",
    HTTPStatus.NOT_FOUND: "There is no such record, or it is not open to the caller.",
    HTTPStatus.CONFLICT: "Stale: errors hold yours and theirs. Or a guard stands against the step.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some values or arguments cannot be taken; errors name them.",
    HTTPStatus.PRECONDITION_REQUIRED: "A change must say its version: If-Match, or version in the body.",
}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "pattern": '^(W/)?"?[0-9]{1,9}"?$'},
    "description": "The version of the record that the caller saw; version in the body does the same.",
}
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
    "description": "The same key with the same request writes once within 24 hours; a repeated call is told "
    "of the record what the caller may see by then.",
}


def finish(schema: Node) -> Node:
    """Add to what was derived: refusals, headers, and the answers' own headers."""
    components = schema["components"]
    components["schemas"]["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= components["schemas"]["Problem"].pop("$defs")
    components["responses"] = {
        _name(status): {
            "description": sentence,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, sentence in REFUSALS.items()
    }
    declared = {each.name for each in declared_calls()}
    for path, method, operation in _operations(schema):
        for status in REFUSALS:
            operation["responses"][status.value] = {"$ref": f"#/components/responses/{_name(status)}"}
        if operation["operationId"] not in declared and _is_on_a_record(path, method):
            operation["parameters"].append(_IF_MATCH)
        if method == "post":
            operation["parameters"].append(_KEY)
    _quieten(schema)
    return schema


def _is_on_a_record(path: str, method: str) -> bool:
    """Tell whether a call is a write that a version guards; shares and files change nothing of the record."""
    subject, has_id, rest = path.removeprefix(ADDRESS).partition("/{id}")
    if method not in ("patch", "delete", "post") or subject in ("operations", "jobs") or not has_id:
        return False
    return rest not in ("/share", "/unshare") and not rest.startswith("/files")


def _name(status: HTTPStatus) -> str:
    return status.phrase.replace(" ", "")


def _operations(schema: Node) -> Iterator[tuple[str, str, Node]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _quieten(node: object) -> None:
    """Drop defaults of nothing and titles that repeat the name."""
    if isinstance(node, list):
        for each in node:
            _quieten(each)
    elif isinstance(node, dict):
        if "default" in node and node["default"] is None:
            del node["default"]
        if isinstance(node.get("title"), str) and ("type" in node or "anyOf" in node or "$ref" in node):
            del node["title"]
        for each in node.values():
            _quieten(each)
