"""duyen user, where no page helps any more."""

from __future__ import annotations

import argparse

import pytest

from duyen.config.user_command import add_user_command
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.org.models import SecondFactor
from duyen.foundation.org.second_factor import NoFactor, new_secret
from duyen.foundation.sensitive import seal
from duyen.kernel.clock import now
from duyen.modules.administration.pages import command_line
from duyen.surfaces.cli.registry import Context, Registry
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _run(*words: str) -> int:
    known = Registry()
    add_user_command(known)
    parser = argparse.ArgumentParser()
    known.commands["user"].configure(parser)
    return command_line.run(Context(DataFolder.locate(), known), parser.parse_args(words))


def test_resets_the_second_factor_of_the_last_administrator(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    trail.begin(system_actor("tests"), "tests.set_up")
    SecondFactor.objects.create(user=cast.users["admin"], sealed=seal(new_secret()), since=now())

    assert _run("reset-factor", "admin@example.com") == 0

    assert "signs in by the password alone" in capsys.readouterr().out
    assert not SecondFactor.objects.exists()
    entry = History.objects.get(verb="users.reset_second_factor")
    assert (entry.door, entry.root_id) == ("cli", cast.users["admin"].pk)
    with pytest.raises(NoFactor):
        _run("reset-factor", "admin@example.com")
