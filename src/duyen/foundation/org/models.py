"""Units in a tree, the people who work in them, and the positions that join the two."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Func, Q, Value

from duyen import __version__
from duyen.foundation.org.words import Doorstep, Outcome, UnitKind
from duyen.foundation.records import Binned, Stamped
from duyen.foundation.sqlfields import searched_text, sort_key_of
from duyen.kernel.holidays import DayKind


def running_version() -> str:
    """Give the version of Duyên that runs now."""
    return __version__


class Unit(Stamped):
    """A place in the organisation: head office, branch, area, store, department or team."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    name_key = sort_key_of("name")
    search = searched_text(F("name"), F("code"))
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in UnitKind])
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    is_active = models.BooleanField(default=True)
    calendar = models.ForeignKey(
        "org.WorkingCalendar", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="a_unit_code_is_used_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="HEAD_OFFICE"), name="there_is_one_head_office"
            ),
            models.CheckConstraint(
                condition=Q(kind="HEAD_OFFICE", parent=None) | ~Q(kind="HEAD_OFFICE") & ~Q(parent=None),
                name="only_the_head_office_stands_alone",
            ),
        ]


class UserManager(BaseUserManager["User"]):
    """Finds users by e-mail whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


def _plain(number: str) -> Func:
    """A phone number without the gaps and dots that people write."""
    without_gaps = Func(F(number), Value(" "), Value(""), function="replace")
    return Func(without_gaps, Value("."), Value(""), function="replace")


class User(AbstractBaseUser, Stamped):
    """A person who signs in. `is_active` false means locked: no door opens any more.

    `keys_off` holds the single keys that she turned off, between spaces, or "all" (keyboard.py).
    `news_seen` is the version of which she knows what it brought; to whoever is new, nothing is news.
    """

    email = models.CharField(max_length=254)
    full_name = models.CharField(max_length=120)
    name_key = sort_key_of("full_name")
    job_title = models.CharField(max_length=120, default="")
    phone = models.CharField(max_length=20, default="")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=5, default="vi")
    theme = models.CharField(max_length=8, default="auto")
    density = models.CharField(max_length=12, default="normal")
    keys_off = models.CharField(max_length=80, default="")
    news_seen = models.CharField(max_length=20, default=running_version)
    search = searched_text(F("full_name"), F("email"), F("job_title"), _plain("phone"))

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="an_email_signs_in_one_user"),
        ]


class Role(Stamped):
    """A named bundle of rights; the rights themselves are rows of the access app."""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=80)
    search = searched_text(F("name"), F("code"))
    note = models.CharField(max_length=300, default="")
    needs_second_factor = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code"], name="a_role_code_is_used_once")]


class Position(Stamped):
    """A user's place: this role in this unit, from one day until another.

    `until` is the last day on which it holds; none means open-ended.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="positions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="positions")
    role = models.ForeignKey(Role, models.PROTECT, related_name="positions")
    is_main = models.BooleanField(default=False)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role", "since"], name="a_position_is_held_once_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_main=True), name="a_user_has_one_main_position"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_position_ends_after_it_starts"
            ),
        ]


class UserSession(AbstractBaseSession):
    """One browser that is signed in; `user_id` lets all sessions of a person end at once.

    `address` and `browser` are those of the sign-in; `seen_at` is coarse, so that reading stays reading.
    """

    user_id = models.BigIntegerField(null=True, db_index=True)
    address = models.CharField(max_length=45, default="")
    browser = models.CharField(max_length=200, default="")
    since = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)


class PasswordLink(models.Model):
    """A link by which one person sets a password once; only its keyed digest is kept."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.BinaryField()
    is_invitation = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="a_password_link_is_made_once")]


class Absence(Stamped):
    """Somebody is away from one day to another, both included, and somebody else stands in for her."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    deputy = models.ForeignKey(User, models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    note = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [models.Index(fields=["until"], name="absence_by_its_end")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="an_absence_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=~Q(deputy=F("user")), name="nobody_stands_in_for_herself"),
        ]


class SecondFactor(models.Model):
    """The secret that a person shares with the app on her phone, encrypted; a row means it is in use.

    `last_step` is the half minute of the last code that was taken: none is taken twice.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    since = models.DateTimeField()
    last_step = models.BigIntegerField(default=0)


class RecoveryCode(models.Model):
    """A code that stands in for the phone once; only its keyed digest is kept."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="a_recovery_code_is_made_once")]


class DoorstepEvent(models.Model):
    """Somebody signed in, tried to, or signed out: the trail of the door, kept for half a year.

    It also counts the tries, so that limits hold across processes and restarts.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    what = models.CharField(max_length=12, choices=[(each.value, each.value) for each in Doorstep])
    outcome = models.CharField(max_length=8, choices=[(each.value, each.value) for each in Outcome])
    email = models.CharField(max_length=254)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    address = models.CharField(max_length=45)
    browser = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["email", "at"], name="doorstep_of_an_email"),
            models.Index(fields=["address", "at"], name="doorstep_of_an_address"),
            models.Index(fields=["at"], name="doorstep_by_age"),
        ]


class WorkingCalendar(Stamped):
    """The hours that are worked on each weekday, as kernel.opening_hours writes them; empty is closed."""

    name = models.CharField(max_length=80)
    name_key = sort_key_of("name")
    search = searched_text(F("name"))
    monday = models.CharField(max_length=120, default="")
    tuesday = models.CharField(max_length=120, default="")
    wednesday = models.CharField(max_length=120, default="")
    thursday = models.CharField(max_length=120, default="")
    friday = models.CharField(max_length=120, default="")
    saturday = models.CharField(max_length=120, default="")
    sunday = models.CharField(max_length=120, default="")
    rests_on_holidays = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="a_calendar_name_is_used_once")]


class SpecialDay(Binned):
    """What the company says of one day: off, worked in exchange, or still to be confirmed.

    It stands above what the law gives for that day. Of two rows for one day, which a restore from the
    bin can bring about, the later one holds.
    """

    day = models.DateField(db_index=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in DayKind])
    basis = models.CharField(max_length=300, default="")
    confirmed_by = models.ForeignKey("org.User", models.PROTECT, null=True, related_name="+", db_index=False)
