"""What a person does in JupyterLab's page, as the browser tests need it.

A notebook of several screens is only partly in the page, so cells are looked up in JupyterLab's own
model of it and scrolled into view. Commands return when JupyterLab says they are done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

SECONDS = 20
IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext?.session;
    return session?.kernel?.connectionStatus === 'connected' && session.kernel.status === 'idle';
}"""
SAVED = """() => {
    const {context, sessionContext} = window.jupyterapp.shell.currentWidget;
    const {language_info} = context.model.metadata;
    return sessionContext.isReady && language_info?.version && !context.model.dirty;
}"""
NOTEBOOK = "const notebook = window.jupyterapp.shell.currentWidget.content;"


@dataclass
class LabPage:
    """One tab of a browser with JupyterLab in it.

    Attributes:
        page: Playwright's page, for whatever is not here.
        address: what `hitl lab` printed, token included.
    """

    page: Page
    address: str

    def __post_init__(self) -> None:
        self.page.set_default_timeout(SECONDS * 1000)
        # A machine that does other things as well is no failure.
        expect.set_options(timeout=SECONDS * 1000)

    def open(self, notebook: str) -> None:
        """Open a notebook by its path in the workspace, and wait for its kernel."""
        if self.page.evaluate("!window.jupyterapp"):
            self.page.goto(urlsplit(self.address)._replace(path=f"/lab/tree/{notebook}").geturl())
            self.wait_until_idle()
        else:
            self._command("docmanager:open", {"path": notebook})

    def close_all(self) -> None:
        """Close what is open, without saving it, and shut the kernels down."""
        self.page.evaluate("""async () => {
            const {shell, serviceManager} = window.jupyterapp;
            document.querySelectorAll(".jp-Dialog").forEach(dialog => dialog.remove());
            [...shell.widgets("main")].forEach(widget => widget.dispose());
            await serviceManager.sessions.shutdownAll();
        }""")

    def wait_until_idle(self) -> None:
        """Wait until the kernel of the notebook in front has nothing to do."""
        self.page.wait_for_function(IDLE)

    def wait_until_saved(self) -> None:
        """Wait until nothing in the notebook in front is unsaved, as after it was opened."""
        self.page.wait_for_function(SAVED)

    def run_all(self, seconds: float = SECONDS) -> None:
        """Run > Run All Cells, which may take so many seconds."""
        self._command("notebook:run-all-cells", seconds=seconds)

    def run_up_to(self, text: str) -> None:
        """Run every cell from the first to the one whose source contains `text`, that one too."""
        index = self.index(text)
        self._command("notebook:run-all-above", at=index)
        self._command("notebook:run-cell", at=index)

    def run(self, text: str) -> None:
        """Run the cell whose source contains `text`, alone."""
        self._command("notebook:run-cell", at=self.index(text))

    def run_from(self, text: str) -> None:
        """Run the cell whose source contains `text`, and every cell below it."""
        index = self.index(text)
        self._command("notebook:run-all-below", at=index)

    def restart(self) -> None:
        """Kernel > Restart Kernel, confirmed with the mouse."""
        self._command("notebook:restart-kernel", dialog=True)

    def restart_and_run_all(self) -> None:
        """Kernel > Restart Kernel and Run All Cells, confirmed with the mouse."""
        self._command("notebook:restart-run-all", dialog=True)

    def output(self, text: str) -> Locator:
        """Return the output area of the cell whose source contains `text`, scrolled into view."""
        index = self.index(text)
        self.page.evaluate(f"index => {{ {NOTEBOOK} return notebook.scrollToItem(index); }}", index)
        cell = f".jp-NotebookPanel:not(.lm-mod-hidden) [data-windowed-list-index='{index}']"
        return self.page.locator(f"{cell} .jp-Cell-outputWrapper")

    def active_cell(self) -> int:
        """Return which cell is the active one, counted from 0."""
        number: int = self.page.evaluate(f"() => {{ {NOTEBOOK} return notebook.activeCellIndex; }}")
        return number

    def save(self) -> None:
        """File > Save Notebook."""
        self._command("docmanager:save")

    def reload(self) -> None:
        """Reload the page, and wait for the kernel that is still alive."""
        self.page.reload()
        self.wait_until_idle()

    def use_theme(self, name: str) -> None:
        """Settings > Theme, as `JupyterLab Dark`."""
        change = (
            "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: name})"
        )
        self.page.evaluate(change, name)
        self.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)

    def errors(self) -> list[str]:
        """Return what went wrong in the notebook's cells, each as `NameError: ...`."""
        cells = f"{NOTEBOOK} return notebook.model.toJSON().cells;"
        return [
            f"{output['ename']}: {output['evalue']}"
            for cell in self.page.evaluate(f"() => {{ {cells} }}")
            for output in cell.get("outputs", [])
            if output["output_type"] == "error"
        ]

    def index(self, text: str) -> int:
        """Return which cell's source contains `text`, counted from 0."""
        sources = f"{NOTEBOOK} return notebook.model.toJSON().cells.map(cell => cell.source);"
        cells = [
            source if isinstance(source, str) else "".join(source)
            for source in self.page.evaluate(f"() => {{ {sources} }}")
        ]
        found = [index for index, source in enumerate(cells) if text in source]
        assert len(found) == 1, f"{text!r} is in {len(found)} of {len(cells)} cells, expected one"
        return found[0]

    def _command(
        self,
        name: str,
        arguments: dict[str, str] | None = None,
        *,
        at: int | None = None,
        dialog: bool = False,
        seconds: float = SECONDS,
    ) -> None:
        # Waited for in the page: `evaluate` itself would wait for ever. The cell is chosen in one
        # step with it: a card that takes the focus then would make its own cell the active one.
        start = """([name, given, at]) => {
            if (at !== null) window.jupyterapp.shell.currentWidget.content.activeCellIndex = at;
            window.outcome = null;
            window.jupyterapp.commands.execute(name, given).then(
                () => { window.outcome = 'done'; },
                reason => { window.outcome = `failed: ${reason}`; },
            );
        }"""
        self.page.evaluate(start, [name, arguments or {}, at])
        if dialog:
            self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        outcome = self.page.wait_for_function("window.outcome", timeout=seconds * 1000).json_value()
        assert outcome == "done", f"JupyterLab's {name} {outcome}"
        self.wait_until_idle()
