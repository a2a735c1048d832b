"""The API does what its description says, whatever is thrown at it."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from duyen.surfaces.api.snapshot import SNAPSHOT
from duyen.surfaces.api.tests.conftest import Caller

load_all_checks()


def bad_data_is_refused(ctx: Any, response: Any, case: Any) -> bool | None:
    """Judge a call with bad data, save where nothing but a header is bad.

    On the way a header loses the blanks at its ends and may be good again; the token is always ours.
    """
    components = case.meta.components if case.meta else {}
    bad = {place for place, info in components.items() if info.mode.is_negative}
    if bad == {ParameterLocation.HEADER}:
        return None
    judged: bool | None = checks.negative_data_rejection(ctx, response, case)
    return judged


#: A few for each operation in every run; DUYEN_API_EXAMPLES asks for more by hand, and for others each time.
EXAMPLES = int(os.environ.get("DUYEN_API_EXAMPLES", "2"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    bad_data_is_refused,
]
PATHS = json.loads(SNAPSHOT.read_text(encoding="utf-8"))["paths"]
#: The first word of each address: what one test covers, for setting the stage takes longer than the calls.
SUBJECTS = sorted({path.split("/")[3] for path in PATHS})
ADMINISTERED = frozenset({"roles", "units", "users"})


@lru_cache(maxsize=1)
def described() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", closing(get_wsgi_application()))


def closing(application: Callable[..., Any]) -> Callable[..., list[bytes]]:
    """Close each answer once it is read, files with it, as every server does and the client here does not."""

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        answer = application(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return serve


@pytest.fixture
def callers(calls: Callable[[str], Caller]) -> dict[str, Caller]:
    """Those who may do most: the administrator keeps the organisation, the director all the rest."""
    return {who: calls(who) for who in ("director", "admin")}


@pytest.fixture
def one_connection(callers: dict[str, Caller]) -> Iterator[None]:
    """Let a server's request keep the test's own connection; the callers' clients mind their own only."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("subject", SUBJECTS)
def test_keeps_its_contract(subject: str, callers: dict[str, Caller]) -> None:
    caller = callers["admin" if subject in ADMINISTERED else "director"]
    for path, methods in PATHS.items():
        if path.split("/")[3] == subject:
            for method in methods:
                for mode in GenerationMode:
                    _throw_at(described()[path][method.upper()], mode, caller)


def _throw_at(operation: Any, mode: GenerationMode, caller: Caller) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize="DUYEN_API_EXAMPLES" not in os.environ,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def call(case: schemathesis.Case[Any]) -> None:
        with transaction.atomic():
            case.call_and_validate(headers={"Authorization": f"Bearer {caller.token}"}, checks=CHECKS)

    if "DUYEN_API_EXAMPLES" not in os.environ:
        random.seed(operation.label)  # the order of tests must not choose the examples
    call()
