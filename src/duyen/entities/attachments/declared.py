"""What a declaration says about the files of its records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Files:
    """How files are kept on the records of one entity. `watched`: the trail tells who opened which."""

    watched: bool = False
