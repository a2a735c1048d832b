"""Keep the files of a mail that came in: each judged like one that somebody adds, a refused one marked."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from duyen.entities.attachments.writing import add_loose_file, read_content, stored
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.errors import FileRefused, StoreUnreachable
from duyen.foundation.files.limits import limits
from duyen.foundation.files.names import plain_name
from duyen.kernel.errors import DomainError
from duyen.modules.messaging.mime.parsing import Enclosed
from duyen.modules.messaging.models import Mail, MailFile
from duyen.modules.messaging.words import MAILS

ACTIVITIES = "activities"


def keep_files(mail: Mail, files: Sequence[Enclosed], *, left_out: int, actor: Actor) -> None:
    """Keep the files of a mail on its activity, or with the mail while it has none.

    A file that is refused is named with the reason. Must run inside a transaction.
    """
    if not files:
        return
    held = limits()
    family, record_id = (ACTIVITIES, mail.activity_id) if mail.activity_id else (MAILS, mail.pk)
    for each in files:
        name = plain_name(each.name)[-190:] or "file"
        with tempfile.NamedTemporaryFile(prefix="duyen-") as place:
            place.write(each.content)
            place.flush()
            try:
                content = read_content(Path(place.name), name, limits=held)
                with stored(content) as kept:
                    file_id, version_id = add_loose_file(
                        family, record_id or 0, kept, actor=actor, party_id=mail.party_id
                    )
            except (FileRefused, StoreUnreachable) as error:
                _note(mail, name, len(each.content), error)
                continue
        MailFile.objects.create(
            mail=mail, name=name, size=len(each.content), file_id=file_id, version_id=version_id
        )
    if left_out:
        MailFile.objects.create(
            mail=mail,
            name=f"+{left_out}",
            problem={"code": "file_refused", "params": {"name": f"+{left_out}"}},
        )


def _note(mail: Mail, name: str, size: int, error: DomainError) -> None:
    params = {key: str(each) for key, each in error.params.items()}
    MailFile.objects.create(mail=mail, name=name, size=size, problem={"code": error.code, "params": params})
