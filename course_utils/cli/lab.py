"""`hitl lab`: the learner's own copy of the lessons, open in JupyterLab."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from course_utils.cli.browser import has_display
from course_utils.model import OFFLINE, chat_model
from course_utils.settings import COURSE_ROOT, settings

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

WORKSPACE = COURSE_ROOT / "workspace"
# Our plugin for the page. Where the course was installed as a wheel, Jupyter finds it by itself.
LABEXTENSIONS = COURSE_ROOT / "course_utils" / "widgets" / "page" / "labextensions"
# The defaults of JupyterLab's settings, where ours differ. What a learner sets stands above them.
SETTINGS = COURSE_ROOT / "course_utils" / "cli" / "lab_settings"

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
        int, typer.Option(min=0, max=65535, help="The port, else the next free one; 0: any.")
    ] = 8888,
    workspace: Annotated[
        Path, typer.Option(file_okay=False, help="The folder of your own copy of the lessons.")
    ] = WORKSPACE,
) -> None:
    """Open the lessons in JupyterLab, as your own copy: what you changed there stays."""
    workspace = workspace.resolve()
    _derive(workspace)
    _warn_of_a_missing_model()
    server = _server(workspace, port, open_browser=not no_browser and has_display())
    # Jupyter takes its port when the loop starts: an address printed earlier might not answer.
    server.io_loop.add_callback(_tell, server)
    server.start()


def _tell(server: ServerApp) -> None:
    if server.allow_root:
        typer.echo("You are root: JupyterLab runs as root too, as will every cell of a notebook.")
    page = server.connection_url.rstrip("/") + server.default_url
    typer.echo(f"JupyterLab: {page}?token={server.identity_provider.token}")
    typer.echo("Ctrl-C stops it.")
    sys.stdout.flush()


def lessons(workspace: Path) -> list[Path]:
    """Return the notebooks of the lessons in a workspace, in the order they are taken."""
    return sorted(workspace.glob("[0-9][0-9]_*/[0-9][0-9]_*.ipynb"))


def _derive(workspace: Path) -> None:
    # Imported here: `hitl --help` need not wait for it.
    from course_utils.workspace.derive import derive_workspace, outdated  # noqa: PLC0415
    from course_utils.workspace.errors import WorkspaceError  # noqa: PLC0415

    try:
        made = derive_workspace(workspace)
        old = outdated(workspace)
    except (ValueError, OSError, WorkspaceError) as error:
        # A mistake in a setting, a bank or a lesson, or a folder that cannot be written.
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if made:
        typer.echo(f"Your copy of the lessons is in {workspace}.")
    if old:
        # The option is named where the command would else take another workspace.
        where = "" if workspace == WORKSPACE else f" --workspace {shlex.quote(str(workspace))}"
        lessons_are = "1 lesson is" if len(old) == 1 else f"{len(old)} lessons are"
        typer.echo(
            f"{lessons_are} newer in the course than here. Your work stays in the new versions if "
            f"you run: hitl update{where}"
        )


def _warn_of_a_missing_model() -> None:
    if settings().model == OFFLINE:
        return
    try:
        chat_model()
    except Exception as error:  # whatever a provider's package raises is the line to show
        typer.echo(f"The lessons will not run yet: {error}")


def _server(workspace: Path, port: int, *, open_browser: bool) -> ServerApp:
    """Make a JupyterLab server, bound to its port, that answers this machine and nobody else."""
    # Imported here: JupyterLab takes a second that `hitl --help` need not wait.
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]  # noqa: PLC0415  # no types

    from course_utils.cli.page_answers import NOT_LISTED, answer_the_page  # noqa: PLC0415
    from course_utils.cli.solution_page import serve_solutions  # noqa: PLC0415

    # A token set for another server would stand in for this one's.
    os.environ.pop("JUPYTER_TOKEN", None)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
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
    return server


def _for_a_learner(_handler: Any, page: dict[str, Any]) -> dict[str, Any]:
    page["disabledExtensions"] = [*page["disabledExtensions"], *NOT_THE_LEARNERS]
    # It tells our plugins that this server answers for the start page and the worked solutions.
    page["hitlStart"] = True
    return page


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
