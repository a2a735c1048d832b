"""Why a command is refused, where no lower band says it."""

from __future__ import annotations

from duyen.foundation.database.errors import DataFolderUnusable, Refused


class DemoOnCompany(Refused):
    """The demo was asked for in a folder that holds a company's own data."""

    code = "demo_on_company"
    sentence = (
        "%(folder)s holds a company's own data, and the demo would mix with it. "
        "Give the demo a folder of its own: ./run --demo --data DIR"
    )


class NoInstallation(DataFolderUnusable):
    """A command was given a folder that no start has filled yet."""

    code = "no_installation"
    sentence = "There is no Duyên in %(folder)s yet. Start one with ./run, or name its folder with --data."


class NoSuchUser(Refused):
    """Nobody who may sign in has this e-mail address."""

    code = "no_such_user"
    sentence = "Nobody who may sign in has the e-mail address %(email)s. Check its spelling."


class NoSuchUnit(Refused):
    """No unit has this code."""

    code = "no_such_unit"
    sentence = "There is no unit with the code %(code)s. Known codes: %(known)s."


class NoUnitYet(Refused):
    """Records need a unit, and the company has not been set up."""

    code = "no_unit_yet"
    sentence = "The company has no head office yet. Open the pages and set it up first."


class NoSuchEntity(Refused):
    """Nothing of this name can be brought in."""

    code = "no_such_entity"
    sentence = "There is no kind of record called %(name)s. Known: %(known)s."


class FileThere(Refused):
    """The file that is to be written is there already."""

    code = "file_there"
    sentence = "%(file)s is there already. Name another file with --output."


class NothingNamed(Refused):
    """Neither a kind of record nor everything was asked for."""

    code = "nothing_named"
    sentence = "Say what to export: a kind of record such as customers, or --all."


class BadFilter(Refused):
    """The conditions are no JSON."""

    code = "bad_filter"
    sentence = 'The filter is no JSON (%(detail)s). Write it as {"and": [["name", "contains", "an"]]}.'


class NoSuchFile(Refused):
    """The file does not exist, or is not of a kind that can be read."""

    code = "no_such_file"
    sentence = "%(file)s is not a file that can be brought in: %(reason)s."


class BadPair(Refused):
    """What was given for --map or --set is not two words with a sign between them."""

    code = "bad_pair"
    sentence = "“%(given)s” is not of the form HEAD=FIELD or FIELD=VALUE."


class NoFollower(Refused):
    """Nothing of this name reads the trail."""

    code = "no_follower"
    sentence = "Nothing called %(name)s reads the trail. There are: %(known)s."
