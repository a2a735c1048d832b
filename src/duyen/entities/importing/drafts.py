"""Files that were handed in on a page and are looked at before their import begins."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from duyen.entities.csv_files import SUFFIXES
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.importing.asking import refuse_unless_importable
from duyen.entities.importing.uploads import checked_name, refuse_too_large
from duyen.entities.models import ImportDraft
from duyen.foundation.access.actor import Actor
from duyen.foundation.database.paths import PRIVATE_FILE, PRIVATE_FOLDER, DataFolder
from duyen.kernel.clock import now

#: A file that nobody has gone on with for so long is removed.
KEPT_FOR = dt.timedelta(days=3)
#: What an import refused, and the file of one that never ended, are kept for so long.
REJECTED_KEPT_FOR = dt.timedelta(days=30)


def keep_draft(entity: Entity, *, actor: Actor, name: str, parts: Iterable[bytes]) -> ImportDraft:
    """Keep a file that was handed in, for the person alone who did so.

    Raises NotFound, NotAllowed, FileUnreadable for a name of another kind, or FileTooLarge.
    """
    refuse_unless_importable(entity, actor)
    if actor.user_id is None:
        raise NotFound
    shown = checked_name(name)
    key = secrets.token_urlsafe(16)[:22]
    suffix = next(each for each in SUFFIXES if shown.lower().endswith(each))
    path = _folder() / f"draft-{key}{suffix}"
    size = 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
            for part in parts:
                size += len(part)
                refuse_too_large(size)
                file.write(part)
        moment = now()
        return ImportDraft.objects.create(
            key=key,
            user_id=actor.user_id,
            entity=entity.name,
            shown=shown,
            size=size,
            settings={"suffix": suffix},
            created_at=moment,
            updated_at=moment,
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def draft_called(entity: Entity, key: str, *, actor: Actor) -> ImportDraft:
    """Find a file by its key, for the person who handed it in. Raises NotFound or NotAllowed."""
    refuse_unless_importable(entity, actor)
    found = ImportDraft.objects.filter(key=key, entity=entity.name, user_id=actor.user_id or 0)
    draft = found.order_by("pk").first()
    if draft is None or not draft_path(draft).is_file():
        raise NotFound
    return draft


def is_draft(entity: Entity, key: str, user_id: int | None) -> bool:
    """Tell whether a file still waits for its import."""
    return (
        bool(key) and ImportDraft.objects.filter(key=key, entity=entity.name, user_id=user_id or 0).exists()
    )


def draft_path(draft: ImportDraft) -> Path:
    """Give the place of a file that was handed in."""
    return _folder() / f"draft-{draft.key}{draft.settings['suffix']}"


def settle_draft(draft: ImportDraft, **settings: Any) -> None:
    """Keep what was chosen for a file."""
    draft.settings = {**draft.settings, **settings}
    ImportDraft.objects.filter(pk=draft.pk).update(settings=draft.settings, updated_at=now())


def forget_draft(draft: ImportDraft) -> None:
    """Remove a file that was handed in: its import has begun, or nobody wants it any more."""
    draft_path(draft).unlink(missing_ok=True)
    ImportDraft.objects.filter(pk=draft.pk).delete()


def forget_old_files() -> int:
    """Remove files that nobody went on with, and what imports of long ago left; give how many."""
    count = 0
    for draft in ImportDraft.objects.filter(updated_at__lt=now() - KEPT_FOR).order_by("pk"):
        forget_draft(draft)
        count += 1
    oldest = (now() - REJECTED_KEPT_FOR).timestamp()
    for path in _folder().iterdir():
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _folder() -> Path:
    folder = DataFolder.locate().imports
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    return folder
