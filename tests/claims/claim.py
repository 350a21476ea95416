"""A claim: a sentence about LangGraph, the data that shows it, and what is believed instead."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from langgraph.graph.state import CompiledStateGraph
from langgraph.pregel import Pregel
from langgraph.types import interrupt

from tests.claims import scene

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(__file__).parent
LANGCHAIN = "langchain_middleware"

# What a claim may need that not every LangGraph has.
FEATURES = {
    "response-schema": "response_schema" in inspect.signature(interrupt).parameters,
    "invoke-version": "version" in inspect.signature(CompiledStateGraph.invoke).parameters,
    "stream-events-v3": "stream_events" in vars(Pregel),
}


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes:
        subject: the module of observations and the file of claims that it is in.
        id: its name, which is its observation's.
        says: the truth in a sentence.
        truth: what the observation returns, as plain data.
        naive: what it would return were the tutorial, or the habit, right: one entry, by whose
            belief it is.
        place: the lesson's cell, or the entry of `docs/errata.md`, that tells it.
        shows: words that such a cell prints, in which a reader sees it happen; of a cell that tests
            an exercise, words of the test.
        needs: the feature without which there is nothing to observe.
    """

    subject: str
    id: str
    says: str
    truth: Any
    naive: dict[str, Any]
    place: str
    shows: str = ""
    needs: str = ""

    def observe(self) -> Any:
        """Make it happen, and return what was seen as plain data."""
        scene.outbox.clear()
        return plain(observations(self.subject)[self.id]())


def plain(seen: Any) -> Any:
    """Turn tuples into lists, as YAML has them."""
    if isinstance(seen, dict):
        return {key: plain(value) for key, value in seen.items()}
    return [plain(value) for value in seen] if isinstance(seen, list | tuple) else seen


def observations(subject: str) -> dict[str, Callable[[], Any]]:
    """List a subject's observations: its functions that take nothing and have no docstring.

    Their docstring is the claim; whatever else a module defines helps them and has its own.
    """
    module = importlib.import_module(f"tests.claims.observations.{subject}")
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not function.__doc__
    }


def read_claims() -> list[Claim]:
    """Read every claim, by subject and in the order of its file."""
    return [
        Claim(subject=file.stem, **entry)
        for file in sorted(FOLDER.glob("*.yaml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


CLAIMS = read_claims()
