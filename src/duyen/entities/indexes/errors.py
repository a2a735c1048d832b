"""Why an index is not made or removed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import Refused


class NothingToIndex(Refused):
    """No index would help there, or the product has one already."""

    code = "nothing_to_index"
    sentence = _("There is nothing to build here: the field has an index already, or none would help it.")


class IndexThere(Refused):
    """The company asked for this index before."""

    code = "index_there"
    sentence = _("This index is there already, or is being built. See the list of indexes.")


class TooManyIndexes(Refused):
    """The table has as many indexes of the company's own as it may have."""

    code = "too_many_indexes"
    sentence = _(
        "There are %(most)s indexes of your own here, and every one slows imports. Remove one first."
    )


class SlotTaken(Refused):
    """Another index is being made or removed at this moment."""

    code = "slot_taken"
    sentence = _("Another index is being built or removed. This one follows by itself.")


class IndexFailed(Refused):
    """The database refused; its own words are the reason."""

    code = "index_failed"
    sentence = _("The database did not take the index: %(reason)s Nothing was left behind. Try again later.")
