"""What mail shows on the pages of others: the mails of a record, the mail of an activity. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.attachments.reading import is_open
from duyen.entities.pages import Content
from duyen.entities.refusals import said
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.foundation.files import errors as file_errors
from duyen.foundation.files.limits import limits
from duyen.foundation.files.models import FileVersion
from duyen.kernel.errors import DomainError
from duyen.modules.activities import queries as activities
from duyen.modules.activities.words import ActivityKind
from duyen.modules.messaging import queries, telling
from duyen.modules.messaging.models import Mail, MailFile
from duyen.modules.messaging.words import MailKind, MailState, Way

_REFUSALS = {
    each.code: each
    for each in vars(file_errors).values()
    if isinstance(each, type) and issubclass(each, DomainError)
}
#: What can be done with a mail in a state: the step's word in the address.
_STEPS: Mapping[str, tuple[str, ...]] = {
    MailState.WAITING: ("stop",),
    MailState.REFUSED: ("again",),
    MailState.UNCERTAIN: ("again", "confirm"),
}


def is_mail(row: Mapping[str, Any]) -> bool:
    """Tell whether an activity is a mail."""
    return bool(row["kind"] == ActivityKind.EMAIL)


def mails_on(entity: str) -> Content:
    """Give what lists the newest mails about a record of one kind, each with where it stands, and a draft."""

    def mails(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
        ids = activities.ids_about(entity, row["id"], kind=ActivityKind.EMAIL, limit=queries.PAGE)
        found = queries.mails_of(ids)
        return {
            "mails": [shown(each) for activity_id in ids for each in found.get(activity_id, ())[:1]],
            "write_url": write_url(entity, row["id"]) if may_write(actor, row) else "",
            "draft": queries.draft_of(actor.user_id or 0, entity, row["id"]),
        }

    return mails


def stands_on(mail: Mail, entity: str, record_id: int) -> bool:
    """Tell whether a mail stands on a record."""
    about = activities.about([mail.activity_id or 0]).get(mail.activity_id or 0, [])
    return (entity, record_id) in about


def write_url(entity: str, record_id: int) -> str:
    """Give the address at which one writes to a record."""
    return f"/{entity}/{record_id}/mail"


def may_write(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Tell whether the actor may write to a record that she sees, now."""
    return not actor.is_looking and has_right_to_write(actor, row)


def has_right_to_write(actor: Actor, row: Mapping[str, Any]) -> bool:
    """Tell whether the one whose rights these are may write to a record, also when somebody views as her."""
    return row.get("deleted_at") is None and actor.may("activities", CREATE)


def mail_panel(_actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell in short how the mail stands that an activity is."""
    mails = queries.mails_of([row["id"]]).get(row["id"], [])
    return {"mail": shown(mails[0]), "url": f"/activities/{row['id']}?tab=mail"} if mails else {}


def mail_of_activity(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the mail that an activity is, its files, and what came back to it by itself."""
    mails = queries.mails_of([row["id"]]).get(row["id"], [])
    if not mails:
        return {"mail": None}
    first, *others = mails
    about = activities.about([row["id"]]).get(row["id"], [])
    reply = next((each for each in about if each[0] in ("customers", "contacts")), None)
    reply_url = f"{write_url(*reply)}?answers={first.pk}" if reply and may_write(actor, row) else ""
    return {
        "mail": shown(first),
        "files": shown_files(first, row["id"]),
        "returned": [shown(each) for each in others],
        "not_taken": [{"address": each[0], "code": each[1], "said": each[2]} for each in first.not_taken],
        "steps": {verb: f"/mails/{first.pk}/{verb}" for verb in _STEPS.get(first.state, ())},
        "reply_url": reply_url,
    }


def shown(mail: Mail) -> dict[str, Any]:
    """Give what a page shows of a mail."""
    label, tone = telling.STATES[mail.state]
    if mail.way == Way.OUT and mail.state == MailState.SENT and mail.not_taken:
        tone = "amber"
    people = {name: _people(mail.people.get(name, ())) for name in ("to", "cc")}
    return {
        "id": mail.pk,
        "is_out": mail.way == Way.OUT,
        "is_automatic": mail.kind == MailKind.AUTO_REPLY,
        "is_bounce": mail.kind == MailKind.BOUNCE,
        "state": label,
        "tone": tone,
        "is_done": mail.state in (MailState.SENT, MailState.FILED) and not mail.not_taken,
        "why": telling.in_words(mail.why),
        "next_at": mail.next_at if mail.state == MailState.WAITING and mail.tries else None,
        "tries": mail.tries,
        "sender": mail.sender_name or mail.sender_address,
        "address": mail.sender_address,
        "to": people["to"],
        "cc": people["cc"],
        "subject": mail.subject or "—",
        "body": mail.body,
        "quoted": mail.quoted,
        "excerpt": " ".join(mail.body.split())[:160],
        "at": mail.at,
        "count": mail.files.count()
        if not hasattr(mail, "_prefetched_objects_cache")
        else len(mail.files.all()),
        "url": f"/activities/{mail.activity_id}?tab=mail" if mail.activity_id else "",
        "missed": len(mail.not_taken),
    }


def _people(pairs: Any) -> str:
    return ", ".join(
        f"{name} <{address}>" if name and address else name or address for name, address in pairs
    )


def shown_files(mail: Mail, activity_id: int | None) -> list[dict[str, Any]]:
    """Give the files of a mail: those that open, and those that were refused, each with the reason."""
    files = list(mail.files.all())
    versions = FileVersion.objects.in_bulk([each.version_id for each in files if each.version_id])
    held = limits()
    found = []
    for each in files:
        version = versions.get(each.version_id or 0)
        is_ready = version is not None and is_open(version.scan, held)
        is_here = version is not None and version.entity == "activities" and version.record_id == activity_id
        url = f"/activities/{activity_id}/files/{each.file_id}/content" if is_ready and is_here else ""
        found.append({"name": each.name, "size": each.size, "url": url, "problem": _problem(each)})
    return found


def _problem(file: MailFile) -> str:
    if not file.problem:
        return ""
    known = _REFUSALS.get(file.problem.get("code", ""), file_errors.FileRefused)
    return said(known(**file.problem.get("params", {})))
