"""Where the derived pages stand."""

from __future__ import annotations

from duyen.entities.entity import Entity

HOME = "/"
SEARCH = "/search"
PALETTE = "/_palette"
JOBS = "/jobs"
INDEXES = "/settings/indexes"
CHOICES = "/settings/choices"
LAYOUTS = "/settings/layouts"
#: The tab of every record that tells what happened to it.
HISTORY = "history"


PLACES = "/_places"


def list_url(entity: Entity) -> str:
    """Give the address of a list."""
    return f"/{entity.name}"


def new_url(entity: Entity) -> str:
    """Give the address of the form for a new record."""
    return f"/{entity.name}/new"


def record_url(entity: Entity, record_id: int, *, tab: str = "") -> str:
    """Give the address of a record, or of one of its tabs."""
    return f"/{entity.name}/{record_id}" + (f"?tab={tab}" if tab else "")


def step_url(entity: Entity, record_id: int, step: str) -> str:
    """Give the address of a step that a record can take: `edit`, `delete`, a command."""
    return f"/{entity.name}/{record_id}/{step}"


def print_url(entity: Entity, record_id: int) -> str:
    """Give the address of a record for paper."""
    return f"/{entity.name}/{record_id}/print"


def access_url(entity: Entity, record_id: int, *, who: int | None = None) -> str:
    """Give the address that tells who may do what with a record, or what one person may."""
    asked = f"&who={who}" if who else ""
    return f"/access?entity={entity.name}&record={record_id}{asked}"


def twins_url(entity: Entity, record_id: int | None = None) -> str:
    """Give the address that tells what is like a form: a new one, or one that changes a record."""
    return f"/{entity.name}/duplicates" + (f"?of={record_id}" if record_id else "")


def duplicates_url(entity: Entity, record_id: int) -> str:
    """Give the address that lists what is like a record."""
    return f"/{entity.name}/{record_id}/duplicates"


def options_url(entity: Entity) -> str:
    """Give the address that a combobox asks for records of an entity."""
    return f"/{entity.name}/_options"


def undo_url(operation_id: int, record_id: int | None = None) -> str:
    """Give the address that takes one operation back, or what it did to one record."""
    return f"/_undo/{operation_id}" + (f"?record={record_id}" if record_id else "")


def job_url(job_id: int, part: str = "") -> str:
    """Give the address of a piece of background work, or of what can be done with it."""
    return f"{JOBS}/{job_id}" + (f"/{part}" if part else "")


def bulk_url(entity: Entity) -> str:
    """Give the address that takes a step with many records."""
    return f"/{entity.name}/bulk"


def import_url(entity: Entity, key: str = "", part: str = "") -> str:
    """Give the address to hand a file in, or of one that was handed in."""
    return f"/{entity.name}/import" + "".join(f"/{each}" for each in (key, part) if each)


def merge_url(entity: Entity, ids: str = "", *, keep: int | None = None) -> str:
    """Give the address that puts records beside each other to make one of them, and keeps one of them."""
    asked = f"?ids={ids}" + (f"&keep={keep}" if keep else "") if ids else ""
    return f"/{entity.name}/merge{asked}"


def account_url(merge_id: int) -> str:
    """Give the address that tells of one merge, and undoes it."""
    return f"/merges/{merge_id}"


def cell_url(entity: Entity, record_id: int, field: str) -> str:
    """Give the address of one cell of a list."""
    return f"/{entity.name}/{record_id}/cell/{field}"


def places_url(*, codes: bool = False) -> str:
    """Give the address that a combobox asks for wards; with `codes` it answers with their codes alone."""
    return f"{PLACES}?codes=1" if codes else PLACES


def files_url(entity: Entity, record_id: int) -> str:
    """Give the address of the files of a record: a list to read, and where new ones go."""
    return f"/{entity.name}/{record_id}/files"


def file_url(entity: Entity, record_id: int, file_id: int, part: str = "") -> str:
    """Give the address of one file, or of what can be done with it."""
    return f"/{entity.name}/{record_id}/files/{file_id}" + (f"/{part}" if part else "")
