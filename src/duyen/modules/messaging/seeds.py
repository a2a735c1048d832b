"""A few templates to start from, in Vietnamese: the company changes them or takes them out."""

from __future__ import annotations

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.messaging.models import MailTemplate

KEY = "mail_templates:first"
TEMPLATES = (
    (
        "Cảm ơn sau cuộc gọi",
        "",
        "Cảm ơn {{record.name}} đã trao đổi",
        "Kính gửi {{record.name}},\n\n"
        "Cảm ơn quý khách đã dành thời gian trao đổi hôm nay. Tôi ghi lại những điều chính dưới đây để "
        "hai bên "
        "cùng theo dõi:\n\n- \n- \n\n"
        "Nếu có điều gì cần thêm, quý khách cứ trả lời thư này hoặc gọi cho tôi.\n\n"
        "Trân trọng,\n{{me.full_name}}",
    ),
    (
        "Gửi báo giá",
        "customers",
        "Báo giá gửi {{customer.name}}",
        "Kính gửi {{customer.name}},\n\n"
        "Tôi xin gửi kèm thư này báo giá như đã trao đổi. Báo giá có hiệu lực trong 15 ngày kể từ ngày "
        "gửi.\n\n"
        "Quý khách xem giúp và cho tôi biết nếu cần điều chỉnh.\n\n"
        "Trân trọng,\n{{me.full_name}}",
    ),
    (
        "Hẹn gặp",
        "",
        "Xin hẹn gặp {{record.name}}",
        "Kính gửi {{record.name}},\n\n"
        "Tôi muốn xin hẹn gặp để giới thiệu dịch vụ phù hợp với nhu cầu của quý khách. Quý khách tiện "
        "vào ngày và "
        "giờ nào trong tuần tới?\n\n"
        "Trân trọng,\n{{me.full_name}}",
    ),
    (
        "Nhắc giấy tờ còn thiếu",
        "customers",
        "Giấy tờ cần bổ sung của {{customer.name}}",
        "Kính gửi {{customer.name}},\n\n"
        "Để hoàn tất hồ sơ, chúng tôi còn cần các giấy tờ sau:\n\n- \n\n"
        "Quý khách có thể trả lời thư này và gửi kèm bản chụp.\n\n"
        "Trân trọng,\n{{me.full_name}}",
    ),
)


def bring_templates(actor: Actor) -> int:
    """Write the templates. Called once for an installation, inside a transaction."""
    trail.begin(actor, "mail_templates.seed")
    moment = now()
    rows = [
        MailTemplate(
            name=name, entity=entity, subject=subject, body=text, created_at=moment, updated_at=moment
        )
        for name, entity, subject, text in TEMPLATES
    ]
    return len(MailTemplate.objects.bulk_create(rows))
