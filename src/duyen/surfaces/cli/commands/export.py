"""duyen export"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from django.utils import translation

from duyen.entities.exporting.asking import Asked, judge, with_purpose
from duyen.entities.exporting.everything import judge_everything, note_everything, write_everything
from duyen.entities.exporting.files import whole_file
from duyen.entities.exporting.noting import BEGUN, EVERYTHING_BEGUN, EXPORTS, TAKEN, note
from duyen.entities.exporting.reading import count_rows
from duyen.entities.exporting.running import name_of
from duyen.entities.exporting.writing import Written, write_file
from duyen.entities.paging import View
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.kernel.clock import today
from duyen.surfaces.cli import console
from duyen.surfaces.cli.acting import acting
from duyen.surfaces.cli.errors import BadFilter, FileThere, NothingNamed
from duyen.surfaces.cli.registry import Context

_TELL_EVERY = 100_000


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Write the records that a filter shows into a file, as far as the one named by --as may export them."""
    actor = acting(context, part="export", door=Door.CLI)
    if arguments.all:
        return _everything(arguments, actor)
    if not arguments.entity:
        raise NothingNamed
    asked = with_purpose(
        Asked(
            entity=arguments.entity,
            view=View(
                q=arguments.words,
                filter=_filter(arguments.filter),
                sort=arguments.sort,
                deleted=arguments.bin,
            ),
            columns=tuple(each.strip() for each in arguments.columns.split(",") if each.strip()),
            format=arguments.format,
            purpose=arguments.purpose,
        )
    )
    with translation.override(actor.language):
        export = judge(asked, actor=actor)
        place = _place(arguments.output or name_of(export))
        total = count_rows(export)
        note(actor, BEGUN, asked, entries=total)
        written = Written(_Teller(total))
        with whole_file(place) as half:
            write_file(export, half, written, total=total)
    note(actor, TAKEN, asked, entries=written.rows, whole=True)
    console.say(f"exported={written.rows} file={place}")
    return 0


def _everything(arguments: argparse.Namespace, actor: Actor) -> int:
    """Write all that the actor may read; the system also opens the personal numbers that are kept sealed."""
    with translation.override(actor.language):
        purpose = judge_everything(arguments.purpose, actor=actor)
        place = _place(arguments.output or f"duyen-{today():%Y%m%d}.zip")
        trail.note_opened(actor, EVERYTHING_BEGUN, entity=EXPORTS, note=purpose)
        with whole_file(place) as half:
            rows = write_everything(half, actor=actor, tell=_Teller(0))
    note_everything(actor, purpose, rows)
    console.say(f"exported={rows} file={place}")
    return 0


def _place(name: str) -> Path:
    place = Path(name).expanduser().absolute()
    if place.exists():
        raise FileThere(file=place)
    return place


def _filter(text: str) -> object:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise BadFilter(detail=str(error)) from error


class _Teller:
    """Write how far the work is, once in so many rows."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._next = _TELL_EVERY

    def __call__(self, rows: int) -> None:
        if rows >= self._next:
            self._next += _TELL_EVERY
            console.tell_progress(f"{rows:,} of {self._total:,} rows" if self._total else f"{rows:,} rows")
