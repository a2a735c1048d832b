"""The lists of choices: items, their order, words and colours; those no longer used, and those merged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from duyen.entities.choices import changing
from duyen.entities.choices.gathering import gather
from duyen.entities.choices.making import fields_of, rename
from duyen.entities.choices.merging import merge, rename_word
from duyen.entities.choices.rules import MOST_ITEMS
from duyen.entities.choices.using import MOST_COUNTED, ordered_by_index, used, uses_of
from duyen.entities.errors import BadRequest, InvalidValues, NotFound, Refused
from duyen.entities.fields import ChoiceList, Label, Option, WordList
from duyen.entities.fields.options import TONES, all_lists, in_both, list_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.surfaces.web.commands import Command, offer_commands
from duyen.surfaces.web.filters import so
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.numbers import number_in
from duyen.surfaces.web.pages.addresses import CHOICES, INDEXES, job_url
from duyen.surfaces.web.pages.forms import Problem
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import SETTINGS, Crumb, OwnPage, put_into_navigation

#: So many items stand on one page.
_ON_A_PAGE = 100
_TONES: Mapping[str, Label] = {
    "gray": gettext_lazy("Gray"),
    "blue": gettext_lazy("Blue"),
    "green": gettext_lazy("Green"),
    "amber": gettext_lazy("Amber"),
    "red": gettext_lazy("Red"),
    "violet": gettext_lazy("Violet"),
    "teal": gettext_lazy("Teal"),
}

#: What the controls of these pages are called, so that a problem says where it is.
_CONTROLS: Mapping[str, Label] = {
    "vi": gettext_lazy("Vietnamese name"),
    "en": gettext_lazy("English name"),
    "tone": gettext_lazy("Colour"),
    "into": gettext_lazy("Becomes"),
    "label_vi": gettext_lazy("Vietnamese name"),
    "label_en": gettext_lazy("English name"),
}

put_into_navigation(
    OwnPage(
        gettext_lazy("Adapting"),
        gettext_lazy("Lists of choices"),
        CHOICES,
        icon="list-ordered",
        under=SETTINGS,
        may_open=changing.may_change_choices,
    )
)


def _commands(actor: Actor) -> Iterator[Command]:
    """Lead administrators to each list from anywhere."""
    if changing.may_change_choices(actor):
        for each in all_lists().values():
            label = _("Choices: %(what)s") % {"what": each.label}
            yield Command(label, "list-ordered", list_page(each), also=_("list order rename retire merge"))


offer_commands(_commands)


@dataclass(frozen=True)
class Item:
    """One item as its list shows it."""

    code: str
    label: Label
    tone: str
    is_retired: bool
    url: str
    other_word: str
    was: str


def list_page(choices: ChoiceList) -> str:
    """Give the address of one list."""
    return f"{CHOICES}/{choices.name}"


def _item_url(choices: ChoiceList, code: str, step: str = "item") -> str:
    return f"{list_page(choices)}/{step}?{urlencode({'code': code})}"


@require_safe
@page
def show_all(request: ActorRequest) -> HttpResponse:
    """Show every list, what uses it, and how much it holds."""
    changing.refuse_others(request.actor)
    lists = [
        {
            "label": each.label,
            "url": list_page(each),
            "uses": _uses(each) or ("" if each.is_declared else _("No field uses this list yet.")),
            "count": len([item for item in each if not item.is_retired]),
            "is_fixed": each.is_fixed,
            "is_own": not each.is_declared,
        }
        # Those of the company's own stand on top: Duyên's are many.
        for each in sorted(all_lists().values(), key=lambda one: one.is_declared)
    ]
    context = {"lists": lists, "new_url": f"{CHOICES}/new", "crumbs": [Crumb(_("Lists of choices"))]}
    return render(request, "derived/choice_lists.html", context)


def _uses(choices: ChoiceList) -> str:
    """Name the fields that take their values from a list."""
    return ", ".join(f"{use.entity.labels} · {use.field.label}" for use in uses_of(choices))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest, list_name: str) -> HttpResponse:
    """Show one list, or take a step with it: add, order, move, open it for free words, gather."""
    changing.refuse_others(request.actor)
    choices = _known(list_name)
    if request.method != "POST":
        return _shown(request, choices)
    take = next((take for button, take in _STEPS.items() if button in request.POST), None)
    if take is None:
        raise BadRequest(what=_("the form lost its button. Open it again."))
    try:
        told = take(choices, request, _version(request))
    except InvalidValues as error:
        return _shown(request, choices, problems=error.problems, status=422)
    except Refused as error:
        return _shown(request, choices, problems=[FieldProblem("", error.code, str(error))], status=409)
    messages.success(request, told)
    return HttpResponseRedirect(_back(request, choices))


def _back(request: ActorRequest, choices: ChoiceList) -> str:
    """Lead back to the same items, and to the button that moved one of them."""
    start = number_in(request.POST.get("from", ""))
    asked = {"from": str(start)} if start else {}
    for button in ("up", "down"):
        if button in request.POST:
            asked["focus"] = f"{button}:{request.POST[button]}"
    return f"{list_page(choices)}?{urlencode(asked)}" if asked else list_page(choices)


def _known(name: str) -> ChoiceList:
    found = list_named(name)
    if found is None:
        raise NotFound
    return found


def _version(request: ActorRequest) -> int:
    version = number_in(request.POST.get("version", ""))
    if version is None:
        raise BadRequest(what=_("the form lost its version. Open it again."))
    return version


def _added(choices: ChoiceList, request: ActorRequest, version: int) -> str:
    sent = request.POST
    code = changing.add(
        choices,
        actor=request.actor,
        version=version,
        vi=sent.get("vi", ""),
        en=sent.get("en", ""),
        tone=sent.get("tone", ""),
    )
    return _("Added “%(item)s”.") % {"item": choices.held().word(code)}


def _ordered(choices: ChoiceList, request: ActorRequest, version: int) -> str:
    changing.order(choices, request.POST.getlist("order"), actor=request.actor, version=version)
    return _("The list stands in this order now.")


def _moved(step: int, button: str) -> Callable[[ChoiceList, ActorRequest, int], str]:
    def take(choices: ChoiceList, request: ActorRequest, version: int) -> str:
        code = request.POST[button]
        changing.move(
            choices, code, step, actor=request.actor, version=version, wanted=request.POST.getlist("order")
        )
        return _("Moved “%(item)s”.") % {"item": choices.held().word(code)}

    return take


def _opened(*, is_open: bool) -> Callable[[ChoiceList, ActorRequest, int], str]:
    def take(choices: ChoiceList, request: ActorRequest, version: int) -> str:
        words = _words(choices)
        changing.open_to_free_words(words, is_open=is_open, actor=request.actor, version=version)
        if is_open:
            return _("Everybody may write words of their own again.")
        return _("From now on only words of this list can be given.")

    return take


def _gathered(choices: ChoiceList, request: ActorRequest, version: int) -> str:
    count = gather(_words(choices), actor=request.actor, version=version)
    if not count:
        return _("Every word in use stands in the list already.")
    return _("%(count)s words in use were added to the list.") % {"count": so(count)}


def _words(choices: ChoiceList) -> WordList:
    if not isinstance(choices, WordList):
        raise NotFound
    return choices


def _named(choices: ChoiceList, request: ActorRequest, version: int) -> str:
    vi, en = request.POST.get("label_vi", ""), request.POST.get("label_en", "")
    rename(choices, actor=request.actor, version=version, vi=vi, en=en)
    return _("Saved.")


_STEPS: Mapping[str, Callable[[ChoiceList, ActorRequest, int], str]] = {
    "up": _moved(-1, "up"),
    "down": _moved(1, "down"),
    "sort": _ordered,
    "open": _opened(is_open=True),
    "close": _opened(is_open=False),
    "gather": _gathered,
    "name": _named,
    "add": _added,
}


def _shown(
    request: ActorRequest,
    choices: ChoiceList,
    *,
    problems: Sequence[FieldProblem] = (),
    status: int = 200,
) -> HttpResponse:
    start = max(0, number_in(request.GET.get("from") or request.POST.get("from") or "") or 0)
    items, sent = list(choices), request.POST
    part = items[start : start + _ON_A_PAGE]
    context = {
        "choices": choices,
        "title": choices.label,
        "uses": _uses(choices) or ("" if choices.is_declared else _("No field uses this list yet.")),
        "own": None if choices.is_declared else _own(choices, sent),
        "items": [_item(choices, each) for each in part],
        "focus": request.GET.get("focus", ""),
        "total": len(items),
        "start": start,
        "earlier_url": f"{list_page(choices)}?from={max(0, start - _ON_A_PAGE)}" if start else "",
        "later_url": f"{list_page(choices)}?from={start + _ON_A_PAGE}"
        if len(items) > start + len(part)
        else "",
        "record_version": changing.version_of(choices),
        "takes_words": choices.takes_words,
        "takes_free_words": isinstance(choices, WordList) and choices.takes_free_words,
        "may_add": not choices.is_fixed,
        "is_full": len(items) >= MOST_ITEMS,
        "most": MOST_ITEMS,
        "tones": _tone_options(),
        "vi": sent.get("vi", ""),
        "en": sent.get("en", ""),
        "tone": sent.get("tone", ""),
        "errors": _errors(problems),
        "problems": _problems(choices, problems),
        "indexes_url": INDEXES if ordered_by_index(choices) else "",
        "action": list_page(choices),
        "crumbs": [Crumb(_("Lists of choices"), CHOICES), Crumb(choices.label)],
    }
    return render(request, "derived/choices.html", context, status=status)


def _own(choices: ChoiceList, sent: Mapping[str, str]) -> dict[str, Any]:
    """Give what stands on the page of a list of the company's own alone: its name, and the way out."""
    kept = choices.kept
    return {
        "label_vi": sent.get("label_vi", kept.label_vi),
        "label_en": sent.get("label_en", kept.label_en),
        "users": ", ".join(each.label for each in fields_of(choices)),
        "remove_url": f"{list_page(choices)}/remove",
    }


def _problems(choices: ChoiceList, problems: Sequence[FieldProblem]) -> list[Problem]:
    named = {**_CONTROLS, **({"vi": gettext_lazy("The word")} if choices.takes_words else {})}
    return [
        Problem(each.message, named.get(each.field, ""), f"f-{each.field}" if each.field else "")
        for each in problems
    ]


def _errors(problems: Sequence[FieldProblem]) -> dict[str, str]:
    """Give what is wrong by field, for every field that a form of these pages has."""
    found = dict.fromkeys(("vi", "en", "tone", "into", "label_vi", "label_en"), "")
    return found | {each.field: str(each.message) for each in problems}


def _tone_options() -> list[dict[str, Any]]:
    return [{"value": tone, "label": _TONES[tone]} for tone in TONES]


def _item(choices: ChoiceList, option: Option) -> Item:
    return Item(
        option.code,
        option.label,
        option.tone,
        option.is_retired,
        _item_url(choices, option.code),
        "" if choices.takes_words else _in_other_language(option.label),
        ", ".join(str(choices.held().word(code)) for code in choices.held().others.get(option.code, ())),
    )


def _in_other_language(label: Label) -> str:
    """Give the word in the language that the reader does not read now, where it is another one."""
    here = str(label)
    others = [word for word in in_both(label) if word != here]
    return others[0] if others else ""


# --- one item ------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def item(request: ActorRequest, list_name: str) -> HttpResponse:
    """Show one item, rename or colour it, retire it or bring it back."""
    changing.refuse_others(request.actor)
    choices, option = _option(request, list_name)
    if request.method != "POST":
        return _item_form(request, choices, option)
    try:
        return _take(request, choices, option)
    except InvalidValues as error:
        return _item_form(request, choices, option, problems=error.problems, status=422)
    except Refused as error:
        refusal = [FieldProblem("", error.code, str(error))]
        return _item_form(request, choices, option, problems=refusal, status=409)


def _option(request: ActorRequest, list_name: str) -> tuple[ChoiceList, Option]:
    choices = _known(list_name)
    code = request.POST.get("code") or request.GET.get("code", "")
    found = next((each for each in choices if each.code == code), None)
    if found is None:
        raise NotFound
    return choices, found


def _take(request: ActorRequest, choices: ChoiceList, option: Option) -> HttpResponse:
    sent, actor, version = request.POST, request.actor, _version(request)
    told = {"item": option.label}
    if "retire" in sent:
        changing.retire(choices, option.code, actor=actor, version=version)
        messages.success(
            request, _("“%(item)s” can no longer be chosen. Records that hold it keep it.") % told
        )
    elif "bring_back" in sent:
        changing.bring_back(choices, option.code, actor=actor, version=version)
        messages.success(request, _("“%(item)s” can be chosen again.") % told)
    elif isinstance(choices, WordList) and sent.get("vi", option.code) != option.code:
        job = rename_word(choices, option.code, to=sent["vi"], actor=actor, version=version)
        return HttpResponseRedirect(job_url(job.pk))
    else:
        vi, en = sent.get("vi", ""), sent.get("en", "")
        tone = sent.get("tone", "")
        changing.change(choices, option.code, actor=actor, version=version, vi=vi, en=en, tone=tone)
        messages.success(request, _("Saved."))
    return HttpResponseRedirect(list_page(choices))


def _item_form(
    request: ActorRequest,
    choices: ChoiceList,
    option: Option,
    *,
    problems: Sequence[FieldProblem] = (),
    status: int = 200,
) -> HttpResponse:
    kept = choices.kept.items.get(option.code)
    declared = choices.declared.get(option.code)
    sent = request.POST if request.method == "POST" else None
    words = option.code if choices.takes_words else (kept.label_vi if kept else "")
    context = {
        "title": option.label,
        "option": option,
        "takes_words": choices.takes_words,
        "vi": sent.get("vi", "") if sent is not None else words,
        "en": sent.get("en", "") if sent is not None else (kept.label_en if kept else ""),
        "tone": sent.get("tone", "") if sent is not None else (kept.tone if kept else ""),
        "declared_vi": _in("vi", declared.label) if declared else "",
        "declared_en": _in("en", declared.label) if declared else "",
        "is_declared": declared is not None,
        "tones": _tone_options(),
        "record_version": changing.version_of(choices),
        "errors": _errors(problems),
        "problems": _problems(choices, problems),
        "action": f"{list_page(choices)}/item",
        "back_url": list_page(choices),
        "merge_url": _item_url(choices, option.code, "merge") if choices.merges else "",
        "may_retire": not choices.is_fixed,
        "crumbs": [
            Crumb(_("Lists of choices"), CHOICES),
            Crumb(choices.label, list_page(choices)),
            Crumb(option.label),
        ],
    }
    return render(request, "derived/choice.html", context, status=status)


def _in(language: str, label: Label) -> str:
    with override(language):
        return str(label)


# --- merge ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def merge_item(request: ActorRequest, list_name: str) -> HttpResponse:
    """Show what uses an item, and make another one stand for it."""
    changing.refuse_others(request.actor)
    choices, option = _option(request, list_name)
    if not choices.merges:
        raise NotFound
    if request.method != "POST":
        return _merge_form(request, choices, option)
    into = request.POST.get("into", "")
    try:
        job = merge(choices, option.code, into, actor=request.actor, version=_version(request))
    except InvalidValues as error:
        return _merge_form(request, choices, option, problems=error.problems, status=422)
    except Refused as error:
        refusal = [FieldProblem("", error.code, str(error))]
        return _merge_form(request, choices, option, problems=refusal, status=409)
    return HttpResponseRedirect(job_url(job.pk))


def _merge_form(
    request: ActorRequest,
    choices: ChoiceList,
    option: Option,
    *,
    problems: Sequence[FieldProblem] = (),
    status: int = 200,
) -> HttpResponse:
    told = used(choices, option.code)
    rows = f"{so(MOST_COUNTED)}+" if told.rows > MOST_COUNTED else so(told.rows)
    others = [each for each in choices.held().offered if each.code != option.code]
    context = {
        "title": _("Merge “%(item)s” into another item") % {"item": option.label},
        "option": option,
        "facts": [
            {"label": _("Records, those in the bin too"), "value": rows},
            {"label": _("Kept views that filter by it"), "value": so(told.views)},
            {"label": _("Remembered files with a column for it"), "value": so(told.files)},
        ],
        "options": [{"value": each.code, "label": each.label} for each in others],
        "into": request.POST.get("into", ""),
        "record_version": changing.version_of(choices),
        "errors": _errors(problems),
        "problems": _problems(choices, problems),
        "action": f"{list_page(choices)}/merge",
        "back_url": _item_url(choices, option.code),
        "crumbs": [
            Crumb(_("Lists of choices"), CHOICES),
            Crumb(choices.label, list_page(choices)),
            Crumb(option.label, _item_url(choices, option.code)),
            Crumb(_("Merge")),
        ],
    }
    return render(request, "derived/choice_merge.html", context, status=status)
