"""What a company takes: how large a file may be, of which kinds, and what of one that no scanner has seen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.foundation.files.kinds import BY_ENDING, USUAL
from duyen.foundation.settings.company import settings_of
from duyen.foundation.settings.declaring import BadSetting, Kind, declare_area, declare_setting

MB = 1024 * 1024
MOST_MB, ENDINGS, HOLD = "files.most_mb", "files.endings", "files.hold_unscanned"
#: The operator says where the scanner listens: `host:port`, or the path of its socket.
SCANNER = "DUYEN_CLAMD"
#: No company may take larger files through a page: what is sent lies in the memory of proxies on its way.
LARGEST_MB = 500


def _known_endings(given: Any) -> list[str]:
    """Keep endings as the table of kinds has them. Raises BadSetting."""
    endings = list(dict.fromkeys(str(each).lower().lstrip(".") for each in given))
    unknown = [each for each in endings if each not in BY_ENDING]
    if unknown:
        sentence = _(
            "%(endings)s cannot be checked, so such files are never taken. Take them out of the list."
        )
        raise BadSetting(sentence % {"endings": ", ".join(unknown)})
    return endings


declare_area(
    "files",
    label=_("Files"),
    help=_("What people may attach to records."),
    icon="paperclip",
    order=60,
)
declare_setting(
    MOST_MB,
    25,
    kind=Kind.WHOLE,
    area="files",
    least=1,
    most=LARGEST_MB,
    label=_("Largest file, in MB"),
    help=_("A larger one is stopped while it is still being sent."),
)
declare_setting(
    ENDINGS,
    [],
    kind=Kind.WORDS,
    area="files",
    label=_("Endings that are taken"),
    help=_("One a line, such as pdf or docx. The content must fit the ending in any case."),
    clean=_known_endings,
    blank=_("all that can be checked, but none with macros"),
)
declare_setting(
    HOLD,
    True,
    kind=Kind.FLAG,
    area="files",
    label=_("Hold back what the virus scanner could not see"),
    help=_("Where a scanner is set up and does not answer. Otherwise such files open with a mark."),
)


@dataclass(frozen=True)
class Limits:
    """What holds now. `most` in bytes; `holds` says that nobody opens what the scanner could not see."""

    most_mb: int
    endings: frozenset[str]
    holds: bool

    @property
    def most(self) -> int:
        return self.most_mb * MB


def limits() -> Limits:
    """Read what the company decided, in one query."""
    kept = settings_of(MOST_MB, ENDINGS, HOLD)
    return Limits(
        most_mb=max(1, min(int(kept[MOST_MB]), LARGEST_MB)),
        endings=frozenset(kept[ENDINGS] or USUAL) & frozenset(BY_ENDING),
        holds=bool(kept[HOLD]),
    )


def scanner(environ: Mapping[str, str] = os.environ) -> str:
    """Give where the scanner listens, or nothing where there is none."""
    return environ.get(SCANNER, "").strip()
