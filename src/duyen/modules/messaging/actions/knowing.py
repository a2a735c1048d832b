"""What is known here of mails that arrive together: asked for all of them in a few statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from duyen.modules.messaging import queries
from duyen.modules.messaging.actions.placing import Place, by_addresses, places_of
from duyen.modules.messaging.mime.parsing import Headers
from duyen.modules.messaging.models import Mail
from duyen.modules.messaging.words import Way


@dataclass(frozen=True)
class Before:
    """A mail that others answer, and its place; without one it stands on an activity that is gone."""

    mail: Mail
    place: Place | None


@dataclass
class Known:
    """What stands here of some mails. A mail that is decided is known to those behind it."""

    prints: set[str]
    befores: dict[str, Before]
    ours: dict[str, Mail]
    at_addresses: Mapping[str, Sequence[Place]] = field(default_factory=dict)

    def answered(self, ids: Sequence[str]) -> Before | None:
        """Find the latest mail with a place that a thread names; ours before what came in."""
        order = {each: place for place, each in enumerate(ids)}
        held = [self.befores[each] for each in ids if each in self.befores]
        return max(
            held, key=lambda each: (each.mail.way == Way.OUT, order[each.mail.message_id]), default=None
        )

    def sent(self, ids: Collection[str]) -> Mail | None:
        """Find one of our mails by its id, the latest."""
        held = [self.ours[each] for each in ids if each in self.ours]
        return max(held, key=lambda each: each.pk, default=None)

    def places_by(self, *addresses: str) -> Sequence[Place]:
        """Give the places of all who have an address; the first address that anybody has decides."""
        return next((self.at_addresses[each] for each in addresses if each in self.at_addresses), ())

    def learn_sent(self, ids: Collection[str]) -> None:
        """Ask for our mails of which reports tell. One query, or none."""
        self.ours |= queries.sent_by_ids(set(ids) - set(self.ours))

    def note(self, mail: Mail, place: Place | None) -> None:
        """Know a mail of the same set from now on."""
        if mail.fingerprint:
            self.prints.add(mail.fingerprint)
        held = self.befores.get(mail.message_id)
        if place is not None and mail.message_id and (held is None or held.mail.way != Way.OUT):
            self.befores[mail.message_id] = Before(mail, place)


def known_of(heads: Sequence[Headers], *, by_address: bool) -> Known:
    """Ask what is known of some mails; by the addresses of their senders too where that decides."""
    named = {each for head in heads for each in head.references}
    befores = queries.placed_by_ids(named)
    places = places_of(list(befores.values()))
    known = Known(
        prints=queries.kept_prints([each.fingerprint for each in heads]),
        befores={each: Before(mail, places.get(mail.pk)) for each, mail in befores.items()},
        ours=queries.sent_by_ids(named | {each.message_id for each in heads if each.message_id}),
    )
    if by_address:
        wanted = {
            address
            for head in heads
            if (before := known.answered(head.references)) is None or before.place is None
            for address in addresses_of(head)
        }
        known.at_addresses = by_addresses(wanted)
    return known


def addresses_of(head: Headers) -> list[str]:
    """List the addresses by which the place of a mail is looked for, in their order."""
    return list(filter(None, (head.reply_to.address or head.sender.address, head.sender.address)))
