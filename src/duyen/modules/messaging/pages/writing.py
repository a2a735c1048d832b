"""Write a mail to one record: a form that keeps a draft, fills templates in, and works without a script."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from duyen.entities.attachments.reading import files_of_seen
from duyen.entities.attachments.writing import Stored
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.idempotency import Answer, answer_once
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.limits import limits
from duyen.foundation.settings.company import setting
from duyen.kernel.errors import FieldProblem
from duyen.modules.messaging import filling, queries, rules, tabs
from duyen.modules.messaging.actions.drafting import forget_draft, keep_draft
from duyen.modules.messaging.actions.sending import Writing, send_mail
from duyen.modules.messaging.actions.stepping import PURPOSES
from duyen.modules.messaging.models import Mail
from duyen.modules.messaging.settings import MOST_MB
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import list_url, record_url
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.file_tab import size_in_words
from duyen.surfaces.web.pages.opening import opened
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.received import received
from duyen.surfaces.web.shell import Crumb

TEMPLATE = "messaging/write.html"
#: So many addresses and files are offered to tick; others are typed, or chosen from the device.
_MOST_OFFERED = 12
_DIVIDER = "\n\n-- \n"
_FIELDS = ("to", "cc", "subject", "body", "sends_as", "answers", "purpose")


def address_of(entity: Entity, row: Mapping[str, Any], actor: Actor) -> str:
    """Give the address at which one writes to a record; nothing where one may not."""
    if entity.name not in filling.WRITTEN_TO or not tabs.has_right_to_write(actor, row):
        return ""
    return tabs.write_url(entity.name, row["id"])


@require_http_methods(["GET", "HEAD", "POST"])
@page
def write(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Show the form, fill a template in, or send."""
    entity, row = _seen(request, entities, record_id)
    if request.method != "POST":
        return _form(request, entity, row, _begun(request, entity, row))
    typed = _typed(request)
    step = request.POST.get("step", "send")
    if step == "fill":
        return _fill(request, entity, row, typed)
    if step == "keep":
        keep_draft(entity, record_id, typed, actor=request.actor)
        messages.success(request, _("The draft is kept. You find it on the record under Mails."))
        return HttpResponseRedirect(record_url(entity, record_id, tab="mails"))
    if step == "forget":
        forget_draft(entity, record_id, actor=request.actor)
        messages.success(request, _("The draft is thrown away."))
        return HttpResponseRedirect(record_url(entity, record_id, tab="mails"))
    return _send(request, entity, row, typed)


@require_POST
@page
def keep(request: ActorRequest, entities: str, record_id: int) -> HttpResponse:
    """Keep what was typed meanwhile."""
    entity, _row = _seen(request, entities, record_id)
    kept = keep_draft(entity, record_id, _typed(request), actor=request.actor)
    return render(request, "messaging/draft_kept.html", {"at": kept.updated_at})


def _seen(request: ActorRequest, entities: str, record_id: int) -> tuple[Entity, Mapping[str, Any]]:
    entity = opened(request, entities)
    if entity.name not in filling.WRITTEN_TO:
        raise NotFound
    row = row_of(entity, request.actor, record_id)
    if not tabs.may_write(request.actor, row):
        raise NotAllowed(why=_("noting activities is not among your rights."))
    return entity, row


def _typed(request: ActorRequest) -> dict[str, str]:
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    ticked = [each for each in request.POST.getlist("known") if each]
    if ticked:
        typed["to"] = "; ".join([*ticked, *filter(None, [typed["to"].strip()])])
    return typed


def _begun(request: ActorRequest, entity: Entity, row: Mapping[str, Any]) -> dict[str, str]:
    """Give what the form starts with: an answer, the draft, or the main address and the signature."""
    user_id = request.actor.user_id or 0
    answers = _answered(request, entity, row)
    if answers is not None:
        return answers
    draft = queries.draft_of(user_id, entity.name, row["id"])
    if draft is not None:
        return {name: str(draft.values.get(name, "")) for name in _FIELDS}
    known = queries.addresses_at(request.actor, entity, row["id"])
    asked = request.GET.get("to", "")
    first = next(
        (each for each in known if each.address.lower() == asked.lower()), known[0] if known else None
    )
    return {"to": first.address if first else "", "body": _signed("", user_id)}


def _answered(request: ActorRequest, entity: Entity, row: Mapping[str, Any]) -> dict[str, str] | None:
    number = number_in(request.GET.get("answers", ""))
    mail = Mail.objects.filter(pk=number).order_by("pk").first() if number else None
    if mail is None or not tabs.stands_on(mail, entity.name, row["id"]):
        return None
    to = mail.reply_to or mail.sender_address
    if mail.way == "out":
        to = "; ".join(address for _name, address in mail.people.get("to", ()))
    quoted = "\n".join(f"> {line}" for line in mail.body.split("\n")[:200])
    who = mail.sender_name or mail.sender_address
    head = _("On %(at)s %(who)s wrote:") % {"at": f"{mail.at:%d/%m/%Y}", "who": who}
    return {
        "to": to,
        "subject": rules.answer_subject(mail.subject),
        "body": f"{_signed('', request.actor.user_id or 0)}\n\n{head}\n{quoted}",
        "answers": str(mail.pk),
    }


def _signed(body: str, user_id: int) -> str:
    signature = queries.signature_of(user_id)
    return f"{body}{_DIVIDER}{signature}" if signature else body


def _fill(
    request: ActorRequest, entity: Entity, row: Mapping[str, Any], typed: dict[str, str]
) -> HttpResponse:
    """Put a template into the form, with the record's own words."""
    number = number_in(request.POST.get("template", ""))
    template = queries.template_for(request.actor, entity, number) if number else None
    if template is None:
        problem = FieldProblem("template", "required", _("Choose a template first."))
        return _form(request, entity, row, typed, [problem])
    made = filling.written(template, actor=request.actor, entity=entity, record_id=row["id"])
    typed |= {"subject": made.subject, "body": _signed(made.body, request.actor.user_id or 0)}
    lacking = [_lacking(each) for each in made.lacking]
    return _form(request, entity, row, typed, lacking=lacking, template=template.pk)


def _lacking(place: str) -> str:
    sentence = _("%(field)s is not known for this record, or not open to you. Write the words yourself.")
    return sentence % {"field": "{{" + place + "}}"}


def _send(
    request: ActorRequest, entity: Entity, row: Mapping[str, Any], typed: dict[str, str]
) -> HttpResponse:
    with received(request, request.FILES.getlist("files"), limits()) as came:
        if came.refused:
            found = [FieldProblem("files", each.code, str(each)) for each in came.refused]
            return _form(request, entity, row, typed, found, had_files=bool(came.kept))
        try:
            mail_id = _once(request, entity, row["id"], typed, came.kept, came.digest)
        except InvalidValues as error:
            return _form(request, entity, row, typed, error.problems, had_files=bool(came.kept))
    mail = Mail.objects.get(pk=mail_id)
    said = _("The mail is on its way. How it stands is told under Mails.")
    messages.success(request, said if mail.state == "waiting" else str(tabs.shown(mail)["why"] or said))
    return HttpResponseRedirect(record_url(entity, row["id"], tab="mails"))


def _once(
    request: ActorRequest,
    entity: Entity,
    record_id: int,
    typed: Mapping[str, str],
    uploads: Sequence[Stored],
    digest: str,
) -> int:
    file_ids = [number for each in request.POST.getlist("file") if (number := number_in(each))]
    writing = Writing(
        to=typed["to"],
        cc=typed["cc"],
        subject=typed["subject"],
        body=typed["body"],
        sends_as=typed["sends_as"],
        answers=number_in(typed["answers"]),
        purpose=_purpose(typed),
        file_ids=file_ids,
        uploads=uploads,
    )

    def give() -> Answer:
        made = send_mail(entity, record_id, writing, actor=request.actor)
        return Answer(HTTPStatus.CREATED, {"mail": made.pk})

    key = request.POST.get("key", "")
    if not key:
        return int(give().body["mail"])
    about = repr((entity.name, record_id, sorted(typed.items()), file_ids, digest))
    told = hashlib.sha256(about.encode()).hexdigest()
    return int(answer_once(actor=request.actor, key=key, fingerprint=told, give=give).body["mail"])


def _purpose(typed: Mapping[str, str]) -> str:
    """Give what the mail is, as its writer says; a draft of before says nothing."""
    known = [each.code for each in PURPOSES]
    return typed["purpose"] if typed.get("purpose") in known else known[0]


def _form(
    request: ActorRequest,
    entity: Entity,
    row: Mapping[str, Any],
    typed: Mapping[str, str],
    problems: Sequence[FieldProblem] = (),
    *,
    lacking: Sequence[str] = (),
    template: int | None = None,
    had_files: bool = False,
) -> HttpResponse:
    actor, title = request.actor, entity.title_of(row)
    user_id = actor.user_id or 0
    known = queries.addresses_at(actor, entity, row["id"])[:_MOST_OFFERED]
    senders = queries.senders_for(user_id, actor.name)
    held = limits()
    files = files_of_seen(entity.family, row["id"], limits=held, limit=_MOST_OFFERED).files
    chosen = set(request.POST.getlist("file"))
    to, ticked = _parted(typed.get("to", ""), [each.address for each in known])
    own = queries.signature_of(user_id)
    context = {
        "title": _("Write to %(name)s") % {"name": title},
        "typed": {**dict.fromkeys(_FIELDS, ""), **typed, "to": to},
        "known": [
            {
                "value": each.address,
                "label": each.address,
                "hint": each.name,
                "ticked": each.address in ticked,
            }
            for each in known
        ],
        "ticked": ticked,
        "senders": [{"value": each.code.value, "label": each.shown} for each in senders],
        "has_sender": bool(senders),
        "purposes": [{"value": each.code, "label": each.label} for each in PURPOSES],
        "purpose": _purpose(typed),
        "templates": [
            {"value": each.pk, "label": each.name} for each in queries.templates_for(actor, entity)
        ],
        "template": template or "",
        "files": [
            {"value": str(each.id), "label": f"{each.name} · {size_in_words(each.version.size)}"}
            for each in files
            if each.version.is_open
        ],
        "chosen": chosen,
        "errors": {each.field: str(each.message) for each in problems if each.field},
        "problems": [
            {"message": each.message, "label": "", "id": f"f-{each.field}" if each.field else ""}
            for each in problems
        ],
        "lacking": lacking,
        "had_files": had_files,
        "most_mb": int(setting(MOST_MB)),
        "has_signature": bool(own),
        "key": str(uuid.uuid4()),
        "action": tabs.write_url(entity.name, row["id"]),
        "draft_url": f"{tabs.write_url(entity.name, row['id'])}/draft",
        "cancel_url": record_url(entity, row["id"]),
        "has_draft": queries.draft_of(user_id, entity.name, row["id"]) is not None,
        "crumbs": [
            Crumb(entity.labels, list_url(entity)),
            Crumb(title, record_url(entity, row["id"])),
            Crumb(_("Write a mail")),
        ],
    }
    return render(request, TEMPLATE, context, status=422 if problems else 200)


def _parted(typed: str, known: Sequence[str]) -> tuple[str, list[str]]:
    """Part the addresses that stand as ticks from those that are typed."""
    parts = [each.strip() for each in typed.replace("\n", ";").split(";") if each.strip()]
    ticked = [each for each in parts if each in known]
    return "; ".join(each for each in parts if each not in known), ticked
