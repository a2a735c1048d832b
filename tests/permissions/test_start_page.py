"""The start page, short forms and answers to suggestions tell nobody of what is hidden from her."""

from __future__ import annotations

import pytest

from duyen.entities.home.declared import Whose, all_tiles, tiles_for
from duyen.entities.quick import quick_for
from duyen.entities.suggesting.declared import all_rules
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door as Way
from duyen.surfaces.web.home.addresses import answer_url, menu_url, tile_url
from tests.permissions.asking import HTMX, Door, People, unchanged
from tests.permissions.judging import NOWHERE
from tests.permissions.planting import SYSTEM, Stage
from tests.permissions.table import table

WHO = table().people


@pytest.mark.parametrize("who", WHO)
def test_fills_tiles_with_nothing_that_is_hidden(who: str, stage: Stage, people: People) -> None:
    hers = {each.name for each in tiles_for(actor_for(stage.users[who], Way.WEB))}

    for tile in all_tiles():
        for whose in Whose:
            for address in (tile_url(tile.name, whose), menu_url(tile.name, whose)):
                with unchanged(f"{who}, {address}"):
                    answer = people.ask(who, Door(f"tile {tile.name}", "GET", address, headers=HTMX))
                assert answer.status_code in ({200, 302, 404} if tile.name in hers else {404}), (
                    f"{who}, {address}"
                )


@pytest.mark.parametrize("who", WHO)
def test_opens_a_short_form_to_whoever_may_make_what_it_makes(who: str, people: People) -> None:
    forms = quick_for(SYSTEM)
    assert forms

    for form in forms:
        with unchanged(f"{who}, the short form {form.name}"):
            answer = people.ask(who, Door(f"short form {form.name}", "GET", f"/quick/{form.name}"))
        may = "n" in table().entities[form.entity].kind[who]
        assert answer.status_code == (200 if may else 403), f"{who}, {form.name}"


@pytest.mark.parametrize("who", WHO)
def test_answers_of_a_hidden_record_as_of_one_that_never_was(who: str, stage: Stage, people: People) -> None:
    for rule in (each for each in all_rules() if each.entity):
        hidden = next(
            (each for each in stage.records[rule.entity].values() if not stage.sees(who, each)), None
        )
        if hidden is None:
            continue
        for step in ("take", "later", "dismiss"):
            sent = {"reason": "Đã gọi", "choice": "+7"}
            with unchanged(f"{who}, {step} of {rule.name}"):
                answers = [
                    people.ask(who, Door(f"{step} of {rule.name}", "POST", path, sent))
                    for path in (
                        answer_url(rule.name, hidden.id, step),
                        answer_url(rule.name, int(NOWHERE), step),
                    )
                ]
            assert {each.status_code for each in answers} <= {404, 409}, f"{who}, {step} of {rule.name}"
            assert answers[0].status_code == answers[1].status_code, f"{who}, {step} of {rule.name}"
