"""duyen demo show | remove --confirm NAME"""

from __future__ import annotations

import argparse

from duyen.demo import first_run
from duyen.demo.loading import demo_actor
from duyen.demo.removing import CONFIRMATION, NoDemo, added_by_people, remove_demo
from duyen.foundation.access.words import Door
from duyen.surfaces.cli import console
from duyen.surfaces.cli.acting import acting
from duyen.surfaces.cli.registry import Context

REFUSED = 2


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Show who signs in to the demo, or take the demo out."""
    if first_run.state() != "demo":
        raise NoDemo
    return _show(context) if arguments.step == "show" else _remove(context, arguments.confirm)


def _show(context: Context) -> int:
    console.say(f"Everybody's password: {context.folder.demo_password()}")
    for person in first_run.demo_sign_ins():
        console.say(f"  {person.email:<28} {person.name}, {person.role}")
    return 0


def _remove(context: Context, typed: str) -> int:
    for added in added_by_people():
        console.tell_progress(f"People added {added.count} to: {added.label}")
    if not typed:
        console.refuse(f'Everything goes, a backup is made first. Confirm with: --confirm "{CONFIRMATION}"')
        return REFUSED
    actor = acting(context, part=demo_actor().name, door=Door.CLI)
    backup = remove_demo(actor=actor, typed=typed, folder=context.folder, say=console.tell_progress)
    console.say(f"The demo is removed. Start again to set up your company. Backup: {backup}")
    return 0
