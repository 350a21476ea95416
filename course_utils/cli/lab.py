"""`hitl lab`: the learner's own copy of the lessons, open in JupyterLab."""

from __future__ import annotations

import os
import secrets
import sys
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course_utils.cli import commands
from course_utils.cli.browser import has_browser
from course_utils.cli.commands import WORKSPACE
from course_utils.cli.learners_options import Workspace  # noqa: TC001 - typer reads it
from course_utils.cli.servers import DEFAULT_PORT, next_free, refusal, running_on
from course_utils.model import model_problem
from course_utils.places import PACKAGE

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from course_utils.cli.page_check import Checks

# Our plugin for the page. Where the course was installed as a wheel, Jupyter finds it by itself.
LABEXTENSIONS = PACKAGE / "widgets" / "page" / "labextensions"
# The defaults of JupyterLab's settings, where ours differ. What a learner sets stands above them.
SETTINGS = PACKAGE / "cli" / "lab_settings"

# What asks a learner something that is no part of the course, or is the instructor's.
NOT_THE_LEARNERS = ["@jupyterlab/apputils-extension:announcements", "@jupyter/nbgrader"]
NBGRADERS = [
    f"nbgrader.server_extensions.{name}"
    for name in ("assignment_list", "course_list", "formgrader", "validate_assignment")
]


def lab(
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open nothing.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help=f"The port; else {DEFAULT_PORT} or the next. 0: any."),
    ] = None,
    workspace: Workspace = WORKSPACE,
) -> None:
    """Open the lessons in JupyterLab, as your own copy: what you changed there stays."""
    workspace = workspace.resolve()
    _derive(workspace)
    _warn_of_a_missing_model()
    opens = not no_browser and has_browser()
    if _is_open(workspace, opens=opens):
        return
    server, checks = _server(workspace, _free_port(workspace, port), open_browser=opens)
    # Jupyter takes its port when the loop starts: an address printed earlier might not answer.
    server.io_loop.add_callback(partial(_tell, server, no_browser=no_browser))
    try:
        server.start()
    finally:
        checks.close()


def _is_open(workspace: Path, *, opens: bool) -> bool:
    """Show the JupyterLab that is open on these lessons already; two would overwrite notebooks."""
    there = running_on(workspace)
    if not there:
        return False
    if opens:
        webbrowser.open(there[0].address)
    typer.echo(f"JupyterLab is open on these lessons already: {there[0].address}")
    typer.echo("To start it anew, stop it first with Ctrl-C in its own terminal.")
    return True


def _free_port(workspace: Path, asked: int | None) -> int:
    """Return the port that was asked for, or a free one where none was asked for."""
    port = DEFAULT_PORT if asked is None else asked
    why = refusal(port) if port else ""
    if not why:
        return port
    # The next ones, or any that the system has.
    free = next_free(max(port, 1024))
    if asked is None:
        typer.echo(f"{why} This JupyterLab has port {free}.")
        return free
    typer.echo(f"{why} Port {free} is free: {commands.lab(workspace, free)}", err=True)
    raise typer.Exit(1)


def _tell(server: ServerApp, *, no_browser: bool) -> None:
    if server.allow_root:
        typer.echo("You are root: JupyterLab runs as root too, as will every cell of a notebook.")
    if not (server.open_browser or no_browser):
        typer.echo("No browser can be opened from here. Open this address in one yourself.")
    page = server.connection_url.rstrip("/") + server.default_url
    typer.echo(f"JupyterLab: {page}?token={server.identity_provider.token}")
    typer.echo("Ctrl-C stops it.")
    sys.stdout.flush()


def _derive(workspace: Path) -> None:
    # Imported here: `hitl --help` need not wait for it.
    from course_utils.workspace.derive import derive_workspace, lessons, outdated  # noqa: PLC0415
    from course_utils.workspace.disk import saving_problem  # noqa: PLC0415
    from course_utils.workspace.elsewhere import other_workspaces  # noqa: PLC0415
    from course_utils.workspace.errors import WorkspaceError, in_words  # noqa: PLC0415

    is_new = not lessons(workspace)
    try:
        made = derive_workspace(workspace)
        old = outdated(workspace)
    except (ValueError, OSError, WorkspaceError) as error:
        # A mistake in a setting, a bank or a lesson, or a folder that cannot be written.
        typer.echo(in_words(error, workspace), err=True)
        raise typer.Exit(1) from None
    if made:
        typer.echo(f"Your copy of the lessons is in {workspace}.")
    _tell_of_another(other_workspaces(workspace) if is_new else [])
    if old:
        lessons_are = "1 lesson is" if len(old) == 1 else f"{len(old)} lessons are"
        typer.echo(
            f"{lessons_are} newer in the course than here. Your work stays in the new versions if "
            f"you run: {commands.hitl('update', *commands.on(workspace))}"
        )
    problem = saving_problem(workspace)
    if problem:
        typer.echo(f"Your work will not be saved. {problem}")


def _tell_of_another(others: list[Path]) -> None:
    """Name the workspace that was used last, of those that a learner may mean."""
    if not others:
        return
    last, several = others[0], ", the last used of several" if len(others) > 1 else ""
    typer.echo(
        f"There is another copy in {last}{several}. If your work is there, stop with Ctrl-C and "
        f"run: {commands.lab(last)}"
    )


def _warn_of_a_missing_model() -> None:
    problem = model_problem()
    if problem:
        typer.echo(f"The lessons will not run yet: {problem}")


def _server(workspace: Path, port: int, *, open_browser: bool) -> tuple[ServerApp, Checks]:
    """Make a JupyterLab server, bound to its port, that answers this machine and nobody else.

    Returns:
        The server, and what is to be closed after it.
    """
    # Imported here: JupyterLab takes a second that `hitl --help` need not wait.
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]  # noqa: PLC0415  # no types

    from course_utils.cli.page_answers import NOT_LISTED, answer_the_page  # noqa: PLC0415
    from course_utils.cli.page_check import serve_checks  # noqa: PLC0415
    from course_utils.cli.solution_page import serve_solutions  # noqa: PLC0415

    # A token set for another server would stand in for this one's.
    os.environ.pop("JUPYTER_TOKEN", None)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        # One that was asked for is never left for another without a word.
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": workspace,
        "ServerApp.open_browser": open_browser,
        "ServerApp.allow_root": _is_root(),
        "ServerApp.answer_yes": True,
        "Application.log_level": "ERROR",
        "ServerApp.kernel_spec_manager_class": "course_utils.cli.kernels.CourseKernels",
        "ServerApp.jpserver_extensions": dict.fromkeys(NBGRADERS, False),
        "IdentityProvider.token": secrets.token_hex(24),
        "LabApp.workspaces_dir": workspace / ".jupyterlab",
        "LabApp.app_settings_dir": SETTINGS,
        "LabApp.extension_manager": "readonly",
        "LabApp.extra_labextensions_path": str(LABEXTENSIONS),
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    server: ServerApp = LabApp.initialize_server(
        [f"--{name}={value}" for name, value in options.items()]
    )
    server.web_app.settings["page_config_hook"] = _for_a_learner
    server.contents_manager.hide_globs = [*server.contents_manager.hide_globs, *NOT_LISTED]
    answer_the_page(server)
    serve_solutions(server)
    return server, serve_checks(server)


def _for_a_learner(_handler: Any, page: dict[str, Any]) -> dict[str, Any]:
    page["disabledExtensions"] = [*page["disabledExtensions"], *NOT_THE_LEARNERS]
    # It tells our plugins that this server answers for the start page and the worked solutions.
    page["hitlStart"] = True
    return page


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
