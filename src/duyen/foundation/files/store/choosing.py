"""Which store holds what: each version remembers its own, new ones go to where the operator says."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping

from duyen.foundation.database.paths import DataFolder
from duyen.foundation.files.store.declared import Store
from duyen.foundation.files.store.disk import DiskStore
from duyen.foundation.files.store.s3 import BUCKET, S3Store, origin_of
from duyen.foundation.files.words import Place


def place_for_new(environ: Mapping[str, str] = os.environ) -> Place:
    """Tell where new contents go: into the bucket, once one is named."""
    return Place.S3 if environ.get(BUCKET) else Place.DISK


def store_at(place: str) -> Store:
    """Give the store of a place. Raises Unreachable when it is not set up."""
    return S3Store.from_environment() if place == Place.S3 else DiskStore()


def store_for_new() -> tuple[Place, Store]:
    """Give the place and the store of new contents. Raises Unreachable."""
    place = place_for_new()
    return place, store_at(place)


def new_key(place: Place) -> str:
    """Make a key that nobody can guess and that says nothing of the content."""
    key = secrets.token_hex(20)
    return f"{origin_of(DataFolder.locate())}/{key}" if place is Place.S3 else key
