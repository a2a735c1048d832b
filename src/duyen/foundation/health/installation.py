"""What the foundation itself looks at: database, disk, backups, mail, background work, trail, versions."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.db import connection
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from duyen import __version__
from duyen.foundation.audit import sealing
from duyen.foundation.audit.checks import LATE
from duyen.foundation.database.backup import last_backup
from duyen.foundation.database.connection import external_url
from duyen.foundation.database.health import BACKUP_AGE, LOW_SPACE_MB
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.restore import last_test
from duyen.foundation.health.lines import Line, State, contributes_health
from duyen.foundation.health.mail import MAIL
from duyen.foundation.health.marks import mark_of
from duyen.kernel.clock import now
from duyen.kernel.dates import show_moment

MB = 1024 * 1024
#: A lock or a statement that lasts longer is worth a look.
LONG_SECONDS = 60
#: A worker beats every ten seconds; one silent for so long is dead.
SILENT_SECONDS = 60
#: A piece of work that waits longer for a worker means that none comes.
WAITING_SECONDS = 300
TEST_AGE = dt.timedelta(days=90)
MOST_DRIFT_SECONDS = 5
NEARLY_FULL = 0.85
_LIBRARIES = ("django", "psycopg", "procrastinate", "granian", "django-ninja", "jinja2")

_DATABASE = """
SELECT pg_database_size(current_database()), current_setting('server_version'),
  (SELECT sum(numbackends)::int FROM pg_stat_database), current_setting('max_connections')::int,
  extract(epoch FROM clock_timestamp())
"""
_TABLES = """
SELECT relname, pg_total_relation_size(relid) AS size FROM pg_stat_user_tables
ORDER BY size DESC, relname LIMIT 5
"""
_LOCKS = """
SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'),
  coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_QUEUE = """
SELECT count(*), extract(epoch FROM clock_timestamp() - min(coalesce(j.scheduled_at, e.at)))
FROM procrastinate_jobs j
LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'deferred'
WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= clock_timestamp())
"""


@contributes_health("database", label=_("Database"), order=10)
def database() -> Iterator[Line]:
    """Tell version, size, connections, the biggest tables, and whether something waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(_DATABASE)
        size, server, used, most, clock = cursor.fetchone()
        drift = abs(float(clock) - now().timestamp())
        cursor.execute(_TABLES)
        tables = [(str(name), int(taken)) for name, taken in cursor.fetchall()]
        cursor.execute(_LOCKS)
        waiting, oldest = cursor.fetchone()
    kind = _("a server of your own") if external_url() else _("started by Duyên")
    yield Line(
        "database.version",
        _("PostgreSQL"),
        State.NOTE,
        _("%(version)s, %(kind)s") % {"version": server, "kind": kind},
        facts={"version": server, "is_external": bool(external_url())},
        in_check=False,
    )
    yield Line(
        "database.size",
        _("Size of the database"),
        State.NOTE,
        megabytes(int(size)),
        facts={"bytes": int(size)},
    )
    yield Line(
        "database.tables",
        _("Biggest tables"),
        State.NOTE,
        "; ".join(f"{name} {megabytes(taken)}" for name, taken in tables),
        facts=dict(tables),
    )
    yield _connections(int(used or 0), int(most))
    yield _locks(int(waiting), float(oldest))
    yield _clock(drift)


def _connections(used: int, most: int) -> Line:
    is_full = used > most * NEARLY_FULL
    return Line(
        "database.connections",
        _("Connections"),
        State.WARNING if is_full else State.GOOD,
        _("%(used)s of %(most)s") % {"used": used, "most": most},
        meaning=_("When all are taken, pages answer that the database cannot be reached."),
        advice=_("Raise max_connections of the server, or run fewer web processes.") if is_full else "",
        facts={"used": used, "most": most},
    )


def _locks(waiting: int, oldest: float) -> Line:
    is_long = waiting > 0 and oldest > LONG_SECONDS
    if waiting:
        told = ngettext(
            "%(count)s statement waits for another; the oldest transaction is %(seconds)s s old",
            "%(count)s statements wait for others; the oldest transaction is %(seconds)s s old",
            waiting,
        ) % {"count": waiting, "seconds": int(oldest)}
    else:
        told = gettext("nothing waits; the oldest transaction is %(seconds)s s old") % {
            "seconds": int(oldest)
        }
    return Line(
        "database.locks",
        _("Locks"),
        State.WARNING if is_long else State.GOOD,
        told,
        meaning=_("Who waits for a lock sees a page that does not answer."),
        advice=_("See under Background work what runs so long, and stop it there.") if is_long else "",
        facts={"waiting": waiting, "oldest_seconds": int(oldest)},
    )


def _clock(drift: float) -> Line:
    is_off = drift > MOST_DRIFT_SECONDS
    return Line(
        "database.clock",
        _("Clocks"),
        State.WARNING if is_off else State.GOOD,
        _("%(seconds)s s apart: this machine and the database") % {"seconds": round(drift)},
        meaning=_("Times in the trail and codes of the second factor follow these clocks."),
        advice=_("Turn on time synchronisation (NTP) on both machines.") if is_off else "",
        facts={"seconds": round(drift)},
    )


@contributes_health("disk", label=_("Disk"), order=20)
def disk() -> Iterator[Line]:
    """Tell how much room is left for the data folder and for the backups."""
    folder = DataFolder.locate()
    places = (("data", _("Room for data"), folder.root), ("backups", _("Room for backups"), folder.backups))
    for name, label, place in places:
        if not place.is_dir():
            continue
        usage = shutil.disk_usage(place)
        is_low = usage.free // MB < LOW_SPACE_MB
        yield Line(
            f"disk.{name}",
            label,
            State.BAD if usage.free // MB < LOW_SPACE_MB // 4 else State.WARNING if is_low else State.GOOD,
            _("%(free)s free of %(total)s")
            % {"free": megabytes(usage.free), "total": megabytes(usage.total)},
            meaning=_("Without room nothing can be saved, and no backup is made."),
            advice=_("Make room, or move the data folder to a larger disk.") if is_low else "",
            facts={"free_mb": usage.free // MB, "total_mb": usage.total // MB},
            in_check=False,
        )


@contributes_health("backup", label=_("Backups"), order=30)
def backup() -> Iterator[Line]:
    """Tell of the last nightly backup, and when one was last restored for a trial."""
    folder = DataFolder.locate()
    yield _last_backup(folder)
    tested = last_test(folder)
    is_old = tested is None or now() - tested.at > TEST_AGE or not tested.is_good
    if tested is None:
        told = gettext("none was ever restored for a trial")
    elif tested.is_good:
        told = gettext("%(file)s was restored for a trial %(at)s") % {
            "file": tested.file,
            "at": show_moment(tested.at),
        }
    else:
        told = gettext("the trial of %(file)s failed %(at)s") % {
            "file": tested.file,
            "at": show_moment(tested.at),
        }
    yield Line(
        "backup.restore_test",
        _("Restore test"),
        State.BAD if tested and not tested.is_good else State.WARNING if is_old else State.GOOD,
        told,
        meaning=_("A backup that was never restored is a hope."),
        advice=_(
            "Run “duyen check --restore-test” on the server: it loads the last backup beside, compares, "
            "and throws the copy away."
        )
        if is_old
        else "",
        facts={
            "days_ago": (now() - tested.at).days if tested else None,
            "is_good": bool(tested and tested.is_good),
        },
    )


def _last_backup(folder: DataFolder) -> Line:
    meaning = gettext("The last state from which everything can be brought back.")
    last = last_backup(folder)
    if last is None:
        told = gettext("none yet; one is made every night")
        advice = gettext("Let Duyên run over night, or run “duyen backup FILE” now.")
        return Line(
            "backup.last", gettext("Last backup"), State.WARNING, told, meaning, advice, in_check=False
        )
    age = now() - last.at
    facts = {"hours_ago": int(age.total_seconds() // 3600), "is_good": last.is_good, "bytes": last.size_bytes}
    if not last.is_good:
        told = gettext("failed %(at)s") % {"at": show_moment(last.at)}
        advice = gettext("The company's page tells why. Mend that, then run “duyen backup FILE”.")
        return Line(
            "backup.last", gettext("Last backup"), State.BAD, told, meaning, advice, facts, in_check=False
        )
    told = gettext("%(at)s, %(size)s") % {"at": show_moment(last.at), "size": megabytes(last.size_bytes)}
    is_old = age > BACKUP_AGE
    advice = gettext("See that the background work runs at night.") if is_old else ""
    state = State.WARNING if is_old else State.GOOD
    return Line("backup.last", gettext("Last backup"), state, told, meaning, advice, facts, in_check=False)


@contributes_health("mail", label=_("Mail"), order=40)
def mail() -> Iterator[Line]:
    """Tell whether mail is set up, and how the last one went."""
    meaning = _("Invitations, password links and digests go by mail.")
    if not settings.EMAIL_HOST:
        yield Line(
            "mail.configured",
            _("Sending"),
            State.WARNING,
            _("not set up"),
            meaning,
            _("Set DUYEN_SMTP_HOST and its neighbours for the process, then start Duyên again."),
            {"is_configured": False},
        )
        return
    yield Line(
        "mail.configured", _("Sending"), State.GOOD, _("set up"), meaning, facts={"is_configured": True}
    )
    mark = mark_of(MAIL)
    if mark is None:
        yield Line("mail.last", _("Last mail"), State.NOTE, _("none sent yet"))
        return
    failed = mark.bad_at is not None and (mark.good_at is None or mark.bad_at > mark.good_at)
    told = [
        gettext("sent %(at)s") % {"at": show_moment(mark.good_at)} if mark.good_at else "",
        gettext("failed %(at)s (%(kind)s)") % {"at": show_moment(mark.bad_at), "kind": mark.bad_kind}
        if mark.bad_at
        else "",
    ]
    yield Line(
        "mail.last",
        _("Last mail"),
        State.BAD if failed else State.GOOD,
        "; ".join(each for each in told if each),
        advice=_("Check host, port, name and password of the mail server.") if failed else "",
        facts={"failed": failed, "kind": mark.bad_kind},
    )


@contributes_health("work", label=_("Background work"), order=50)
def work() -> Iterator[Line]:
    """Tell whether workers are alive, and how long work waits for one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE last_heartbeat > clock_timestamp() - make_interval(secs => %s)), "
            "count(*) FROM procrastinate_workers",
            [SILENT_SECONDS],
        )
        alive, known = (int(each) for each in cursor.fetchone())
        cursor.execute(_QUEUE)
        waiting, oldest = cursor.fetchone()
    seconds = int(oldest or 0)
    yield Line(
        "work.workers",
        _("Workers"),
        State.GOOD if alive else State.BAD,
        ngettext("%(count)s alive", "%(count)s alive", alive) % {"count": alive},
        meaning=_("They import, export, send mail, make backups and seal the trail."),
        advice=""
        if alive
        else _("Start Duyên by ./run, or “duyen worker” where you run the processes yourself."),
        facts={"alive": alive, "known": known},
        needs_running=True,
    )
    is_slow = seconds > WAITING_SECONDS
    if waiting:
        told = ngettext(
            "%(count)s waits, since %(seconds)s s", "%(count)s wait, the oldest since %(seconds)s s", waiting
        ) % {"count": waiting, "seconds": seconds}
    else:
        told = gettext("nothing waits")
    yield Line(
        "work.queue",
        _("Queue"),
        State.WARNING if is_slow else State.GOOD,
        told,
        meaning=_("Work that waits long is late for whoever asked for it."),
        advice=_("See under Background work which one holds the workers.") if is_slow else "",
        facts={"waiting": int(waiting), "oldest_seconds": seconds},
        url="/jobs?who=all",
    )


@contributes_health("trail", label=_("Trail"), order=60)
def trail() -> Iterator[Line]:
    """Tell up to where the trail is sealed and was found whole."""
    head, look, since = sealing.last_seal(), sealing.last_look(), sealing.oldest_unsealed()
    meaning = _("A seal shows later whether an entry was altered or taken out.")
    if look is not None and look.fault:
        told = gettext("broken at seal %(number)s") % {"number": look.through}
        advice = _("Run “duyen check” to see which entries, and keep the backups that you have.")
        yield Line(
            "trail.seals", _("Seals"), State.BAD, told, meaning, advice, {"fault": look.fault}, in_check=False
        )
        return
    late = since is not None and since < now() - LATE
    sealed = gettext("nothing yet") if head is None else show_moment(head.last_at)
    looked = "" if look is None else gettext(", found whole %(at)s") % {"at": show_moment(look.at)}
    yield Line(
        "trail.seals",
        _("Sealed up to"),
        State.WARNING if late else State.GOOD,
        sealed + looked,
        meaning,
        _("See whether the background work runs.") if late else "",
        {"seal": head.number if head else 0, "is_late": late},
        in_check=False,
    )


@contributes_health("versions", label=_("Versions"), order=900)
def versions() -> Iterator[Line]:
    """Tell what runs: Duyên, Python, the system, the libraries that matter."""
    yield Line("versions.duyen", "Duyên", State.NOTE, __version__, facts={"version": __version__})
    told = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    yield Line("versions.python", "Python", State.NOTE, told, facts={"version": platform.python_version()})
    found = {name: _version(name) for name in _LIBRARIES}
    words = ", ".join(f"{name} {number}" for name, number in found.items() if number)
    yield Line("versions.libraries", _("Libraries"), State.NOTE, words, facts=dict(found))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def megabytes(count: int) -> str:
    """Say a size in MB or GB, with the decimal sign of the reader's language."""
    if count >= 1024 * MB:
        written = f"{count / (1024 * MB):.1f}"
        return (written if get_language() == "en" else written.replace(".", ",")) + "\u00a0GB"
    return f"{max(1, count // MB) if count else 0}\u00a0MB"
