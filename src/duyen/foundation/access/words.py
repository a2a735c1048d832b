"""Words of access: how far a right reaches, and which doors lead in."""

from __future__ import annotations

from enum import StrEnum


class Reach(StrEnum):
    """How far a right reaches, from one's own records to the whole company."""

    OWN = "own"
    TEAM = "team"
    AREA = "area"
    BRANCH = "branch"
    ALL = "all"


class FieldLevel(StrEnum):
    """What a role may do with one field; a field without a row may be read and changed."""

    HIDDEN = "hidden"
    READ = "read"


class Why(StrEnum):
    """By what a record is open to somebody."""

    OWNER = "owner"
    UNIT = "unit"
    ALL = "all"
    SHARE = "share"
    DEPUTY = "deputy"
    NAMED = "named"


class Bar(StrEnum):
    """What keeps a record closed to somebody, whatever her rights."""

    BIN = "bin"
    KIND = "kind"
    CLOSED = "closed"


class Door(StrEnum):
    """Through which door a read or write came."""

    WEB = "web"
    API = "api"
    IMPORT = "import"
    JOB = "job"
    CLI = "cli"


#: The verbs that the engine gives every entity; an action of a module names one of them or itself.
READ, CREATE, CHANGE, DELETE, EXPORT = "read", "create", "change", "delete", "export"
HAND_OVER, SHARE = "hand_over", "share"
STANDARD_VERBS = (READ, CREATE, CHANGE, DELETE, HAND_OVER, SHARE, EXPORT)
#: Rights on people: to read why somebody may or may not do something, and to see pages as she does.
EXPLAIN, VIEW_AS = "explain", "view_as"
#: Rights on the whole trail: to search it as far as one sees its records, to see past them that something
#: happened, and to carry it out in a file.
READ_TRAIL, OVERSEE_TRAIL, EXPORT_TRAIL = "read_trail", "oversee_trail", "export_trail"
#: The right on people to carry out all that one may read, whatever else one may export.
EXPORT_EVERYTHING = "export_everything"
#: What a deputy may do with the records of the one she stands in for, where both hold the right.
DEPUTY_VERBS = frozenset({READ, CHANGE})
