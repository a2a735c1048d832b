"""What a plain file of records looks like: which heads it has, and how a line becomes values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.fields import Field

#: Gives the values of one record, by field name, from the cells of one line, by head.
LineReader = Callable[[Mapping[str, str]], dict[str, object]]


@dataclass(frozen=True)
class FileFormat:
    """One known kind of file.

    `needed` heads must be there, `known` ones may be, `ignored` ones may be and are not read.
    `heads_of` names the head that a field is read from, so that a refusal can name it.
    """

    name: str
    needed: tuple[str, ...]
    known: tuple[str, ...]
    read: LineReader
    ignored: tuple[str, ...] = ()

    @property
    def heads(self) -> tuple[str, ...]:
        """Every head that a file of this kind may have."""
        return tuple(dict.fromkeys((*self.needed, *self.known, *self.ignored)))

    def fits(self, heads: Sequence[str]) -> bool:
        """Tell whether a file with these heads is of this kind."""
        return set(self.needed) <= set(heads) <= set(self.heads)


def format_of_fields(fields: Sequence[Field]) -> FileFormat:
    """Describe the file whose heads are field names and whose cells are what a form would send.

    A cell of a field that holds several values divides them by semicolons.
    """
    by_name = {each.name: each for each in fields if each.editable}

    def read(cells: Mapping[str, str]) -> dict[str, object]:
        return {head: _value(by_name[head], cell) for head, cell in cells.items() if cell.strip()}

    return FileFormat(
        name="fields",
        needed=tuple(name for name, each in by_name.items() if each.required),
        known=tuple(by_name),
        read=read,
    )


def _value(field: Field, cell: str) -> Any:
    if field.blank == ():
        return [part for part in (each.strip() for each in cell.split(";")) if part]
    return cell
