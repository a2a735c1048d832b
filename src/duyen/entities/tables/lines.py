"""The lines of a file of text in a known encoding, and the cells that they hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator

from duyen.entities.csv_writing import armed
from duyen.entities.tables import refusals
from duyen.entities.tables.sources import NotATable, Opens, line_not_in, telling
from duyen.kernel import encodings

#: A longer line is no line of a table, and would have to fit into memory.
_LONGEST_LINE = 1_000_000
csv.field_size_limit(_LONGEST_LINE // 2)


class Lines:
    """The lines of a file of text in a known encoding, and the cells that they hold."""

    def __init__(self, source: Opens, encoding: str, delimiter: str, letters: Callable[[str], str]) -> None:
        self._source = source
        self._encoding = encoding
        self._delimiter = delimiter
        self._letters = letters

    def lines(self) -> Generator[str, None, None]:
        """Give the lines as they are decoded. Raises NotATable where one is too long or is no text."""
        number = 0
        codec = encodings.codec_of(self._encoding)
        with telling(), self._source() as binary:
            text = io.TextIOWrapper(binary, codec, newline="")
            try:
                while line := text.readline(_LONGEST_LINE):
                    number += 1
                    if len(line) == _LONGEST_LINE:
                        raise NotATable(refusals.LONG_LINE, line=number)
                    # The mark of UTF-16 and, in a glued file, that of UTF-8 are no letters.
                    yield line.removeprefix("\ufeff") if number == 1 else line
            except UnicodeDecodeError as error:
                wrong = line_not_in(self._source, codec) or number + 1
                raise NotATable(refusals.OTHER_LETTERS, line=wrong, encoding=self._encoding) from error

    def rows(self) -> Generator[list[str], None, None]:
        """Give the cells of each row. Raises NotATable where quotes are wrong."""
        letters = self._letters
        reader = csv.reader(self.lines(), delimiter=self._delimiter, strict=True)
        begins = 1
        try:
            for row in reader:
                whole = "\0".join(row)
                if whole.isascii() and "'" not in whole:
                    yield row
                else:
                    yield [armed(cell if cell.isascii() else letters(cell)) for cell in row]
                begins = reader.line_num + 1
        except csv.Error as error:
            cut = "unexpected end" in str(error) or "field larger" in str(error)
            raise NotATable(refusals.CUT_TEXT if cut else refusals.STRAY_QUOTE, line=begins) from error
