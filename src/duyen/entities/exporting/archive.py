"""The archive of everything while it is written: files of one moment, and a list of what it holds."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

from django.utils.translation import gettext as _

from duyen.entities.csv_writing import csv_lines
from duyen.entities.exporting.writing import Written
from duyen.foundation.database.paths import PRIVATE_FILE
from duyen.foundation.database.snapshot import Snapshot
from duyen.kernel.clock import ZONE

CONTENTS = "contents.csv"


@dataclass
class Archive:
    """The archive while it is written, and the list of what it holds."""

    file: zipfile.ZipFile
    snapshot: Snapshot
    written: Written
    contents: list[list[str]] = field(default_factory=list)

    def add(
        self, file_name: str, what: str, heads: Sequence[str], rows: Iterable[list[str]], left: str
    ) -> None:
        """Write one CSV file into the archive."""
        before = self.written.rows
        with self.file.open(self._info(f"{file_name}.csv"), "w", force_zip64=True) as target:
            for part in csv_lines(heads, rows):
                target.write(part)
        self.contents.append([f"{file_name}.csv", what, str(self.written.rows - before), left])

    def add_written(self, file_name: str, what: str, source: IO[bytes], rows: int) -> None:
        """Add a CSV file that was written elsewhere."""
        with self.file.open(self._info(f"{file_name}.csv"), "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target)
        self.contents.append([f"{file_name}.csv", what, str(rows), ""])

    @contextmanager
    def holding(self, path: str) -> Iterator[IO[bytes]]:
        """Give a file of the archive to write into, kept as it is: what people hand in is packed already."""
        info = self._info(path)
        info.compress_type = zipfile.ZIP_STORED
        with self.file.open(info, "w", force_zip64=True) as target:
            yield target

    def close(self) -> None:
        """Write what the archive holds, and say of which moment it is."""
        heads = [_("File"), _("What it holds"), _("Rows"), _("Left out")]
        self.file.writestr(self._info(CONTENTS), b"".join(csv_lines(heads, self.contents)))
        self.file.comment = f"Duyên, {self.snapshot.moment.isoformat()}".encode()

    def _info(self, file_name: str) -> zipfile.ZipInfo:
        """Date a file by the moment that it shows, in Vietnam's time."""
        moment = self.snapshot.moment.astimezone(ZONE)
        info = zipfile.ZipInfo(file_name, moment.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = PRIVATE_FILE << 16
        return info
