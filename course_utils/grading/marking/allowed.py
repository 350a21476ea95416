"""What an answer may use without anybody having to look at it."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from course_utils.grading.marking.names import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PACKAGES = _words("""
    __future__ abc annotated_types asyncio base64 bisect collections contextlib copy dataclasses
    datetime decimal enum fractions functools hashlib heapq itertools json jsonschema langchain
    langchain_core langchain_ollama langgraph math numbers operator os pprint pydantic random re
    secrets statistics string textwrap time typing typing_extensions uuid
""")
"""Packages that no answer can silence a test with, as long as it changes nothing in them."""

NEVER = _words("""
    IPython _thread ast atexit bdb builtins cProfile code codeop concurrent course_utils ctypes
    dis doctest faulthandler fcntl gc imp importlib inspect io ipykernel ipywidgets linecache
    logging marshal mmap multiprocessing nbformat nbgrader pdb pickle pkgutil platform posix
    profile psutil pty pytest resource runpy shelve shutil signal site socket subprocess symtable
    sys sysconfig threading trace traceback tracemalloc types unittest warnings weakref
""")
"""Packages that a lesson may use for its tests, and no answer."""

OF_OS = _words("""
    O_APPEND O_CREAT O_EXCL O_RDONLY O_RDWR O_WRONLY PathLike close fspath fsync getpid link
    linesep listdir makedirs mkdir open path rename replace rmdir scandir sep stat symlink
    unlink urandom
""")
"""What an answer may use of the module os: files, which the jail bounds."""

CALLS = _words("""
    __import__ breakpoint compile delattr eval exec get_ipython globals input locals memoryview
    setattr vars
""")
"""Builtins that reach beyond an answer."""

_ATTRIBUTES = _words("""
    builtins coroutine ctypes exc_info func gc get_field importlib inspect linecache marshal
    meta_path modules os pickle setprofile settrace socket subprocess sys threading tools_by_name
    traceback vformat
    ag_code ag_frame cr_code cr_frame create_subprocess_exec create_subprocess_shell
    dumps_typed f_back f_builtins f_code f_globals f_lasti f_lineno f_locals f_trace format_map
    gi_code gi_frame gi_yieldfrom loads_typed mro serde tb_frame tb_lasti tb_lineno tb_next
    update_wrapper
""")
_WITH_A_LINE = frozenset({"_asdict", "_fields", "_make", "_replace", "__doc__", "__name__"})
METHODS = _words("""
    add_conditional_edges add_edge add_node add_sequence ainvoke astream bind_tools
    bulk_update_state compile equal exactly func get_state get_state_history get_tuple invoke list
    put put_writes raises stream that update_state
""")
"""What a test calls of a graph, a tool or a checkpointer."""

CLASSES = _words("""
    AIMessage BaseMessage Command CompiledStateGraph HumanMessage Interrupt Pregel StateGraph
    StateSnapshot ToolMessage
""")
"""Classes of LangGraph and LangChain that a test may know by their names."""

INSIDES = _words("""
    blobs bound builder channels input_channels mapper nodes runnable storage trigger_to_nodes
    writes
""")
"""What graphs, tools and checkpointers are made of."""

CHANGES = _words("""
    add append clear discard extend insert pop popitem remove reverse setdefault sort update
""")
"""Methods that change a list, a set or a dict."""

OF_A_MODEL = frozenset({"__base__", "__config__", "__doc__", "__module__"})
"""What pydantic's `create_model` takes with two underscores."""

SPECIAL_METHODS = frozenset({"__call__", "__enter__", "__exit__", "__init__", "__post_init__"})
WORDS = _words("""
    __end__ __error__ __input__ __interrupt__ __main__ __name__ __pregel_tasks __root__ __start__
""")
"""Words with two underscores that LangGraph has as keys."""


def refused_attribute(name: str) -> bool:
    """Tell an attribute through which an answer could reach beyond itself."""
    if name in _ATTRIBUTES or name.startswith("co_"):
        return True
    return name.startswith("_") and name not in _WITH_A_LINE


def refused_module(module: str, also: Iterable[str] = ()) -> bool:
    """Tell a module that no answer needs.

    Args:
        module: its full name.
        also: packages that the lesson's own cells import.
    """
    first, *rest = module.split(".")
    if any(part.startswith("_") or part in {"serde", "load"} for part in rest):
        return True
    return first not in PACKAGES and (first in NEVER or first not in also)


def refused_of_a_module(name: str, module: str = "") -> bool:
    """Tell a name in a module that is another module, or that imports one by its name."""
    if module == "os":
        return name not in OF_OS
    is_module = name in sys.stdlib_module_names and name not in PACKAGES
    return is_module or name.startswith("_") or "import" in name.lower() or refused_attribute(name)


@dataclass(frozen=True, slots=True)
class OfTheLesson:
    """What the cells of a lesson give to an answer.

    Attributes:
        binds: all names that they bind.
        packages: what they import.
        pairs: what they import of `course_utils`, each as its module and its name.
        refused: names of modules that no answer may use, and of functions that use one.
    """

    binds: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    refused: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def of_the_lesson(sources: tuple[str, ...]) -> OfTheLesson:
    """Read what a lesson's cells give to an answer.

    Args:
        sources: the cells, as Python.
    """
    trees = [ast.parse(source) for source in sources]
    imported = list(_imported(trees))
    modules = {alias for module, _, alias in imported if module.split(".")[0] in NEVER}
    modules -= {alias for module, _, alias in imported if module == "course_utils"}
    pairs = {("course_utils", name) for name in _public() - {"exercise"}}
    pairs |= {(m, name) for m, name, _ in imported if m.split(".")[0] == "course_utils"}
    refused = modules | set(_users(trees, modules))
    return OfTheLesson(
        binds=frozenset[str]().union(*(names_of(source).binds for source in sources)),
        packages=frozenset(module.split(".")[0] for module, _, _ in imported),
        pairs=frozenset(pairs),
        refused=frozenset(refused - {alias for m, _, alias in imported if (m, alias) in pairs}),
    )


def _public() -> set[str]:
    """Return what lessons import; by name, since grading imports none of it."""
    return set(import_module("course_utils").__all__)


def _imported(trees: Iterable[ast.Module]) -> Iterator[tuple[str, str, str]]:
    """Go through what is imported: the module, the name in it, the name that it gets."""
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for each in node.names:
                    yield each.name, "", each.asname or each.name.split(".")[0]
            elif isinstance(node, ast.ImportFrom):
                for each in node.names:
                    yield node.module or "", each.name, each.asname or each.name


def _users(trees: Iterable[ast.Module], modules: set[str]) -> Iterator[str]:
    """Go through the functions that read one of the modules."""
    for each in (node for tree in trees for node in tree.body):
        is_defined = isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if is_defined and names_of(ast.unparse(each)).reads & modules:
            yield from names_of(ast.unparse(each)).binds
