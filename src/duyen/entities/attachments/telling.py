"""How the trail tells of files, in both languages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.attachments.opening import OPEN
from duyen.entities.attachments.writing import (
    ADD,
    DELETE_FILE,
    RENAME,
    RESTORE_FILE,
    RESTORE_VERSION,
    VERSION,
)
from duyen.entities.entity import Part
from duyen.entities.fields import Text
from duyen.entities.history import name_hanging, name_verbs
from duyen.entities.trail_lines import name_families
from duyen.foundation.files.scanning import SCANNED

name_verbs(
    {
        ADD: _("File added"),
        VERSION: _("New version of a file"),
        RENAME: _("File renamed"),
        DELETE_FILE: _("File moved to the bin"),
        RESTORE_FILE: _("File taken out of the bin"),
        RESTORE_VERSION: _("Old version of a file restored"),
        OPEN: _("File opened"),
        SCANNED: _("File scanned for viruses"),
    }
)
name_families({"files": _("File"), "file_versions": _("Version of a file")})
name_hanging(
    Part("files", _("Files"), [Text("name", _("File name"))]),
    Part("file_versions", _("Versions of files"), [Text("threat", _("Virus found"))]),
)
