"""The template check names what a template, style sheet or script may not hold."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

HERE = Path("x.html")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<script>go()</script>", "inline script"),
        ('<p onclick="go()">', "inline event handler"),
        ('<p hx-on:click="go()">', "hx-on needs eval"),
        ("""<input hx-trigger="keyup[key=='Enter']">""", "a trigger filter needs eval"),
        ('<p style="color:red">', "inline style: only values such as --v, and width"),
        ('<a hx-get="/x" hx-target="#a">x</a>', "an htmx element without hx-swap"),
        ("{{ name|safe }}", "|safe: build markup with Markup, or with a set block"),
    ],
)
def test_names_what_stands_in_the_text(lint_templates: ModuleType, text: str, fault: str) -> None:
    assert fault in [words for _path, _line, words in lint_templates.faults_of_text(HERE, text)]


@pytest.mark.parametrize(
    "text",
    [
        '<script src="/static/x.js" defer></script>',
        '<span style="--v:{{ value }}"></span>',
        '<th style="width:40px">',
        '<i style="--t:{{ start }};--m:{{ length }}"></i>',
        '<a hx-get="/x" hx-target="#a" hx-swap="innerHTML">x</a>',
    ],
)
def test_lets_good_text_pass(lint_templates: ModuleType, text: str) -> None:
    assert list(lint_templates.faults_of_text(HERE, text)) == []


def test_refuses_decisions_in_templates(lint_templates: ModuleType) -> None:
    env = lint_templates.environment()
    bad = env.parse('{% if row.state == "won" %}x{% endif %}{{ 1 if n > 3 }}')
    good = env.parse("{% if row.is_won %}x{% endif %}{{ 1 if option.value == value }}")

    assert len(list(lint_templates.faults_of_logic(HERE, bad))) == 2
    assert list(lint_templates.faults_of_logic(HERE, good)) == []


def test_knows_the_macros_and_their_arguments(lint_templates: ModuleType) -> None:
    folders = lint_templates.template_folders()
    env = lint_templates.environment(loader=lint_templates.FileSystemLoader(folders))
    tree = env.parse(
        '{% import "kit/forms.html" as forms %}'
        '{{ forms.text("a", "A", hint="x") }}{{ forms.text("a", "A", hnt="x") }}{{ forms.txt("a") }}'
    )

    words = [words for _path, _line, words in lint_templates.faults_of_calls(env, HERE, tree)]

    assert words == ["forms.text has no argument hnt", "no macro forms.txt"]
