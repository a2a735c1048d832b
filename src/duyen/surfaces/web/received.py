"""Read the files that came with a request, each judged by itself: a bad one never stops a good one."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from duyen.entities.attachments.writing import Content, Stored, read_content, stored
from duyen.foundation.files.errors import FileRefused, UploadTooLarge
from duyen.foundation.files.limits import Limits
from duyen.surfaces.web.uploads import left_out


@dataclass(frozen=True)
class Received:
    """What came in: contents that are kept for now, and what was refused."""

    kept: Sequence[Stored]
    refused: Sequence[FileRefused]

    @property
    def digest(self) -> str:
        """Tell these files from others that come under the same key."""
        told = [(each.content.name, each.content.sha256) for each in self.kept]
        return hashlib.sha256(repr(told).encode()).hexdigest()


@contextmanager
def received(request: Any, files: Iterable[UploadedFile[Any]], limits: Limits) -> Iterator[Received]:
    """Judge the files of a request and keep the good ones as long as this lasts, and for good where a row
    came to name them. Raises StoreUnreachable.
    """
    refused: list[FileRefused] = [
        UploadTooLarge(name=name, most=limits.most_mb) for name in left_out(request)
    ]
    with ExitStack() as held:
        contents: list[Content] = []
        for file in files:
            path = held.enter_context(_on_disk(file))
            try:
                contents.append(read_content(path, file.name or "", limits=limits))
            except FileRefused as error:
                refused.append(error)
        yield Received([held.enter_context(stored(each)) for each in contents], refused)


@contextmanager
def _on_disk(file: UploadedFile[Any]) -> Iterator[Path]:
    """Give the place of a file that came in; a small one is in memory and gets one."""
    if isinstance(file, TemporaryUploadedFile):
        file.flush()
        yield Path(file.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="duyen-") as place:
        for part in file.chunks():
            place.write(part)
        place.flush()
        yield Path(place.name)
