"""Background work of the engine; the worker finds it by this module's name."""

from __future__ import annotations

from procrastinate.contrib.django import app

from duyen.entities.approvals.deciding import expire_overdue
from duyen.entities.completeness.recomputing import catch_up
from duyen.entities.derived import recounting
from duyen.entities.exporting.files import forget_old_files
from duyen.entities.importing.drafts import forget_old_files as forget_old_drafts
from duyen.entities.importing.files import forget_files_without_work
from duyen.entities.views.reading import forget_passing_views


@app.periodic(cron="* * * * *")
@app.task(
    name="entities.catch_up_with_scores", queueing_lock="entities.catch_up_with_scores", pass_context=False
)
def catch_up_with_scores(timestamp: int) -> None:
    """Have scores worked out that no job works on and that do not follow from the weights that hold."""
    catch_up()


@app.task(name=recounting.DUE_TASK)
def work_out_due_values() -> None:
    """Work out the values that follow from others and that a write left due."""
    recounting.work_out_due()


@app.periodic(cron="* * * * *")
@app.task(
    name="entities.catch_up_with_formulas",
    queueing_lock="entities.catch_up_with_formulas",
    pass_context=False,
)
def catch_up_with_formulas(timestamp: int) -> None:
    """Have values worked out that no job works on and that do not follow from the definitions that hold."""
    recounting.catch_up()


@app.periodic(cron="* * * * *")
@app.task(
    name="entities.end_overdue_requests", queueing_lock="entities.end_overdue_requests", pass_context=False
)
def end_overdue_requests(timestamp: int) -> None:
    """End the requests for approval about which nobody decided in time."""
    expire_overdue()


@app.periodic(cron="40 2 * * *")
@app.task(name="entities.forget_what_is_old", queueing_lock="entities.forget_what_is_old", pass_context=False)
def forget_what_is_old(timestamp: int) -> None:
    """Delete states of lists not opened for long, old exports, and files of imports that nobody needs."""
    forget_passing_views()
    forget_old_files()
    forget_old_drafts()
    forget_files_without_work()
