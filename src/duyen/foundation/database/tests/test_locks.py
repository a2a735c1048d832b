"""One running copy, and a server that the last user stops."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from duyen.foundation.database.errors import DataFolderInUse
from duyen.foundation.database.locks import ServerLease, only_copy
from duyen.foundation.database.paths import DataFolder


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder.locate(tmp_path)


def test_refuses_a_second_copy_and_names_the_first(folder: DataFolder) -> None:
    with (
        only_copy(folder),
        pytest.raises(DataFolderInUse, match=f"process {os.getpid()}"),
        only_copy(folder),
    ):
        pytest.fail("the lock let a second copy in")


def test_frees_the_folder_afterwards(folder: DataFolder) -> None:
    with only_copy(folder):
        pass

    with only_copy(folder):
        assert (folder.root / "lock").read_text(encoding="utf-8") == f"{os.getpid()}\n"


def test_tells_the_last_user_that_it_is_the_last(folder: DataFolder) -> None:
    first, second = ServerLease(folder), ServerLease(folder)
    for lease in (first, second):
        with lease.taking():
            pass

    with first.giving_back() as first_is_last:
        pass
    with second.giving_back() as second_is_last:
        pass

    assert (first_is_last, second_is_last) == (False, True)
