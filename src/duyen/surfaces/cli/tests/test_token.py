"""duyen token"""

from __future__ import annotations

import argparse

import pytest
from django.test import Client

from duyen.entities.errors import NotAllowed, NotFound
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.surfaces.api.models import ApiToken
from duyen.surfaces.api.tokens import UnknownScope, create_token
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import token
from duyen.surfaces.cli.registry import Context, Registry
from duyen.testing.cast import Cast


def run(*words: str, act_as: str = "") -> int:
    """Run the command as its arguments are read."""
    known = Registry()
    add_builtin_commands(known)
    parser = argparse.ArgumentParser()
    known.commands["token"].configure(parser)
    return token.run(Context(DataFolder.locate(), known, act_as=act_as), parser.parse_args(words))


def test_prints_a_token_that_works(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("create", "seller@example.com", "--name", "Kho", "--days", "7") == 0

    secret = capsys.readouterr().out.strip()
    answer = Client().get("/api/v1/customers", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    entry = History.objects.get(verb="tokens.create")
    assert (entry.door, entry.actor_name) == ("cli", "token")


def test_lists_tokens_without_their_secrets(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    made = create_token(actor=system_actor("tests"), email="seller@example.com", name="Kho")

    run("list", "seller@example.com")

    (line,) = capsys.readouterr().out.splitlines()
    assert line.split("\t") == [
        str(made.token.pk), f"{made.token.prefix}…", "seller@example.com", "Kho", "everything", "no end",
        "never used",
    ]  # fmt: skip
    assert made.secret not in line


def test_revokes_a_token(cast: Cast) -> None:
    made = create_token(actor=system_actor("tests"), email="seller@example.com")

    run("revoke", str(made.token.pk))

    assert ApiToken.objects.filter(revoked_at=None).count() == 0
    with pytest.raises(NotFound):
        run("revoke", "999999")


def test_acts_as_somebody_only_within_her_rights(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    create_token(actor=system_actor("tests"), email="seller@example.com")

    with pytest.raises(NotAllowed):
        run("create", "seller@example.com", act_as="outsider@example.com")
    run("list", act_as="outsider@example.com")

    assert capsys.readouterr().out == ""
    assert ApiToken.objects.count() == 1


def test_makes_a_token_that_is_good_for_less(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("create", "seller@example.com", "--scope", "customers:read", "--scope", "contacts") == 0

    secret = capsys.readouterr().out.strip()
    bearer = {"Authorization": f"Bearer {secret}"}
    body = {"name": "An", "kind": "INDIVIDUAL"}
    refused = Client().post("/api/v1/customers", body, content_type="application/json", headers=bearer)
    assert refused.status_code == 403
    assert Client().get("/api/v1/customers", headers=bearer).status_code == 200
    run("list")
    assert "customers:read contacts" in capsys.readouterr().out
    with pytest.raises(UnknownScope):
        run("create", "seller@example.com", "--scope", "fly")
    assert ApiToken.objects.count() == 1
