"""One decision's own writes and runs on a thread, and looks at it that are not repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from course_utils.neighbours.langgraph import AS_A_COPY

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.types import StateSnapshot

    from course_utils.review.reading.calling import Calling


@dataclass
class Turn:
    """A thread while its lock is held: what was read stays true until this very decision writes.

    Attributes:
        calling: the calls on the graph.
        config: names the thread.
    """

    calling: Calling
    config: RunnableConfig
    _newest: StateSnapshot | None = field(default=None, repr=False)

    def state(self) -> StateSnapshot:
        """Return the newest state, which is read only where something was written since."""
        if self._newest is None:
            self._newest = self.calling.state(self.config)
        return self._newest

    def write(self, config: RunnableConfig, values: Any, as_node: str | None) -> None:
        """Write to the state as a node would have.

        Args:
            config: names the thread, and perhaps a subgraph of it.
            values: what the node would have returned.
            as_node: the node; None for the one that wrote last.
        """
        self._newest = None
        self.calling.write(config, values, as_node)

    def fork(self, config: RunnableConfig) -> None:
        """Copy the newest checkpoint, without the answers that its tasks were given."""
        self.write(config, None, AS_A_COPY)

    def go_on(self, config: RunnableConfig, given: Any, breakpoints: list[str] | None) -> None:
        """Run the thread to its next stop; see `Calling.go_on`."""
        self._newest = None
        self.calling.go_on(config, given, breakpoints)
