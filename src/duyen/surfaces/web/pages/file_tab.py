"""The tab of every record that shows its files; derived, so no entity declares it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.attachments.carried import Carried, carried_to
from duyen.entities.attachments.reading import Attached, FilePage, count_binned, count_files, files_of_seen
from duyen.entities.entity import Entity
from duyen.entities.fields import LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.pages import Tab
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.files.limits import Limits, limits
from duyen.foundation.files.words import Scan, Size
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.pages.addresses import file_url, files_url, record_url
from duyen.surfaces.web.pages.standing import is_open_to

FILES = "files"
TEMPLATE = "derived/files.html"
_KB = 1024
_MB = 1024 * 1024


@cache
def tabs_of(entity: Entity) -> Sequence[Tab]:
    """List the tabs of an entity's records: those declared, then the files."""
    if entity.files is None:
        return entity.tabs
    return [*entity.tabs, _file_tab(entity)]


def _file_tab(entity: Entity) -> Tab:
    def content(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
        return shown_files(entity, row, actor=actor)

    def count(actor: Actor, row: Mapping[str, Any]) -> int:
        return count_shown(entity, row["id"], actor)

    return Tab(FILES, _("Files"), TEMPLATE, content, count)


def count_shown(entity: Entity, record_id: int, actor: Actor) -> int:
    """Count the files that the tab of a record shows to the actor."""
    return count_files(entity.family, record_id, carried_to(entity, record_id, actor))


def may_add(entity: Entity, row: Mapping[str, Any], actor: Actor) -> bool:
    """Tell whether the actor may add files to a record and change them."""
    is_there = entity.files is not None and row.get("deleted_at") is None
    return is_there and not actor.is_looking and is_open_to(entity, actor, CHANGE, row)


def drop_url(entity: Entity, row: Mapping[str, Any], actor: Actor) -> str:
    """Give the address to which files go that are dropped on the page of a record, or nothing."""
    return files_url(entity, row["id"]) if may_add(entity, row, actor) else ""


def shown_files(
    entity: Entity,
    row: Mapping[str, Any],
    *,
    actor: Actor,
    before: int | None = None,
    in_bin: bool = False,
    problems: Sequence[str] = (),
) -> dict[str, Any]:
    """Give what the list of files shows of a record that the reader has been shown."""
    held = limits()
    carried = [] if in_bin else carried_to(entity, row["id"], actor)
    found = files_of_seen(
        entity.family, row["id"], limits=held, before=before, in_bin=in_bin, carried=carried
    )
    may_change = may_add(entity, row, actor)
    here = files_url(entity, row["id"])
    return {
        "files": _with_keepers(entity, row["id"], found.files, carried, actor),
        "may_change": may_change,
        "in_bin": in_bin,
        "binned": count_binned(entity.family, row["id"]) if before is None and not in_bin else 0,
        "url": here,
        "bin_url": f"{here}?bin=1",
        "more_url": _more(here, found, in_bin=in_bin),
        "is_first": before is None,
        "key": str(uuid.uuid4()),
        "most_mb": held.most_mb,
        "most": held.most,
        "accept": _accepted(held),
        "problems": problems,
    }


def _with_keepers(
    entity: Entity, record_id: int, files: Sequence[Attached], carried: Sequence[Carried], actor: Actor
) -> list[dict[str, Any]]:
    """Give what the list shows of files; of one that another record keeps, under whose address it is, too."""
    keepers = {each.entity.family: each.entity for each in carried}
    shown: list[dict[str, Any]] = []
    named: dict[str, Mapping[int, LinkedRecord]] = {}
    for family, keeper in keepers.items():
        ids = {each.record_id for each in files if each.family == family}
        named[family] = labels(actor, keeper, ids) if ids else {}
    for each in files:
        if (each.family, each.record_id) == (entity.family, record_id):
            shown.append({**shown_file(entity, record_id, each), "is_own": True, "kept_by": None})
            continue
        keeper = keepers[each.family]
        known = named[each.family].get(each.record_id)
        title = (known and (known.label or known.code)) or f"#{each.record_id}"
        kept_by = {"label": keeper.label, "title": title, "url": record_url(keeper, each.record_id)}
        shown.append({**shown_file(keeper, each.record_id, each), "is_own": False, "kept_by": kept_by})
    return shown


def _more(here: str, found: FilePage, *, in_bin: bool) -> str:
    if found.next is None:
        return ""
    return f"{here}?before={found.next}" + ("&bin=1" if in_bin else "")


def _accepted(held: Limits) -> str:
    return ",".join(f".{ending}" for ending in sorted(held.endings))


def shown_file(entity: Entity, record_id: int, file: Attached) -> dict[str, Any]:
    """Give what a list shows of one file."""
    version = file.version
    address = file_url(entity, record_id, file.id)
    small = f"{address}/picture/{Size.SMALL.value}?v={version.number}"
    return {
        "id": file.id,
        "name": file.name,
        "url": address,
        "content_url": f"{address}/content" if version.is_open else "",
        "picture_url": small if version.has_preview and version.is_open else "",
        "icon": version.kind.icon if version.kind else "file",
        "size": size_in_words(version.size),
        "number": version.number if version.number > 1 else 0,
        "who": version.who,
        "at": version.created_at,
        "mark": scan_mark(version.scan),
        "is_in_bin": file.is_in_bin,
    }


def scan_mark(scan: str) -> dict[str, Any] | None:
    """Give the word and the tone for what a scanner said, where there is something to say."""
    return {
        Scan.PENDING: {"label": _("Being scanned"), "tone": "blue"},
        Scan.INFECTED: {"label": _("Virus found"), "tone": "red"},
        Scan.UNSCANNED: {"label": _("Not scanned"), "tone": "amber"},
    }.get(Scan(scan))


def size_in_words(size: int) -> str:
    """Say a number of bytes as people do: 640 B, 12 KB, 3,4 MB."""
    if size < _KB:
        return f"{so(size)} B"
    if size < _MB:
        return f"{so(round(size / _KB))} KB"
    return f"{so(round(size / _MB, 1), 1)} MB"
