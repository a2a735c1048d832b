"""The description of the API."""

from __future__ import annotations

from duyen.surfaces.api.api import api
from duyen.surfaces.api.snapshot import RENEW, SNAPSHOT, described


def test_is_the_one_that_was_reviewed() -> None:
    kept = SNAPSHOT.read_text(encoding="utf-8")

    assert kept == described(), f"The API's contract changed. Review the difference and renew it: {RENEW}"


def test_names_every_operation_once_and_tells_every_refusal() -> None:
    schema = api().get_openapi_schema()
    operations = [operation for methods in schema["paths"].values() for operation in methods.values()]

    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        assert {400, 401, 403, 404, 409, 422, 428} <= set(operation["responses"]), operation["operationId"]
