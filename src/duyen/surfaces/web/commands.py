"""What the palette can do beside finding records: an open list, to which every module may add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from duyen.foundation.access.actor import Actor
from duyen.kernel.text import fold


@dataclass(frozen=True)
class Command:
    """One thing that can be done from anywhere.

    `url` is opened; with `is_write` it is sent as a form, `sends` (a name and its value) along with it;
    without one the button does what its `attrs` say (a theme, a dialog). `keys` are the keys that do the
    same, `also` more words by which people look for it.
    """

    label: object
    icon: str
    url: str = ""
    keys: tuple[str, ...] = ()
    also: object = ""
    is_write: bool = False
    sends: tuple[str, str] = ("", "")
    attrs: Mapping[str, str] = field(default_factory=dict)


#: Gives the commands that one reader may use now.
Provider = Callable[[Actor], Iterable[Command]]

_providers: list[Provider] = []


def offer_commands(provider: Provider) -> None:
    """Let the palette ask `provider` too; what it gives stands behind what was there before."""
    if provider not in _providers:
        _providers.append(provider)


def commands_of(actor: Actor) -> list[Command]:
    """List every command that the actor may use."""
    return [each for provider in _providers for each in provider(actor)]


def fitting(commands: Iterable[Command], words: str) -> list[Command]:
    """List the commands in which every typed word begins a word, without tone marks; the best first.

    «tao kh» finds «Tạo khách hàng». A command whose own label begins with the words goes first; of others
    that fit as well, one that says little more than the words.
    """
    wanted = fold(words).split()
    found: list[tuple[tuple[int, int], Command]] = []
    for each in commands:
        label = fold(str(each.label))
        if _begins_all(wanted, f"{label} {fold(str(each.also))}".split()):
            found.append(((_rank(label, wanted), len(label.split())), each))
    return [each for _rank_of, each in sorted(found, key=lambda pair: pair[0])]


def _begins_all(wanted: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(each) for word in words) for each in wanted)


def _rank(label: str, wanted: list[str]) -> int:
    if label.startswith(" ".join(wanted)):
        return 0
    return 1 if _begins_all(wanted, label.split()) else 2
