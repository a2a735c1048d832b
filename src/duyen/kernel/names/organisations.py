"""Names of organisations: the legal form, however abbreviated, and the core that tells one from another.

Source of the forms: Law on Enterprises 59/2020/QH14, article 37 (a name is form and proper name),
Law on Cooperatives 17/2023/QH15, Decree 168/2025/NĐ-CP (household businesses).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from duyen.kernel.names.persons import clean_name
from duyen.kernel.text import fold


class LegalForm(StrEnum):
    LLC = "LLC"
    LLC_SINGLE = "LLC_SINGLE"
    JSC = "JSC"
    PARTNERSHIP = "PARTNERSHIP"
    PRIVATE = "PRIVATE"
    COOPERATIVE = "COOPERATIVE"
    HOUSEHOLD = "HOUSEHOLD"
    STATE = "STATE"
    BRANCH = "BRANCH"


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """A name as written, the legal form it names, and what is left without the form's words."""

    full: str
    form: LegalForm | None
    core: str


_Words = tuple[str, ...]

_COMPANY = ("cong ty", "cty", "ct")
_LIMITED = ("tnhh", "trach nhiem huu han")
_SINGLE = ("mtv", "mot thanh vien", "1tv", "1 tv", "1 thanh vien", "1 mtv")
_SEVERAL = ("hai thanh vien tro len", "hai thanh vien", "2 thanh vien", "2tv", "htv")
_FORMS_OF_COMPANIES: dict[str, LegalForm] = {
    **{f"{limited} {single}": LegalForm.LLC_SINGLE for limited in _LIMITED for single in _SINGLE},
    **{f"{single} {limited}": LegalForm.LLC_SINGLE for limited in _LIMITED for single in _SINGLE},
    **{f"{limited} {several}": LegalForm.LLC for limited in _LIMITED for several in _SEVERAL},
    **dict.fromkeys(_LIMITED, LegalForm.LLC),
    **dict.fromkeys(("co phan", "cp", "ctcp"), LegalForm.JSC),
    "hop danh": LegalForm.PARTNERSHIP,
}
_OTHER_HEADS: dict[str, LegalForm | None] = {
    **dict.fromkeys(("doanh nghiep tu nhan", "doanh nghiep tn", "dn tu nhan", "dntn"), LegalForm.PRIVATE),
    **dict.fromkeys(("lien hiep hop tac xa", "hop tac xa", "lien hiep htx", "htx"), LegalForm.COOPERATIVE),
    **dict.fromkeys(("ho kinh doanh ca the", "ho kinh doanh", "ho kd", "hkd"), LegalForm.HOUSEHOLD),
    **dict.fromkeys(("uy ban nhan dan", "ubnd"), LegalForm.STATE),
    **dict.fromkeys(("ctcp", "ct cp"), LegalForm.JSC),
    **dict.fromkeys(("tap doan", "tong cong ty", "tct")),
}
_BRANCHES = ("chi nhanh", "van phong dai dien", "vpdd", "cn")
_TAILS: dict[str, LegalForm] = {
    **dict.fromkeys(
        ("one member co ltd", "one member limited company", "one member llc"), LegalForm.LLC_SINGLE
    ),
    **dict.fromkeys(
        ("company limited", "limited company", "co ltd", "coltd", "limited", "ltd", "llc"), LegalForm.LLC
    ),
    **dict.fromkeys(("joint stock company", "corporation", "jsc", "corp", "inc"), LegalForm.JSC),
}


_Phrases = dict[str, list[_Words]]
"""By first word, the longest first."""


def _phrases(texts: Iterable[str]) -> _Phrases:
    found: _Phrases = {}
    for words in sorted((tuple(text.split(" ")) for text in texts), key=len, reverse=True):
        found.setdefault(words[0], []).append(words)
    return found


_COMPANY_WORDS = _phrases(_COMPANY)
_FORM_WORDS = _phrases(_FORMS_OF_COMPANIES)
_OTHER_WORDS = _phrases(_OTHER_HEADS)
_BRANCH_WORDS = _phrases(_BRANCHES)
_TAIL_WORDS = sorted((tuple(text.split(" ")) for text in _TAILS), key=len, reverse=True)
# «Công ty Luật TNHH Bạch Đằng»: the form may follow the trade, but not the proper name.
_LONGEST_TRADE = 4
# These say a form only right after «Công ty»: elsewhere they may abbreviate something else.
_ONLY_NEXT = frozenset({("cp",), ("ctcp",)})
_WORD = re.compile(r"[^\s,()]+")
_EDGE = " ,;:-–—.&/"


def read_organisation(text: str) -> OrganisationName:
    """Find the legal form in an organisation's name, written out or abbreviated, with or without marks.

    «Cty TNHH 1TV Phú Quý» gives LLC_SINGLE and «Phú Quý»; a name without a form gives None and itself. A
    branch or representative office is BRANCH, with the core of its company. The core of a state body is its
    whole name.
    """
    full = clean_name(text)
    is_branch, company = _company(full)
    form, core = _form_and_core(company)
    return OrganisationName(full, LegalForm.BRANCH if is_branch else form, core or full)


def _company(full: str) -> tuple[bool, str]:
    """Tell whether the name is a branch's, and return the part of it that names the company."""
    first, dash, second = full.replace(" – ", " - ").partition(" - ")
    words = _words(full)
    head = _match(words, 0, _BRANCH_WORDS)
    # «CN» at the start may mean công nghệ or công nghiệp; before a company's name it is chi nhánh.
    if head and (head != ("cn",) or _match(words, 1, _COMPANY_WORDS)):
        names_place = dash and not _match(words, len(head), _COMPANY_WORDS)
        return True, second if names_place else _after(full, len(head))
    if dash and _match(_words(second), 0, _BRANCH_WORDS):
        return True, first
    return False, full


def _after(text: str, count: int) -> str:
    """Return what stands after the first `count` words."""
    starts = [found.start() for found in _WORD.finditer(text)]
    return text[starts[count] :] if count < len(starts) else ""


def _words(text: str) -> list[str]:
    """Return the folded words, without full stops."""
    return [word.replace(".", "") for word in _WORD.findall(fold(text))]


def _form_and_core(company: str) -> tuple[LegalForm | None, str]:
    spans = [found.span() for found in _WORD.finditer(company)]
    words = _words(company)
    if len(words) != len(spans):  # folding may take a sign apart: «№5»
        words = [fold(company[start:end]).replace(".", "") for start, end in spans]
    form, taken = _head(words, 0)
    if form is LegalForm.STATE:
        return form, company
    last = len(words)
    if form is None:
        tail = _match_end(words)
        form = _TAILS[" ".join(tail)] if tail else None
        last -= len(tail)
    kept = [place for place in range(last) if place not in taken]
    return form, " ".join(_pieces(company, spans, kept)).strip(_EDGE) or company


def _match(words: list[str], start: int, phrases: _Phrases) -> _Words:
    if start < len(words):
        for phrase in phrases.get(words[start], ()):
            if tuple(words[start : start + len(phrase)]) == phrase:
                return phrase
    return ()


def _match_end(words: list[str]) -> _Words:
    for phrase in _TAIL_WORDS:
        if len(words) > len(phrase) and tuple(words[-len(phrase) :]) == phrase:
            return phrase
    return ()


def _head(words: list[str], first: int) -> tuple[LegalForm | None, set[int]]:
    """Return the form named at `first`, and the places of the words that name it."""
    other = _match(words, first, _OTHER_WORDS)
    if other:
        return _OTHER_HEADS[" ".join(other)], set(range(first, first + len(other)))
    company = _match(words, first, _COMPANY_WORDS)
    start = first + len(company)
    form = _match(words, start, _FORM_WORDS)
    if company == ("ct",) and not form:
        return None, set()
    taken = set(range(first, start))
    if not form and company:
        start, form = _later_form(words, start)
    if not form:
        return None, taken
    return _FORMS_OF_COMPANIES[" ".join(form)], taken | set(range(start, start + len(form)))


def _later_form(words: list[str], start: int) -> tuple[int, _Words]:
    for place in range(start + 1, min(start + _LONGEST_TRADE, len(words) - 1)):
        form = _match(words, place, _FORM_WORDS)
        if form and form not in _ONLY_NEXT:
            return place, form
    return start, ()


def _pieces(full: str, spans: list[tuple[int, int]], kept: list[int]) -> Iterator[str]:
    """Cut the kept words out of the name, with the signs between neighbours as written."""
    start = None
    for place in kept:
        if start is None:
            start = spans[place][0]
        if place + 1 not in kept:
            yield full[start : _closed(full, spans[place][1])].strip(_EDGE)
            start = None


def _closed(full: str, end: int) -> int:
    """Take in a bracket that closes right after the word."""
    return end + 1 if full[end : end + 1] == ")" else end
