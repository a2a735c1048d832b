"""What people attached to the demo's records: photos, quotes, price lists, drawn as the demo is loaded."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from duyen.entities.attachments.writing import add_file, add_version, read_content, stored
from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.files.limits import Limits, limits
from duyen.foundation.org.models import User

#: One customer in so many has files, and so many of them do.
EVERY, MOST = 90, 6
_PRICES = "Mã hàng,Tên hàng,Đơn giá\nSB-01,Camera trong nhà,1250000\nSB-02,Camera ngoài trời,1890000\n"


def attach_files(ids: Sequence[int]) -> int:
    """Let the owners of some customers add files to them, as they would on the web; returns how many."""
    customers = entity_named("customers")
    chosen = list(ids[::EVERY])[:MOST]
    owners = dict(customers.model._default_manager.filter(pk__in=chosen).values_list("pk", "owner_id"))
    people = User.objects.in_bulk(set(owners.values()))
    held, count = limits(), 0
    for place, customer_id in enumerate(chosen):
        actor = actor_for(people[owners[customer_id]], Door.WEB)
        files = [("Ảnh mặt tiền cửa hàng.jpg", _front(place)), ("Báo giá lắp đặt.pdf", _paper(place, 6))]
        if place % 2:
            files.append(("Bảng giá thiết bị.csv", _PRICES.encode("utf-8-sig")))
        for name, content in files:
            file_id = _add(customers, customer_id, name, content, actor, held)
            count += 1
            if name.endswith(".pdf") and not place % 3:
                _add(
                    customers,
                    customer_id,
                    "Báo giá lắp đặt.pdf",
                    _paper(place, 9),
                    actor,
                    held,
                    file_id=file_id,
                )
    return count


def attach_papers(entity: Entity, ids: Sequence[int], name: str, *, actor: Actor) -> None:
    """Hang a paper on each of some records."""
    held = limits()
    for place, record_id in enumerate(ids):
        _add(entity, record_id, name, _paper(place, 4), actor, held)


def _add(
    entity: Entity,
    record_id: int,
    name: str,
    content: bytes,
    actor: Actor,
    held: Limits,
    *,
    file_id: int | None = None,
) -> int:
    with tempfile.NamedTemporaryFile(prefix="duyen-demo-") as place:
        place.write(content)
        place.flush()
        with stored(read_content(Path(place.name), name, limits=held)) as kept:
            if file_id is None:
                return add_file(entity, record_id, kept, actor=actor).id
            return add_version(entity, record_id, file_id, kept, actor=actor).id


def _front(place: int) -> bytes:
    """Draw the front of a shop: sky, house, sign, door, window."""
    drawn = Image.new("RGB", (1200, 800), (196, 222, 240))
    pen = ImageDraw.Draw(drawn)
    wall = ((226, 196, 160), (206, 216, 196), (230, 214, 214))[place % 3]
    pen.rectangle((0, 660, 1200, 800), fill=(150, 150, 150))
    pen.rectangle((220, 200, 980, 680), fill=wall)
    pen.polygon(((180, 200), (600, 60), (1020, 200)), fill=(160, 70, 60))
    pen.rectangle((300, 240, 900, 330), fill=(30, 80, 160))
    pen.rectangle((340, 400, 560, 680), fill=(90, 60, 40))
    pen.rectangle((620, 400, 900, 600), fill=(180, 210, 220), outline=(70, 70, 70), width=8)
    return _saved(drawn, "JPEG")


def _paper(place: int, lines: int) -> bytes:
    """Draw a page with a heading, a table and a sum, as a quote looks from afar."""
    drawn = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((120, 120, 420, 180), fill=(45, 85, 207))
    pen.rectangle((120, 260, 820, 290), fill=(40, 40, 40))
    for line in range(lines):
        top = 400 + 90 * line
        pen.rectangle((120, top, 1120, top + 70), outline=(180, 180, 180), width=3)
        pen.rectangle((150, top + 25, 500 + 40 * ((place + line) % 5), top + 45), fill=(120, 120, 120))
        pen.rectangle((900, top + 25, 1090, top + 45), fill=(120, 120, 120))
    pen.rectangle((820, 480 + 90 * lines, 1120, 510 + 90 * lines), fill=(40, 40, 40))
    return _saved(drawn, "PDF")


def _saved(drawn: Image.Image, kind: str) -> bytes:
    place = io.BytesIO()
    drawn.save(place, kind)
    return place.getvalue()
