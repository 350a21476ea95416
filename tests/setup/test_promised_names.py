"""What the pages name can be imported where they say, and does what they show."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pkgutil import resolve_name

import pytest

import course_utils
from course_utils.places import COURSE_ROOT
from tests.support.agents import ONE_MAIL, MailAgent

REVIEWING = "docs/reviewing.md"
NAMES = ("README.md", "CHANGELOG.md", REVIEWING, "docs/teaching.md")
PAGES = {name: (COURSE_ROOT / name).read_text("utf-8") for name in NAMES}
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGES[REVIEWING], re.DOTALL | re.MULTILINE)
NEIGHBOURS = {
    "ChatOllama": "langchain_ollama",
    "HumanInTheLoopMiddleware": "langchain.agents.middleware",
    "InMemorySaver": "langgraph.checkpoint.memory",
    "NameError": "builtins",
    "RemoteGraph": "langgraph.pregel.remote",
    "Send": "langgraph.types",
    "ToolNode": "langgraph.prebuilt",
    "interrupt": "langgraph.types",
}
# A call or a class in backticks, with or without the module that it is in.
NAMED = re.compile(r"`((?:\w+\.)*(?:\w+(?=\(\))|[A-Z]+[a-z]\w*)|course_utils(?:\.\w+)+)(?:\(\))?`")
PROMISED = sorted({(page, name) for page, text in PAGES.items() for name in NAMED.findall(text)})
IMPORTS = [
    (node.module, alias.name)
    for block in BLOCKS
    for node in ast.walk(ast.parse(block))
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
]


@pytest.mark.parametrize(("page", "name"), PROMISED)
def test_a_name_in_backticks_can_be_imported_where_the_page_says(page: str, name: str) -> None:
    home = NEIGHBOURS.get(name, "course_utils")
    dotted = name if "." in name else f"{home}.{name}"
    assert resolve_name(dotted) is not None, f"{page} promises `{name}`: no {dotted} is there"


@pytest.mark.parametrize(("module", "name"), IMPORTS)
def test_an_import_in_a_code_block_works(module: str, name: str) -> None:
    assert hasattr(import_module(module), name), f"{REVIEWING} imports {name} from {module}"


def test_what_the_package_offers_is_named_in_the_changelog() -> None:
    unnamed = [name for name in course_utils.__all__ if f"`{name}" not in PAGES["CHANGELOG.md"]]
    assert unnamed == [], f"CHANGELOG.md does not name {unnamed}"


def test_every_lazy_name_is_in_its_home() -> None:
    for name in course_utils.__all__:
        assert getattr(course_utils, name).__name__ == name


def test_the_code_for_reviewers_decides_as_it_says() -> None:
    agent = MailAgent()
    graph = agent.compile(interrupt_before=["tools"])
    order = {"configurable": {"thread_id": "order-7"}}
    graph.invoke({"messages": [("user", ONE_MAIL)]}, order)
    exec("\n".join(BLOCKS), {"graph": graph})  # noqa: S102 - it is our own page
    assert agent.outbox == ["alice@example.com"], f"the mails that went out: {agent.outbox}"
    assert graph.get_state(order).next == ()
