"""The template environment is strict, escapes, and demands htmx targets."""

from __future__ import annotations

import pytest
from django.template import engines
from jinja2 import Environment, UndefinedError

from duyen.surfaces.web.jinja import attributes, environment, hx, icon


@pytest.fixture
def env() -> Environment:
    return environment()


def test_refuses_a_name_that_the_view_did_not_give(env: Environment) -> None:
    with pytest.raises(UndefinedError):
        env.from_string("{{ nobody }}").render()


def test_escapes_what_people_typed(env: Environment) -> None:
    assert env.from_string("{{ name }}").render(name="<b>&") == "&lt;b&gt;&amp;"


def test_translates_with_named_placeholders(env: Environment) -> None:
    text = env.from_string("{% trans %}Remove the filter {{ field }}{% endtrans %}").render(field="<Tỉnh>")

    assert text.endswith("&lt;Tỉnh&gt;")


def test_writes_attributes_and_leaves_out_what_is_not() -> None:
    written = attributes({"id": 'a"b', "disabled": True, "name": None, "checked": False, "value": 0})

    assert written == ' id="a&#34;b" disabled value="0"'


def test_names_target_and_swap_of_every_request() -> None:
    assert hx(get="/x", target="#list", swap="outerHTML", push=True, trigger="intersect once") == {
        "hx-get": "/x",
        "hx-target": "#list",
        "hx-swap": "outerHTML",
        "hx-push-url": "true",
        "hx-trigger": "intersect once",
    }


@pytest.mark.parametrize("wrong", [{}, {"get": "/x", "post": "/x"}])
def test_refuses_a_request_that_is_neither_or_both(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="exactly one"):
        hx(target="#list", swap="outerHTML", **wrong)


def test_draws_nothing_for_an_icon_when_the_sprite_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duyen.surfaces.web.jinja.built_url", lambda _path: "")

    assert icon("plus") == "<svg class=i aria-hidden=true></svg>"


def test_points_at_the_sprite_when_it_was_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duyen.surfaces.web.jinja.built_url", lambda _path: "/static/s.svg")

    assert icon("plus", small=True) == (
        '<svg class="i i-14" aria-hidden=true><use href="/static/s.svg#plus"/></svg>'
    )


def test_ties_an_input_to_its_error() -> None:
    template = engines.all()[0].from_string(
        '{% import "kit/forms.html" as forms %}'
        '{{ forms.text("name", "Tên", error="Nhập tên.", hint="không hiện", required=true) }}'
    )

    html = template.render()

    assert 'aria-describedby="f-name-err" aria-invalid="true" aria-required="true"' in html
    assert 'id="f-name-err"' in html
    assert "không hiện" not in html


def test_adds_an_empty_row_so_that_many_values_work_without_script() -> None:
    template = engines.all()[0].from_string(
        '{% import "kit/forms.html" as forms %}'
        '{{ forms.control("phones", name="phones", label="Điện thoại", rows=rows, labels=[]) }}'
    )

    html = template.render({"rows": [{"value": "0912 345 678", "label": ""}]})

    assert html.split("<template>")[0].count('name="phones"') == 2
