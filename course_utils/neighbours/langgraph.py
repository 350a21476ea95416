"""What is used of LangGraph that it does not promise: seen in langgraph 1.2.24, prebuilt 1.1.3."""

from __future__ import annotations

import re
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, Literal

from langgraph._internal._typing import MISSING
from langgraph.errors import EmptyInputError
from langgraph.graph import START, StateGraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from langgraph.checkpoint.base import CheckpointTuple
    from langgraph.prebuilt import ToolNode
    from langgraph.pregel import Pregel
    from langgraph.types import PregelTask, Send

SENDS = "__pregel_tasks"
"""The channel that holds the Sends of the next step."""
SENDS_IN_CHANNEL = 4
"""The first format of checkpoints that keeps them there."""

AS_A_COPY = "__copy__"
"""The node as which nothing is written: `update_state` copies the checkpoint alone."""
BRANCH = "branch:to:"
"""What the channel that triggers a node begins with; the node's name follows."""

_FROM_A_SEND = "__pregel_push"
_RESUME = "__resume__"
# What stands for the task in a write that is meant for whichever task asks.
_NO_TASK = "00000000-0000-0000-0000-000000000000"
_CALL_AND_STATE = "tool_call_with_context"
_BETWEEN_GRAPHS, _BEFORE_THE_ID = "|", ":"
_TASK_NOTE = re.compile("During task with name '.*' and id '[0-9a-f-]+'", re.DOTALL)
_UPDATE = "UpdateState"
_TASK_TAG = "graph:step:"
_LACKED: dict[str, Literal["checkpointer", "thread_id"]] = {
    "No checkpointer set": "checkpointer",
    "Cannot use Command(resume=...) without checkpointer": "checkpointer",
    "Checkpointer requires one or more of the following 'configurable' keys": "thread_id",
}
_INTERRUPT_ID = re.compile("[0-9a-f]{32}")


def lacked(error: BaseException) -> Literal["checkpointer", "thread_id", "input", ""]:
    """Tell what a call of LangGraph lacked, by the error that it raised; empty for another error.

    Without an input there was nothing to go on with: nothing is saved, or no checkpointer saves.
    """
    if isinstance(error, EmptyInputError):
        return "input"
    if isinstance(error, ValueError | RuntimeError):
        said = str(error)
        return next((what for words, what in _LACKED.items() if said.startswith(words)), "")
    # A config that names nothing at all.
    is_bare = isinstance(error, KeyError) and error.args == ("configurable",)
    return "thread_id" if is_bare and _raised_in_langgraph(error) else ""


def _raised_in_langgraph(error: BaseException) -> bool:
    *_, (frame, _) = walk_tb(error.__traceback__)
    return str(frame.f_globals.get("__name__", "")).startswith("langgraph.")


def steps_of(node: Any) -> list[Any]:
    """Return what a node of a compiled graph runs, one after the other."""
    return list(getattr(node.bound, "steps", [node.bound]))


def paths_of(graph: Pregel[Any, Any, Any, Any]) -> Iterator[Any]:
    """Yield the functions of a graph's conditional edges; none where it was not built of edges."""
    for branches in getattr(getattr(graph, "builder", None), "branches", {}).values():
        yield from (branch.path for branch in branches.values())


def an_edge_leads_to(nodes: Collection[str], graph: Pregel[Any, Any, Any, Any]) -> bool:
    """Tell whether an edge may lead to one of these nodes, and not a `Command(goto=...)` alone."""
    builder = getattr(graph, "builder", None)
    if not isinstance(builder, StateGraph):
        return True
    ends = {end for _, end in builder.edges | builder.waiting_edges}
    for branch in (spec for specs in builder.branches.values() for spec in specs.values()):
        ends |= set(graph.nodes if branch.ends is None else branch.ends.values())
    return bool(ends & set(nodes))


def held_after(channel: Any, *updates: Any) -> Any:
    """Return what a channel of this kind would hold after some updates, each in a step of its own.

    Args:
        channel: a channel of a compiled graph, which stays as it is.
        updates: what nodes would write to it.

    Raises:
        Exception: whatever its reducer raises.
    """
    fresh = channel.from_checkpoint(MISSING)
    for update in updates:
        fresh.update([update])
    return fresh.get()


def messages_key(node: ToolNode) -> str:
    """Return the key of the state where a ToolNode looks for its calls."""
    return str(node._messages_key)


def number_of_the_send(task: PregelTask) -> int | None:
    """Return which of the step's Sends a task stems from; None for a task that an edge led to."""
    if not (task.path and task.path[0] == _FROM_A_SEND):
        return None
    # A Send of the step before is counted; one of a call inside a task has a path there.
    return task.path[1] if isinstance(task.path[1], int) else -1


def place_in_its_step(path: Any) -> tuple[Any, ...]:
    """Return what sorts the tasks of a step as LangGraph sorts what they write, by their paths."""
    if not isinstance(path, tuple | list):
        return ((isinstance(path, str), path),)
    return tuple(place for part in path for place in place_in_its_step(part))


def sends_of(saved: CheckpointTuple | None) -> Sequence[Send]:
    """Return the Sends of the step that a checkpoint waits before, in their order."""
    return saved.checkpoint["channel_values"].get(SENDS, []) if saved else []


def call_in(sent: Any) -> Any:
    """Return the call in what create_react_agent sends to its ToolNode; None in anything else."""
    if isinstance(sent, dict) and sent.get("__type") == _CALL_AND_STATE:
        return sent.get("tool_call")
    return None


def was_answered(saved: CheckpointTuple | None, task: PregelTask) -> bool:
    """Tell whether a checkpoint keeps an answer that a task was given by its question's id."""
    return _keeps_an_answer_for(task.id, saved)


def was_answered_plainly(saved: CheckpointTuple | None) -> bool:
    """Tell whether a checkpoint keeps an answer that was given without a question's id."""
    return _keeps_an_answer_for(_NO_TASK, saved)


def _keeps_an_answer_for(task_id: str, saved: CheckpointTuple | None) -> bool:
    writes = saved.pending_writes if saved else None
    return any(whose == task_id and channel == _RESUME for whose, channel, _ in writes or [])


def answers_by_id(interrupt_id: str) -> bool:
    """Tell whether an answer under this id reaches its question alone.

    Under an id of another shape, as NodeInterrupt has, LangGraph gives it to whichever asks next.
    """
    return _INTERRUPT_ID.fullmatch(interrupt_id) is not None


def is_an_interrupt_id(key: Any) -> bool:
    """Tell a question's id, as a key of `Command(resume={...})`, from the key of an answer."""
    return isinstance(key, str) and answers_by_id(key)


def answers_given(saved: CheckpointTuple | None, task: PregelTask) -> list[Any]:
    """Return the answers that a checkpoint keeps for a task, in the order of its questions."""
    writes = saved.pending_writes if saved else None
    kept = [
        value for whose, channel, value in writes or [] if (whose, channel) == (task.id, _RESUME)
    ]
    return list(kept[-1]) if kept and isinstance(kept[-1], list) else kept


def is_an_update(name: str | None) -> bool:
    """Tell what `update_state` calls of a graph from a run of it, by the callbacks' name."""
    return bool(name) and str(name).endswith(_UPDATE)


def is_a_task(tags: Iterable[str] | None) -> bool:
    """Tell the run of a task from the runs inside it, by the tags of LangChain's callbacks."""
    return any(tag.startswith(_TASK_TAG) for tag in tags or [])


def names_a_task(note: str) -> bool:
    """Tell whether a note on an error is LangGraph's own, which names a task by its id."""
    return _TASK_NOTE.fullmatch(note) is not None


def namespace_of_a_second_call(namespace: str, task: PregelTask) -> str:
    """Return the namespace where a graph would be saved that a task calls second."""
    called = f"{task.name}{_BEFORE_THE_ID}{task.id}"
    return _BETWEEN_GRAPHS.join(filter(None, [namespace, called, "1"]))


def nodes_in(namespace: str) -> tuple[str, ...]:
    """Return the nodes that lead to the graph whose checkpoints have this namespace."""
    names = filter(None, namespace.split(_BETWEEN_GRAPHS))
    return tuple(name.split(_BEFORE_THE_ID)[0] for name in names if not name.isdecimal())


def ran_in(task: PregelTask, saved: CheckpointTuple, *, namespace: str, checkpoint_id: str) -> bool:
    """Tell whether a checkpoint is of a graph that a task has called.

    Args:
        task: the task.
        saved: the checkpoint.
        namespace: that of the graph whose task it is.
        checkpoint_id: the one that the task goes on from.
    """
    where = str(saved.config["configurable"].get("checkpoint_ns", ""))
    names = where.split(_BETWEEN_GRAPHS)
    if any(_BEFORE_THE_ID in name for name in names):
        return f"{task.name}{_BEFORE_THE_ID}{task.id}" in names
    # A graph with checkpointer=True keeps its state from run to run, under names without ids.
    parents = saved.metadata.get("parents", {})
    return task.name in names and parents.get(namespace) == checkpoint_id


def nodes_missing(graph: Pregel[Any, Any, Any, Any], saved: CheckpointTuple | None) -> list[str]:
    """Return the nodes that are due after a checkpoint and that the graph does not have."""
    values = saved.checkpoint["channel_values"] if saved else {}
    return unknown_nodes(graph, values)


def unknown_nodes(graph: Pregel[Any, Any, Any, Any], values: Mapping[str, Any]) -> list[str]:
    """Return the nodes that a checkpoint's values lead to and that the graph does not have.

    Args:
        graph: the compiled graph.
        values: those of `SENDS` and of the channels whose names begin with `BRANCH` at least.
    """
    due = [channel.removeprefix(BRANCH) for channel in values if channel.startswith(BRANCH)]
    due += [send.node for send in values.get(SENDS) or []]
    return sorted(set(due) - set(graph.nodes))


def waits_elsewhere(graph: Pregel[Any, Any, Any, Any], checkpoint: Mapping[str, Any]) -> bool:
    """Tell whether a thread that ran nodes of this graph waits at one that the graph does not have.

    Args:
        graph: the compiled graph.
        checkpoint: with the values of `SENDS` and of the channels that lead to nodes.
    """
    ran = {name for name in checkpoint.get("versions_seen", {}) if not name.startswith("__")}
    values = checkpoint.get("channel_values", {})
    return not ran.isdisjoint(graph.nodes) and bool(unknown_nodes(graph, values))


def anything_due(graph: Pregel[Any, Any, Any, Any], checkpoint: Mapping[str, Any]) -> bool:
    """Tell whether a node of the graph is due after a checkpoint, as LangGraph would.

    A node is due when one of its trigger channels holds a value newer than the node has seen, or
    any value where it has never run; Sends are due always. The rule is that of `_triggers` in
    `langgraph.pregel._algo`.

    Args:
        graph: the compiled graph.
        checkpoint: with the values of `SENDS` and of the trigger channels at least.

    Raises:
        Exception: of any kind, where the checkpoint is not as this version writes it.
    """
    if checkpoint["v"] < SENDS_IN_CHANNEL:
        return True
    versions, seen = checkpoint["channel_versions"], checkpoint["versions_seen"]
    values = checkpoint["channel_values"]
    # Before its first step a thread names nothing but what LangGraph itself adds to every graph.
    named = {name for name in (*seen, *versions) if not name.startswith("__")}
    if named and named.isdisjoint(graph.nodes) and named.isdisjoint(graph.channels):
        return False
    if values.get(SENDS):
        return True
    never = type(next(iter(versions.values())))()
    return any(
        name not in seen or versions.get(channel, never) > seen[name].get(channel, never)
        for name, node in graph.nodes.items()
        if named or name != START
        for channel in node.triggers
        if channel in values and _holds_something(graph.channels[channel], values[channel])
    )


def _holds_something(channel: Any, value: Any) -> bool:
    # A barrier, for one, is saved also while it waits for the rest of its nodes.
    return bool(channel.from_checkpoint(value).is_available())
