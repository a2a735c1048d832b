"""Writes of administration that the engine's own steps do not cover."""

from duyen.modules.administration.actions.absences import end_absence, record_absence
from duyen.modules.administration.actions.company import (
    AlreadySetUp,
    Company,
    FirstUser,
    Place,
    keep_company,
    kept_company,
    read_company,
    set_up_company,
)
from duyen.modules.administration.actions.completeness import may_weigh, read_weights, weigh
from duyen.modules.administration.actions.invitations import send_link, withdraw_link
from duyen.modules.administration.actions.looking import (
    DOOR_SEARCHED,
    EXPORT_BEGUN,
    EXPORT_ENDED,
    TRAIL,
    TRAIL_SEARCHED,
    DoorQuestion,
    export_trail,
    look_at_door,
    look_into_trail,
)
from duyen.modules.administration.actions.people import (
    end_position,
    end_sessions,
    invite_user,
    lock_user,
    make_password_link,
    place_user,
    reset_second_factor,
    unlock_user,
)
from duyen.modules.administration.actions.rights import copy_role, give_right, set_rights, take_back_rights
from duyen.modules.administration.actions.units import close_unit, merge_unit, reopen_unit

__all__ = [
    "DOOR_SEARCHED",
    "EXPORT_BEGUN",
    "EXPORT_ENDED",
    "TRAIL",
    "TRAIL_SEARCHED",
    "AlreadySetUp",
    "Company",
    "DoorQuestion",
    "FirstUser",
    "Place",
    "close_unit",
    "copy_role",
    "end_absence",
    "end_position",
    "end_sessions",
    "export_trail",
    "give_right",
    "invite_user",
    "keep_company",
    "kept_company",
    "lock_user",
    "look_at_door",
    "look_into_trail",
    "make_password_link",
    "may_weigh",
    "merge_unit",
    "place_user",
    "read_company",
    "read_weights",
    "record_absence",
    "reopen_unit",
    "reset_second_factor",
    "send_link",
    "set_rights",
    "set_up_company",
    "take_back_rights",
    "unlock_user",
    "weigh",
    "withdraw_link",
]
