"""Invent mail that went to customers and came from them lately. Nothing is ever sent or read for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from duyen.demo.reserved import MAIL_DOMAIN
from duyen.kernel.clock import ZONE
from duyen.modules.messaging.actions.past import PastMail
from duyen.modules.messaging.words import Filed, MailKind, MailState, Way

ADDRESS = f"lienhe@{MAIL_DOMAIN}"
_SEED = 31_08_2026

#: What was written, what was answered (nothing where nobody did), and what else became of it.
_TALKS = (
    ("Báo giá FTTH-BIZ2", "Gửi anh/chị báo giá gói FTTH-BIZ2 kèm IP tĩnh như đã trao đổi.\n\nBáo giá có "
    "hiệu lực "
     "15 ngày.", "Cảm ơn em. Bên anh đang so với nhà mạng cũ, tuần sau anh trả lời."),
    ("Mẫu hợp đồng để xem trước", "Gửi anh/chị mẫu hợp đồng, phần bôi vàng là chỗ cần điền.",
     "Điều 5 về bồi thường bên tôi muốn sửa lại. Chị gọi lại giúp."),
    ("Lịch khảo sát lắp đặt", "Kỹ thuật sẽ tới khảo sát sáng thứ Năm, từ 8 giờ 30.",
     "Được em nhé, nhớ gọi bảo vệ trước."),
    ("Nhắc gia hạn cước trước", "Gói cước của anh/chị hết hạn cuối tháng. Đóng trước 12 tháng được tặng "
    "2 tháng.", ""),
    ("Cảm ơn đã tiếp đoàn", "Cảm ơn anh/chị đã dành thời gian sáng nay. Em gửi lại biên bản trao đổi.", ""),
)  # fmt: skip
_STRANGERS = (
    ("Hoàng Minh Đức", "duc.hoang", "Hỏi giá mạng cho xưởng may", "Xưởng tôi ở An Lão, khoảng 40 máy. "
    "Cho tôi hỏi "
     "giá đường truyền và camera."),
    ("Lê Thu Trang", "trang.le", "Chuyển địa điểm lắp đặt", "Cuối tháng văn phòng chuyển sang Lê Hồng "
    "Phong, nhờ bên "
     "mình hỗ trợ chuyển mạng."),
    ("", "hotro.ketoan", "Đề nghị xuất lại hóa đơn", "Hóa đơn tháng trước ghi sai mã số thuế, đề nghị "
    "xuất lại."),
    ("Phạm Quang Vinh", "vinh.pham", "Xin báo giá chữ ký số", "Công ty mới thành lập, cần chữ ký số 3 năm."),
)  # fmt: skip


@dataclass(frozen=True)
class Reached:
    """A customer whom somebody wrote to."""

    id: int
    name: str
    address: str
    owner: int
    owner_name: str
    unit: int


def mails(customers: Sequence[Reached], today: dt.date) -> Iterator[PastMail]:
    """Invent what went to customers and came back, and what waits in the company's mailbox."""
    random = Random(_SEED)  # noqa: S311 - invented mail, no secret
    for number, each in enumerate(customers):
        subject, body, answer = _TALKS[number % len(_TALKS)]
        at = _at(today, random.randrange(2, 40), random)
        yield _to_customer(each, number, subject, body, answer, at, random)
    for number, (name, local, subject, body) in enumerate(_STRANGERS):
        yield PastMail(
            Way.IN,
            MailState.UNFILED,
            subject,
            body,
            _at(today, len(_STRANGERS) - number, random),
            (name, f"{local}@{MAIL_DOMAIN}"),
            why={"code": Filed.UNKNOWN_ADDRESS.value},
        )
    yield PastMail(
        Way.IN,
        MailState.LEFT_OUT,
        "Bản tin công nghệ tháng này",
        "",
        _at(today, 2, random),
        ("Bản tin", f"bantin@{MAIL_DOMAIN}"),
        why={"code": Filed.TO_MANY.value},
        kind=MailKind.NOTICE,
    )


def _to_customer(
    to: Reached, number: int, subject: str, body: str, answer: str, at: dt.datetime, random: Random
) -> PastMail:
    """Write one mail; a few did not arrive, and one was refused."""
    is_lost, is_refused = number % 11 == 7, number % 17 == 12
    later = at + dt.timedelta(hours=random.randrange(1, 30))
    back: PastMail | None = None
    if is_lost:
        told = "Thư không tới được người nhận."
        daemon = ("", f"mailer-daemon@{MAIL_DOMAIN}")
        back = PastMail(
            Way.IN, MailState.TOLD, "Undelivered Mail", told, later, daemon, ("customers", to.id),
            kind=MailKind.BOUNCE,
        )  # fmt: skip
    elif answer and not is_refused:
        person = (to.name, to.address)
        back = PastMail(
            Way.IN, MailState.FILED, f"Re: {subject}", answer, later, person, ("customers", to.id), to.owner,
            to.unit,
        )  # fmt: skip
    return PastMail(
        Way.OUT,
        MailState.REFUSED if is_refused else MailState.SENT,
        subject,
        f"Kính gửi {to.name},\n\n{body}\n\nTrân trọng,\n{to.owner_name}",
        at,
        (to.name, to.address),
        ("customers", to.id),
        to.owner,
        to.unit,
        sender=(to.owner_name, ADDRESS),
        why={"code": "mail_refused", "params": {"said": "5.3.4 Message too big"}} if is_refused else None,
        not_taken=[(to.address, "5.1.1", "550 5.1.1 Mailbox does not exist")] if is_lost else (),
        answer=back,
    )


def _at(today: dt.date, days: int, random: Random) -> dt.datetime:
    clock = dt.time(random.randrange(8, 17), random.randrange(0, 60))
    return dt.datetime.combine(today - dt.timedelta(days=days), clock, ZONE).astimezone(dt.UTC)
