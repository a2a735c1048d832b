"""What the tests of the API share: a program that calls as one of the cast."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.org.models import Unit
from duyen.foundation.settings.company import keep_setting
from duyen.kernel.clock import now
from duyen.surfaces.api.tokens import create_token
from duyen.testing.cast import Cast

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer


def count_customers() -> int:
    """Count all customers there are, those in the bin included."""
    return entity_named("customers").model._default_manager.count()


@dataclass
class Caller:
    """Calls the API with one user's token, and reads the answers."""

    token: str
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: str | int) -> Answer:
        return self._call("get", path, query_params=query)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self._call("post", path, body, headers)

    def patch(self, path: str, body: object, **headers: str) -> Answer:
        return self._call("patch", path, body, headers)

    def delete(self, path: str, body: object = None, **headers: str) -> Answer:
        return self._call("delete", path, body, headers)

    def _call(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None, **more: Any
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        content: dict[str, Any] = {}
        if method not in ("get", "head"):
            content = {"data": "" if body is None else json.dumps(body), "content_type": "application/json"}
        call = getattr(self.client, method)
        bearer = {"Authorization": f"Bearer {self.token}"}
        answer: Answer = call(f"/api/v1{path}", headers=bearer | sent, **content, **more)
        return answer

    def new_customer(self, name: str = "Nguyễn Văn An", **values: object) -> dict[str, Any]:
        """Create a customer who must be accepted, and give her record."""
        answer = self.post("/customers", {"name": name, "kind": "INDIVIDUAL", **values})
        assert answer.status_code == 201, answer.content.decode()
        record: dict[str, Any] = answer.json()
        return record


@pytest.fixture
def calls(cast: Cast) -> Callable[[str], Caller]:
    """Give a function that lets one of the cast call the API."""
    known: dict[str, Caller] = {}

    def call_as(who: str) -> Caller:
        if who not in known:
            made = create_token(
                actor=system_actor("tests", door=Door.CLI), email=cast.users[who].email, name="tests"
            )
            known[who] = Caller(made.secret)
            # Notes the first use, so that the tests' own calls write nothing but what they ask for.
            known[who].get("/search", q="zzz")
        return known[who]

    return call_as


@pytest.fixture
def seller(calls: Callable[[str], Caller]) -> Caller:
    return calls("seller")


@pytest.fixture
def teller(calls: Callable[[str], Caller]) -> Caller:
    return calls("teller")


@pytest.fixture
def manager(calls: Callable[[str], Caller]) -> Caller:
    return calls("manager")


@pytest.fixture
def colleague(calls: Callable[[str], Caller]) -> Caller:
    return calls("colleague")


@pytest.fixture
def care_agent(calls: Callable[[str], Caller]) -> Caller:
    return calls("care_agent")


@pytest.fixture
def outsider(calls: Callable[[str], Caller]) -> Caller:
    return calls("outsider")


@pytest.fixture
def director(calls: Callable[[str], Caller]) -> Caller:
    return calls("director")


@pytest.fixture
def trail_length(cast: Cast) -> Callable[[], int]:
    """Give a function that counts the entries of the trail."""
    return History.objects.count


@pytest.fixture
def units(cast: Cast) -> dict[str, Unit]:
    return cast.units


@pytest.fixture
def one_megabyte(cast: Cast) -> None:
    """Let the company take no file larger than that."""
    with transaction.atomic():
        keep_setting("files.most_mb", 1, actor=system_actor("tests"))


@pytest.fixture
def many_files(cast: Cast) -> Callable[[int, int], None]:
    """Hang many files on a customer at once, whose contents nobody asks for."""

    def hang(record_id: int, count: int) -> None:
        moment, stamps = now(), {"entity": "parties", "record_id": record_id, "party_id": record_id}
        with transaction.atomic():
            trail.begin(system_actor("tests"), "files.add_file")
            files = File.objects.bulk_create(
                File(name=f"Ảnh {number}.png", created_at=moment, updated_at=moment, **stamps)
                for number in range(count)
            )
            FileVersion.objects.bulk_create(
                FileVersion(
                    file=file, number=1, name=file.name, ending="png", size=9, sha256="0" * 64, place="disk",
                    key=f"{file.pk:040}", scan="none", preview="none", created_at=moment, **stamps,
                )
                for file in files
            )  # fmt: skip

    return hang
