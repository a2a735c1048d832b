"""Names by the million: the demo's frequencies, drawn from prepared lists."""

from __future__ import annotations

from itertools import accumulate
from random import Random

from duyen.demo import names

_FAMILIES = list(names.FAMILY_NAMES)
_CUMULATED = list(accumulate(names.FAMILY_NAMES.values()))


def person(random: Random) -> str:
    """Make one full name."""
    family = random.choices(_FAMILIES, cum_weights=_CUMULATED)[0]
    is_woman = random.random() < 0.5
    middles = names.MIDDLE_OF_WOMEN if is_woman else names.MIDDLE_OF_MEN
    givens = names.GIVEN_OF_WOMEN if is_woman else names.GIVEN_OF_MEN
    middle = random.choice(middles)
    if random.random() < 0.3:
        middle = f"{middle} {random.choice(middles)}"
    return f"{family} {middle} {random.choice(givens)}"
