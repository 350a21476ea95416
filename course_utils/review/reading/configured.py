"""What a thread was run with: its `configurable`, as its checkpoints keep it, and what to hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from course_utils.neighbours.langgraph_checkpoints import configurable_in
from course_utils.review.reading.marks import OURS

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig
    from langgraph.types import StateSnapshot

    from course_utils.review.reading.calling import Calling

HIDDEN = "(hidden)"
_SECRET = re.compile(r"key|token|secret|passw|credential|auth|cookie|bearer|jwt", re.IGNORECASE)
_SHORTEST = 4  # characters of a secret that is looked for in other texts
# What did not run the graph keeps nothing of how the graph is run.
_BY_HAND = {"update", "fork"}


def restored(calling: Calling, config: RunnableConfig, snapshot: StateSnapshot) -> RunnableConfig:
    """Return a config with what the thread was run with, where the config does not say otherwise.

    LangGraph keeps texts, numbers, True and False with each checkpoint. Other values it does not
    keep: whoever decides has to give them.

    Args:
        calling: the calls on the graph.
        config: names the thread.
        snapshot: the thread's newest state.
    """
    metadata: Mapping[str, Any] = snapshot.metadata or {}
    kept = configurable_of(snapshot)
    parent = snapshot.parent_config
    while metadata.get("source") in _BY_HAND and parent:
        saved = calling.saved(parent)
        metadata = saved.metadata if saved else {}
        parent = saved.parent_config if saved else None
        kept = {**_kept(metadata), **kept}
    return {**config, "configurable": {**kept, **config["configurable"]}}


def configurable_of(snapshot: StateSnapshot) -> dict[str, Any]:
    """Return what a checkpoint keeps of the `configurable` that its graph was run with."""
    return _kept(snapshot.metadata or {})


def secrets_in(configurable: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the texts in a `configurable` that stand under the name of a secret, long ones first.

    Args:
        configurable: as it was given, or restored.
    """
    found = {text for name, value in configurable.items() for text in _texts(name, value)}
    return tuple(sorted(found, key=len, reverse=True))


def without(words: str, secrets: tuple[str, ...]) -> str:
    """Return words in which secrets are hidden."""
    for secret in secrets:
        words = words.replace(secret, HIDDEN)
    return words


def message_without(message: BaseMessage, secrets: tuple[str, ...]) -> BaseMessage:
    """Return a message in whose content secrets are hidden; itself where there are none."""
    if not any(secret in repr(message.content) for secret in secrets):
        return message
    return message.model_copy(update={"content": _hidden(message.content, secrets)})


def _hidden(held: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(held, str):
        return without(held, secrets)
    if isinstance(held, list):
        return [_hidden(one, secrets) for one in held]
    if isinstance(held, dict):
        return {name: _hidden(one, secrets) for name, one in held.items()}
    return held


def _kept(metadata: Mapping[str, Any]) -> dict[str, Any]:
    kept = configurable_in(metadata)
    return {name: value for name, value in kept.items() if not name.startswith(OURS)}


def _texts(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner, held in value.items():
            below = name if _SECRET.search(name) else str(inner)
            yield from _texts(below, held)
    elif isinstance(value, str) and len(value) >= _SHORTEST and _SECRET.search(name):
        yield value
