"""Colleagues who are called by name in a text: «@Nguyễn Hồng Hạnh xem giúp».

Whoever is called is told so, whichever door the text came through; she may read nothing more by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.foundation.audit.following import Entry, follow
from duyen.foundation.notices.kinds import PEOPLE, NoticeKind, declare
from duyen.foundation.notices.telling import notify
from duyen.modules.activities.models import Activity

NAME = "mentions"
MENTIONED = "mentioned"
_INSERTED, _UPDATED = "I", "U"
# A whole name is looked for behind the sign: «@Lan» calls nobody whose name is «Hoàng Thị Lan».
_CALLED = """
SELECT u.id, u.full_name, t.place FROM unnest(%s::text[]) WITH ORDINALITY AS t (body, place)
JOIN org_user u ON u.is_active AND position('@' || u.full_name IN t.body) > 0
ORDER BY t.place, u.id
"""

declare(
    NoticeKind(
        MENTIONED,
        PEOPLE,
        "at-sign",
        _("%(who)s mentioned you on %(record)s"),
        _("%(who)s mentioned you on %(record)s %(count)s times"),
        _("%(who)s mentioned you on a record that is not open to you. Ask to have it shared."),
    )
)


def called_in(texts: Sequence[str]) -> list[dict[int, str]]:
    """Give for each text the colleagues it calls, by id and name: one query, or none without the sign."""
    found: list[dict[int, str]] = [{} for _text in texts]
    if not any("@" in text for text in texts):
        return found
    with connection.cursor() as cursor:
        cursor.execute(_CALLED, [[text or "" for text in texts]])
        rows = cursor.fetchall()
    for user_id, name, place in rows:
        found[place - 1][user_id] = name
    return [_without_shorter(each) for each in found]


def _without_shorter(called: Mapping[int, str]) -> dict[int, str]:
    """Leave out whose whole name only begins a longer one that is called."""
    names = set(called.values())
    return {
        user_id: name
        for user_id, name in called.items()
        if not any(other != name and other.startswith(name) for other in names)
    }


def named_in(texts: Sequence[str]) -> set[str]:
    """Give the names of the colleagues whom some texts call."""
    return {name for each in called_in([text or "" for text in texts]) for name in each.values()}


def start() -> None:
    """Let the follower be known; once, when the program starts."""
    follow(NAME, tell, families=("activities",))


def tell(entries: Iterable[Entry]) -> None:
    """Tell those whom new texts call, and those whom a changed text calls newly."""
    ours = [each for each in entries if each.family == "activities" and each.root == "activities"]
    born = [each for each in ours if each.kind == _INSERTED]
    changed = [each for each in ours if each.kind == _UPDATED and "body" in each.changes]
    rows = {
        row["id"]: row
        for row in Activity.objects.filter(
            pk__in={each.record_id for each in (*born, *changed)}, body__contains="@", deleted_at=None
        ).values("id", "body", "about")
    }
    texts = [(each, "", rows[each.record_id]["body"]) for each in born if each.record_id in rows]
    texts += [
        (each, str(each.changes["body"][0] or ""), str(each.changes["body"][1] or ""))
        for each in changed
        if each.record_id in rows
    ]
    before = called_in([was for _entry, was, _now in texts])
    after = called_in([now for _entry, _was, now in texts])
    for (entry, _was, _now), old, new in zip(texts, before, after, strict=True):
        _notify(entry, rows[entry.record_id]["about"], set(new) - set(old))


def _notify(entry: Entry, about: Sequence[Mapping[str, object]], user_ids: Collection[int]) -> None:
    """Lead to the record that the text is about: the activity itself may stand in none of her lists."""
    if not user_ids:
        return
    first = about[0] if about else {"entity": "activities", "id": entry.record_id}
    notify(
        user_ids,
        MENTIONED,
        entity=str(first["entity"]),
        record_id=int(str(first["id"])),
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        fold=f"{first['entity']}:{first['id']}:{entry.actor_id}",
    )
