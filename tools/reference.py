"""Write the reference of the product as it follows from the declarations.

    .venv/bin/python tools/reference.py     writes docs/reference/*.md

The files are kept in the repository so that a changed contract shows in review; a test compares them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "docs" / "reference"
RENEW = ".venv/bin/python tools/reference.py"
_MADE = f"<!-- Made by {RENEW}; changes by hand are lost. -->"
sys.path.insert(0, str(CHECKOUT / "src"))

if TYPE_CHECKING:
    from duyen.entities.calls import Shape
    from duyen.entities.entity import Entity
    from duyen.foundation.settings.declaring import Declared


def pages() -> dict[str, str]:
    """Give every page by its file name. Needs Django to be set up."""
    from django.utils import translation

    from duyen.entities.registry import all_entities

    with translation.override("en"):
        return {
            "entities.md": "\n".join(
                [*_head("Entities, fields, lists and steps"), *_entities(all_entities())]
            ),
            "rights.md": "\n".join([*_head("Default rights"), *_rights(all_entities())]),
            "calls.md": "\n".join([*_head("Calls that modules add to the API"), *_calls()]),
            "commands.md": "\n".join([*_head("Commands"), *_commands()]),
            "settings.md": "\n".join([*_head("Settings"), *_settings()]),
        }


def _head(title: str) -> list[str]:
    return [f"# {title}", "", _MADE, ""]


def _table(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""


# --- entities ----------------------------------------------------------------------------------------


def _entities(entities: list[Entity]) -> Iterator[str]:
    yield "What each field accepts and gives in JSON stands in [openapi.json](openapi.json)."
    yield ""
    for entity in entities:
        yield f"## {entity.labels} (`{entity.name}`)"
        yield ""
        yield from _fields(entity)
        for listing in entity.lists:
            sorts = ", ".join(f"`{each.name}`" for each in listing.sorts)
            yield f"List `{listing.name}`: columns {_codes(listing.columns)}; ordered by {sorts};"
            yield f"filtered by {_codes(listing.filters)}."
            yield ""
        yield from _steps(entity)


def _fields(entity: Entity) -> Iterator[str]:
    rows: list[tuple[object, ...]] = [
        (
            f"`{each.name}`",
            each.label,
            type(each).__name__,
            _yes(each.required),
            _yes(each.editable),
            _codes(each.operators),
            _codes([option.code for option in getattr(each, "options", ())]),
        )
        for each in (*entity.fields, *(field for beside in entity.beside for field in beside.fields))
    ]
    yield from _table(("Field", "Called", "Kind", "Needed", "Set by people", "Filters", "Choices"), rows)


def _steps(entity: Entity) -> Iterator[str]:
    if not entity.actions:
        return
    rows: list[tuple[object, ...]] = [
        (f"`{each.verb}`", each.label, f"`{each.needs}`", _codes([field.name for field in each.asks]))
        for each in entity.actions
    ]
    yield from _table(("Step", "Called", "Right", "Asks for"), rows)


def _codes(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _yes(value: bool) -> str:
    return "yes" if value else ""


# --- calls --------------------------------------------------------------------------------------------


def _calls() -> Iterator[str]:
    from duyen.entities.calls import declared_calls

    yield "Beside the calls that follow from each entity. Refusals that every call has stand in"
    yield "[use the REST API](../how-to/api.md#refusals), the JSON of each in [openapi.json](openapi.json)."
    yield ""
    shapes: dict[str, Shape] = {}
    for call in declared_calls():
        shapes |= _shapes(call.gives)
        yield f"## `{call.method} /api/v1{call.path}`"
        yield ""
        needs = f"`{call.needs}` on `{call.entity}`" if call.needs else "none"
        answers = f"{call.status.value} with {'a page of ' if call.is_list else ''}`{call.gives.name}`"
        once = " Takes an `Idempotency-Key`." if call.is_write else ""
        yield f"{call.label}. {call.about} Right: {needs}. Answers {answers}.{once}"
        yield ""
        rows: list[tuple[object, ...]] = [
            (f"`{each.name}`", each.label, type(each).__name__, _yes(each.required)) for each in call.asks
        ]
        if rows:
            yield from _table(("Body" if call.is_write else "Argument", "What", "Kind", "Needed"), rows)
        refused: list[tuple[object, ...]] = [(f"`{each.code}`", each.sentence) for each in call.refuses]
        if refused:
            yield from _table(("Refuses by 409", "Sentence"), refused)
    for shape in shapes.values():
        yield from _shape(shape)


def _shapes(shape: Shape) -> dict[str, Shape]:
    """Give a shape and those of its lists, by name."""
    below = [_shapes(part) for part in shape.lists.values()]
    return {shape.name: shape} | {name: part for each in below for name, part in each.items()}


def _shape(shape: Shape) -> Iterator[str]:
    yield f"## `{shape.name}`"
    yield ""
    yield shape.about
    yield ""
    rows: list[tuple[object, ...]] = [
        (f"`{each.name}`", each.label, type(each).__name__, _yes(each.required)) for each in shape.fields
    ]
    rows += [(f"`{name}`", "", f"list of `{part.name}`", "yes") for name, part in shape.lists.items()]
    yield from _table(("Field", "What", "Kind", "Never null"), rows)


# --- rights, commands, settings ----------------------------------------------------------------------


def _rights(entities: list[Entity]) -> Iterator[str]:
    from duyen.foundation.org.words import ROLE_NAMES

    yield "What the default roles may do until a company changes it, and how far: their own records, those of"
    yield "their team, area or branch, or all. A role that is not named has no right."
    yield ""
    for entity in entities:
        yield f"## {entity.labels} (`{entity.name}`)"
        yield ""
        names = {code.value: name for code, name in ROLE_NAMES.items()}
        rows: list[tuple[object, ...]] = [
            (f"`{code}`", names.get(code, ""), granted) for code, granted in entity.grants.items()
        ]
        yield from _table(("Role", "Called", "Rights"), rows)


def _commands() -> Iterator[str]:
    from duyen.config.commands import registry

    yield "Every command takes `--data DIR` (else `DUYEN_DATA`, else `var/`) and `--as EMAIL`. It starts the"
    yield "database when it is down. It ends 0 when it is done, 1 when it failed or found something, 2 when"
    yield "it was refused. Call it as `.venv/bin/duyen`."
    yield ""
    for command in sorted(registry().commands.values(), key=lambda known: known.name):
        if command.is_hidden:
            continue
        parser = argparse.ArgumentParser(prog=f"duyen {command.name}", add_help=False)
        command.configure(parser)
        yield from _parser(parser, f"## `duyen {command.name}`", command.help)


def _parser(parser: argparse.ArgumentParser, title: str, told: str) -> Iterator[str]:
    yield title
    yield ""
    yield told[:1].upper() + told[1:]
    yield ""
    below: list[tuple[argparse.ArgumentParser, str, str]] = []
    rows: list[tuple[object, ...]] = []
    for each in parser._actions:
        if isinstance(each, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in each._choices_actions}
            found = each.choices.items()
            below = [(inner, f"### `{parser.prog} {name}`", helps.get(name, "")) for name, inner in found]
        elif each.help != argparse.SUPPRESS and not isinstance(each, argparse._HelpAction):
            rows.append((f"`{_spelled(each)}`", each.help or ""))
    if rows:
        yield from _table(("Argument", "Meaning"), rows)
    for inner in below:
        yield from _parser(*inner)


def _spelled(action: argparse.Action) -> str:
    name = action.option_strings[-1] if action.option_strings else ""
    value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
    return f"{name} {value}".strip()


def _settings() -> Iterator[str]:
    from duyen.foundation.settings.declaring import all_settings

    yield "What a company decides in the product. What an operator decides comes from the environment:"
    yield "see [run it for a company](../how-to/run-for-a-company.md)."
    yield ""
    rows: list[tuple[object, ...]] = [
        (f"`{key}`", each.label or "Kept by Duyên itself", _bounds(each), f"`{each.default!r}`")
        for key, each in sorted(all_settings().items())
    ]
    yield from _table(("Key", "What", "Kind", "Until it is set"), rows)


def _bounds(each: Declared) -> str:
    """Say what a setting takes."""
    if each.options:
        return " or ".join(f"`{code}`" for code, _label in each.options)
    least = each.least if each.least is not None else 0
    return (
        f"whole number, {least} to {each.most or '…'}"
        if each.kind == "whole"
        else each.kind.replace("_", " ")
    )


def main() -> None:
    """Write every page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duyen.config.settings")
    django.setup()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text.rstrip("\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
