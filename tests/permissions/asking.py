"""People at their browsers and programs, the doors they knock at, and what an answer may not hold."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.test import Client

from duyen.foundation.access.queries import access_facts, unit_tree
from duyen.foundation.access.words import Door as Way
from duyen.surfaces.api.tokens import create_token
from tests.permissions.planting import SYSTEM, Stage

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answer

HTMX = {"HX-Request": "true"}
#: The last row of a list that goes on, which a browser that scrolls replaces by the next rows.
_WAY_ON = re.compile(r'<tr class="more"[^>]*? hx-get="([^"]+)"')
#: What a refused request must leave as it was: trail, shares, jobs, kept answers, and the rows themselves.
_STATE = """
SELECT (SELECT max(id) FROM history), (SELECT count(*) FROM history), (SELECT count(*) FROM shares_share),
       (SELECT count(*) FROM jobs_job), (SELECT count(*) FROM procrastinate_jobs),
       (SELECT count(*) FROM entities_givenanswer),
       (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM parties_party t),
       (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM parties_tie t),
       (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM org_unit t),
       (SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM org_role t)
"""


@dataclass(frozen=True)
class Door:
    """One way to ask: `is_api` by a program's token, else by a browser."""

    name: str
    method: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    is_api: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class People:
    """Lets each of the cast ask, and judges every answer for words that were hidden from her."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._browsers: dict[str, Client] = {}
        self._tokens: dict[str, str] = {}
        self._hidden = {who: stage.hidden_from(who) for who in stage.users if who != "locked"}
        self._program = Client(raise_request_exception=False)

    def ask(self, who: str, door: Door) -> Answer:
        """Knock at a door as `who`, or as nobody, and look for words that she must not see."""
        answer = self.answer(who, door)
        assert answer.status_code < 500, f"{who}, {door.name}: {answer.status_code}"
        if not door.is_api:
            scroll(self._browser(who), answer)
        if who in self._hidden:
            leaked = self.leaks(who, answer)
            assert not leaked, f"{who}, {door.name} ({door.method} {door.path}) tells of {leaked}"
        return answer

    def answer(self, who: str, door: Door) -> Answer:
        """Knock once and look for no words: for what became open to her just now, or for what it costs."""
        return self._call(who, door) if door.is_api else self._visit(who, door)

    def know(self, who: str) -> None:
        """Let `who` sign in and get a token, so that what she asks afterwards writes nothing by itself."""
        self._browser(who)
        self.ask(who, Door("first call", "GET", "/search?q=zzz", is_api=True))

    def forget_messages(self) -> None:
        """Forget the sentences that wait in a cookie for the next page."""
        for browser in self._browsers.values():
            browser.cookies.pop("messages", None)

    @contextmanager
    def meets(self, who: str, hidden: list[tuple[str, str]]) -> Iterator[None]:
        """Let other words than those of the table be hidden from `who`, as pairs of trace and record."""
        usual = self._hidden[who]
        self._hidden[who] = hidden
        try:
            yield
        finally:
            self._hidden[who] = usual

    def _browser(self, who: str) -> Client:
        if who not in self._browsers:
            client = Client(raise_request_exception=False)
            if who != "nobody":
                client.force_login(self.stage.users[who])
            self._browsers[who] = client
        return self._browsers[who]

    def _visit(self, who: str, door: Door) -> Answer:
        call = getattr(self._browser(who), door.method.lower())
        data = {"data": door.body} if door.method == "POST" else {}
        answer: Answer = call(door.path, headers=dict(door.headers), **data)
        return answer

    def _call(self, who: str, door: Door) -> Answer:
        bearer = {} if who == "nobody" else {"Authorization": f"Bearer {self._token(who)}"}
        content = {}
        if door.method != "GET":
            content = {"data": json.dumps(door.body), "content_type": "application/json"}
        call = getattr(self._program, door.method.lower())
        answer: Answer = call(f"/api/v1{door.path}", headers=bearer | dict(door.headers), **content)
        return answer

    def send_file(self, who: str, path: str, file: Path) -> Answer:
        """Send a file by a program's token, as `who` or as nobody, and look for words hidden from her."""
        bearer = {} if who == "nobody" else {"Authorization": f"Bearer {self._token(who)}"}
        with file.open("rb") as content:
            answer: Answer = self._program.post(f"/api/v1{path}", {"file": content}, headers=bearer)
        assert answer.status_code < 500, f"{who}, {path}: {answer.status_code}"
        if who in self._hidden:
            assert not self.leaks(who, answer), f"{who}, {path} tells of {self.leaks(who, answer)}"
        return answer

    def _token(self, who: str) -> str:
        if who not in self._tokens:
            user = self.stage.users[who]
            if who == "locked":
                type(user).objects.filter(pk=user.pk).update(is_active=True)
            made = create_token(actor=SYSTEM.through(Way.CLI), email=user.email, name="tests")
            if who == "locked":
                type(user).objects.filter(pk=user.pk).update(is_active=False)
            self._tokens[who] = made.secret
        return self._tokens[who]

    def leaks(self, who: str, answer: Answer) -> set[str]:
        """Name the records that are hidden from `who` and of which the answer tells something."""
        text = told(answer)
        return {record for trace, record in self._hidden[who] if trace in text}


def scroll(client: Client, answer: Answer) -> None:
    """Put behind the rows of a list those that come as one scrolls, for heavy ones do not fit at once."""
    latest = answer
    while not latest.streaming and (way_on := _WAY_ON.search(told(latest))):
        latest = client.get(html.unescape(way_on[1]), headers=HTMX)
        answer.content += latest.content


def told(answer: Any) -> str:
    """Give all that an answer says, its headers included."""
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if "HX-Trigger" in answer.headers:  # its letters beyond ASCII are written as numbers
        heads += json.dumps(json.loads(answer["HX-Trigger"]), ensure_ascii=False)
    return f"{heads}\n{_body(answer).decode('utf-8', 'replace')}"


def _body(answer: Any) -> bytes:
    """Give the body of an answer; one that streams is read once and kept."""
    if not answer.streaming:
        return bytes(answer.content)
    if not hasattr(answer, "streamed"):
        answer.streamed = b"".join(answer.streaming_content)
    return bytes(answer.streamed)


@contextmanager
def unchanged(what: str) -> Iterator[None]:
    """Hold that nothing changes: no row, no entry of the trail, no share, no job."""
    before = _state()
    yield
    assert _state() == before, f"{what} was refused, and changed something all the same"


def _state() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        found: tuple[Any, ...] = cursor.fetchone()
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_rights()


def forget_rights() -> None:
    """Forget resolved rights: a number that was taken back comes again with other rights behind it."""
    access_facts.cache_clear()
    unit_tree.cache_clear()
