"""Suggestions and alerts on a page of their own: all of them, the rules behind them, what was answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.registry import entity_named
from duyen.entities.suggesting.answering import NotSuggested, dismiss, put_off, take, withdraw
from duyen.entities.suggesting.declared import Manner, rules_for
from duyen.entities.suggesting.finding import find_one, numbers_of, suggested
from duyen.entities.suggesting.reading import AnswerSeen, answers_seen, leads_others
from duyen.entities.words import Verdict
from duyen.kernel.clock import today
from duyen.kernel.dates import DateError, read_date, show_date
from duyen.surfaces.web.filters import ngay
from duyen.surfaces.web.fragments import render_block
from duyen.surfaces.web.home.addresses import SUGGESTIONS, answer_url
from duyen.surfaces.web.home.own_tiles import cards
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import HOME, record_url, undo_url
from duyen.surfaces.web.pages.refusals import is_fragment, page
from duyen.surfaces.web.shell import Crumb

TAKE, LATER, DISMISS = "take", "later", "dismiss"
#: So many stand on the page: more than anybody does in a day.
MOST_SHOWN, MOST_ANSWERS = 40, 50
OWN, OTHERS = "mine", "team"
_VERDICTS = {
    Verdict.TAKEN: (gettext_lazy("Taken"), "green"),
    Verdict.PUT_OFF: (gettext_lazy("Put off"), "amber"),
    Verdict.DISMISSED: (gettext_lazy("Dismissed"), "gray"),
}


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show what is suggested with the rules behind it, or what was answered."""
    answers = request.GET.get("answers", "")
    if answers in (OWN, OTHERS):
        return _answers(request, others=answers == OTHERS)
    actor = request.actor
    manner = Manner.ALERT if request.GET.get("manner") == Manner.ALERT else Manner.SUGGESTION
    told = suggested(actor, manner=manner, limit=MOST_SHOWN)
    rules = rules_for(actor, manner)
    numbers = numbers_of(rules)
    context = {
        "title": _title(manner),
        "content": {"cards": cards(told), "is_looking": actor.is_looking},
        "is_more": told.is_more,
        "rules": [{"label": each.label, "text": each.explained(numbers[each.name])} for each in rules],
        "tabs": _tabs(request, manner.value),
        "is_empty": not told.shown,
        "crumbs": [Crumb(_("Today"), HOME), Crumb(_title(manner))],
    }
    return render(request, "home/suggested.html", context)


def _title(manner: Manner) -> str:
    return _("Alerts") if manner is Manner.ALERT else _("What to do next")


def _answers(request: ActorRequest, *, others: bool) -> HttpResponse:
    actor = request.actor
    if others and not leads_others(actor):
        raise NotAllowed(why=_("answers of others are shown to whoever may hand over their records."))
    verdict = request.GET.get("verdict", "")
    before = number_in(request.GET.get("before", ""))
    found = answers_seen(actor, others=others, verdict=verdict, before=before, limit=MOST_ANSWERS)
    shown, more = found[:MOST_ANSWERS], len(found) > MOST_ANSWERS
    at = f"{SUGGESTIONS}?answers={OTHERS if others else OWN}"
    kept = f"&verdict={verdict}" if verdict in {each.value for each in Verdict} else ""
    title = _("Answers of the team") if others else _("Your answers")
    context = {
        "title": title,
        "rows": [_row(each) for each in shown],
        "others": others,
        "verdicts": [
            {"label": _("All"), "url": at, "is_pressed": not kept},
            *(
                {"label": label, "url": f"{at}&verdict={each}", "is_pressed": verdict == each}
                for each, (label, _tone) in _VERDICTS.items()
            ),
        ],
        "more_url": f"{at}{kept}&before={shown[-1].id}" if more else "",
        "tabs": _tabs(request, OTHERS if others else OWN),
        "crumbs": [Crumb(_("Today"), HOME), Crumb(_("What to do next"), SUGGESTIONS), Crumb(title)],
    }
    return render(request, "home/answers.html", context)


def _row(each: AnswerSeen) -> dict[str, Any]:
    label, tone = _VERDICTS[each.verdict]
    record = each.record
    is_open = record is not None and record.is_open
    if is_open and record is not None:
        name, url = record.label, record_url(entity_named(record.entity or each.rule.entity), each.record_id)
    else:
        name, url = ("" if each.record_id == 0 else _("A record that is not open to you")), ""
    until = _("until %(day)s") % {"day": show_date(each.until)} if each.until else ""
    return {
        "rule": each.rule.label,
        "name": name,
        "url": url,
        "who": each.who,
        "verdict": label,
        "tone": tone,
        "until": until,
        "reason": each.reason,
        "at": each.at,
        "back_url": f"{SUGGESTIONS}/answers/{each.id}/withdraw" if each.is_mine else "",
    }


def _tabs(request: ActorRequest, current: str) -> list[dict[str, Any]]:
    actor = request.actor
    found = [(Manner.SUGGESTION.value, _("What to do next"), SUGGESTIONS)]
    if rules_for(actor, Manner.ALERT):
        found.append((Manner.ALERT.value, _("Alerts"), f"{SUGGESTIONS}?manner={Manner.ALERT}"))
    found.append((OWN, _("Your answers"), f"{SUGGESTIONS}?answers={OWN}"))
    if leads_others(actor):
        found.append((OTHERS, _("Answers of the team"), f"{SUGGESTIONS}?answers={OTHERS}"))
    return [{"label": label, "url": url, "is_current": name == current} for name, label, url in found]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def answer(request: ActorRequest, rule: str, record_id: int, step: str) -> HttpResponse:
    """Take a suggestion, put it off or dismiss it: a dialog that asks, or a page."""
    if step not in (TAKE, LATER, DISMISS):
        raise NotFound
    if request.method != "POST":
        return _asked(request, rule, record_id, step) if step != TAKE else HttpResponseRedirect(SUGGESTIONS)
    if step == TAKE:
        return _taken(request, rule, record_id)
    try:
        if step == LATER:
            until = _day(request.POST.get("choice", ""), request.POST.get("until", ""))
            put_off(request.actor, rule, record_id, until=until)
            said = _("Put off until %(day)s.") % {"day": ngay(until)}
        else:
            dismiss(request.actor, rule, record_id, reason=request.POST.get("reason", ""))
            said = _("Dismissed. It comes back when its facts change.")
    except DateError as error:
        text = _(str(error.sentence)) % error.params
        return _asked(request, rule, record_id, step, error=text)
    except InvalidValues as error:
        return _asked(request, rule, record_id, step, error=str(error.problems[0].message))
    return _done(request, said)


def _taken(request: ActorRequest, rule: str, record_id: int) -> HttpResponse:
    _rule, taken = take(request.actor, rule, record_id)
    if taken.url:
        if taken.text:
            messages.success(request, taken.text)
        is_part = is_fragment(request)
        return HttpResponseClientRedirect(taken.url) if is_part else HttpResponseRedirect(taken.url)
    undo = undo_url(taken.operation_id) if taken.operation_id else ""
    return _done(request, taken.text, undo=undo)


def _done(request: ActorRequest, said: str, *, undo: str = "") -> HttpResponse:
    if not is_fragment(request):
        messages.success(request, said, extra_tags=undo)
        return HttpResponseRedirect(SUGGESTIONS)
    told = HttpResponse(status=204)
    trigger_client_event(told, "toast", {"text": said, "tone": "green", **({"undo": undo} if undo else {})})
    trigger_client_event(told, "close-dialog", {})
    return trigger_client_event(told, "home-changed", {})


def _day(choice: str, typed: str) -> dt.date | None:
    """Read until when: a day that was typed goes before one that was chosen."""
    text = typed.strip() or choice
    return read_date(text, today=today()) if text else None


def _asked(
    request: ActorRequest, rule_name: str, record_id: int, step: str, *, error: str = ""
) -> HttpResponse:
    held = find_one(request.actor, rule_name, record_id)
    if held is None:
        raise NotSuggested
    rule, found = held
    title = pgettext("answer", "Later") if step == LATER else _("Dismiss")
    context = {
        "title": title,
        "found": found,
        "rule": rule,
        "is_later": step == LATER,
        "choices": [
            {"value": "+1", "label": _("Until tomorrow")},
            {"value": "+3", "label": _("Three days")},
            {"value": "+7", "label": _("One week")},
            {"value": "+30", "label": _("30 days")},
        ],
        "typed": request.POST.get("until", ""),
        "choice": request.POST.get("choice", "+7"),
        "reason": request.POST.get("reason", ""),
        "error": error,
        "action": answer_url(rule_name, record_id, step),
        "cancel_url": SUGGESTIONS,
        "crumbs": [Crumb(_("Today"), HOME), Crumb(_("What to do next"), SUGGESTIONS), Crumb(title)],
    }
    status = 422 if error else 200
    if is_fragment(request):
        return HttpResponse(render_block(request, "home/answer.html", "dialog", context), status=status)
    return render(request, "home/answer.html", context, status=status)


@require_POST
@page
def take_back(request: ActorRequest, answer_id: int) -> HttpResponse:
    """Take one of one's own answers back."""
    withdraw(request.actor, answer_id)
    messages.success(request, _("Taken back. It is suggested again while its facts stand."))
    return HttpResponseRedirect(f"{SUGGESTIONS}?answers={OWN}")
