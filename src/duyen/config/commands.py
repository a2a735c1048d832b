"""What the command line offers: the house's own commands, and those of the bands above it.

Functions are named, not imported: they are loaded once Django is set up.
"""

from __future__ import annotations

from duyen.bench.command import add_bench_command
from duyen.config.demo_command import add_demo_command
from duyen.config.diagnose_command import add_diagnose_command
from duyen.config.user_command import add_user_command
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.registry import Registry


def registry() -> Registry:
    """Collect the commands, checks and the first run of this installation."""
    known = Registry()
    add_builtin_commands(known)
    add_bench_command(known)
    add_user_command(known)
    add_diagnose_command(known)
    add_demo_command(known)
    known.set_first_run("duyen.demo.first_run")
    known.add_after_migrate("duyen.entities.seeding:seed_after_migration")
    known.add_after_migrate("duyen.entities.twins.keeping:fill_after_migration")
    known.add_after_migrate("duyen.entities.custom.older_links:index_older_links")
    known.add_after_migrate("duyen.modules.consents.actions:remember_refusals")
    known.add_after_migrate("duyen.entities.personal.keeping:erase_again")
    known.add_check("duyen.entities.checks:check_trail")
    known.add_check("duyen.foundation.audit.following.checks:check_followers")
    known.add_check("duyen.entities.merging.checks:check_merges")
    known.add_check("duyen.entities.indexes.checks:check_indexes")
    known.add_check("duyen.entities.custom.checks:check_fields")
    known.add_check("duyen.entities.derived.checks:check_formulas")
    known.add_mend("duyen.entities.derived.checks:mend_formulas")
    known.add_check("duyen.foundation.files.checks:check_files")
    return known
