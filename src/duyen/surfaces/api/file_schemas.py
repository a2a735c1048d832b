"""The shapes of files in the API."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field as Described

from duyen.foundation.files.names import LONGEST
from duyen.foundation.files.words import Scan
from duyen.surfaces.api.schemas import LinkedOut, StrictSchema


class FileVersionOut(Schema):
    """One version of a file; `is_open` says whether its content may be fetched now."""

    number: int
    name: str
    size: Annotated[int, Described(description="In bytes.")]
    type: Annotated[str, Described(description="The media type that follows from the ending.")]
    sha256: str
    scan: Annotated[
        str,
        Described(
            description="What the virus scanner said; none where there is none.",
            json_schema_extra={"enum": [each.value for each in Scan]},
        ),
    ]
    is_open: bool
    created_at: str
    created_by: LinkedOut | None


class FileOut(FileVersionOut):
    """A file of a record, told by the version that holds."""

    id: int
    in_bin: bool


class FileVersionsOut(FileOut):
    """A file of a record with all its versions, the newest first."""

    versions: list[FileVersionOut]


class FilePageOut(Schema):
    """One page of a record's files, the latest first; `next` goes into `after` for the following page."""

    items: list[FileOut]
    next: int | None


class FileBody(StrictSchema):
    """What can be changed of a file itself."""

    name: Annotated[str, Described(min_length=1, max_length=4 * LONGEST)]


class VersionBody(StrictSchema):
    """Which version is meant."""

    number: Annotated[int, Described(ge=1, le=2**31 - 1)]
