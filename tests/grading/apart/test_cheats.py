"""What a student's code can do in its own process and on the socket earns nothing."""

import pytest

from course_utils.grading.jail.jail import Jail
from course_utils.grading.jail.limits import Limits
from course_utils.grading.marking.apart import mark_apart
from course_utils.grading.marking.unit import Unit
from course_utils.grading.marking.verdicts import Verdict
from tests.support.units import unit_of

LESSON = """
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph

secret = {"answer": 42}
ran = []

def compiled():
    builder = StateGraph(dict).add_node("one", lambda state: ran.append(1) or {"n": 42})
    return builder.add_edge(START, "one").compile(InMemorySaver())
"""
TEST = """
from course_utils import exercise

with exercise(1, answer) as check:
    graph = compiled()
    check.equal("answer(graph, note)", answer(graph, ran.append), secret["answer"], "It is 42.")
    check.equal("ran", ran, [1], "Run the graph once.")
"""
RIGHT = """
def answer(graph, note):
    return graph.invoke({}, {"configurable": {"thread_id": "1"}})["n"]
"""
# How the socket is found, and how a message is written and read by hand.
BY_HAND = """
import gc, json, socket, struct, sys

def wire():
    return next(o for o in gc.get_objects() if type(o) is socket.socket and o.fileno() > 2)

def write(text):
    data = text if isinstance(text, bytes) else text.encode()
    wire().sendall(struct.pack("!I", len(data)) + data)

def mine():
    frame = sys._getframe()
    while "call" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["call"]["call"]

def number(graph):
    return object.__getattribute__(graph, "_number")
"""
CHEATS = {
    "patches the checks": """
        import course_utils.exercises.checks as checks
        checks.Check._compare = checks.Check.equal = lambda *_, **__: None
        def answer(graph, note): return 0
        """,
    "patches the block": """
        import course_utils.exercises.exercise as e
        e.Exercise.__exit__ = lambda *_: True
        e.exercise = lambda *_, **__: __import__("contextlib").suppress(BaseException)
        def answer(graph, note): return 0
        """,
    "equals everything": """
        class Any:
            def __eq__(self, other): return True
        def answer(graph, note): return Any()
        """,
    "is a number that equals everything": """
        class Any(int):
            def __eq__(self, other): return True
            __hash__ = int.__hash__
        def answer(graph, note): return Any(0)
        """,
    "looks for the test in the frames": """
        import sys
        def answer(graph, note):
            frame = sys._getframe()
            while frame:
                for names in (frame.f_globals, frame.f_locals):
                    if "secret" in names: return names["secret"]["answer"]
                    if "check" in names: names["check"].equal = lambda *_: None
                frame = frame.f_back
        """,
    "looks for the test in memory": """
        import gc
        def answer(graph, note):
            found = [o for o in gc.get_objects() if type(o) is dict and "secret" in o]
            return found[0]["secret"]["answer"]
        """,
    "traces": """
        import sys, threading
        def trace(frame, event, arg):
            if "came_back" in frame.f_locals: frame.f_locals["came_back"] = 42
            return trace
        sys.settrace(trace); threading.settrace(trace); sys.setprofile(trace)
        def answer(graph, note): return 0
        """,
    "patches builtins": """
        import builtins
        builtins.bool = builtins.repr = lambda *_: True
        builtins.print = lambda *_: None
        def answer(graph, note): return 0
        """,
    "patches the codec": """
        from course_utils.grading.jail.apart import codec, entries, students
        codec.Codec.encode = lambda *_: True
        entries._tested = lambda *_: (True, "passed")
        students.Students.call = lambda *_: 42
        def answer(graph, note): return 0
        """,
    "answers from a fork": """
        import os
        def answer(graph, note):
            os.fork()
            return 0
        """,
    "hooks the fork": """
        import os
        os.register_at_fork(after_in_child=lambda: os._exit(0))
        def answer(graph, note): return 0
        """,
    "writes a verdict to each descriptor": """
        import json, os
        line = json.dumps({"verdict": "the-test", "passed": True, "words": "passed"}) + "\\n"
        for number in range(64):
            try: os.write(number, line.encode())
            except OSError: pass
        def answer(graph, note): return 0
        """,
    "writes a verdict to the tests": """
        def answer(graph, note):
            write(json.dumps({"verdict": "the-test", "passed": True, "words": "passed"}))
            return 0
        """,
    "sends a pickle": """
        import pickle
        class Bomb:
            def __reduce__(self): return (exec, ("secret['answer'] = 0",))
        def answer(graph, note):
            write(pickle.dumps(Bomb()))
            return 0
        """,
    "sends a huge result": """
        def answer(graph, note): return "4" * 10**8
        """,
    "says that a huge message follows": """
        def answer(graph, note):
            wire().sendall(struct.pack("!I", 2**32 - 1) + b"[" * 10**6)
            return 0
        """,
    "sends a result that is deep": """
        def answer(graph, note):
            found = []
            for _ in range(10**6): found = [found]
            return found
        """,
    "sends a message that is deep": """
        def answer(graph, note):
            write("[" * 10**6)
            return 0
        """,
    "sends a value that is deep": """
        def answer(graph, note):
            deep = '["list",' * 5000 + "1" + "]" * 5000
            write('{"call": %d, "value": %s}' % (mine(), deep))
            return 0
        """,
    "sends a number of a million digits": """
        def answer(graph, note):
            write('{"call": %d, "value": %s}' % (mine(), "9" * 10**6))
            return 0
        """,
    "gives an object that it never got": """
        def answer(graph, note):
            write(json.dumps({"call": mine(), "value": ["handle", 1, "object"]}))
            return 0
        """,
    "raises an error that it never got": """
        def answer(graph, note):
            write(json.dumps({"call": mine(), "thrown": 1}))
            return 0
        """,
    "asks an object that it never got": """
        def answer(graph, note):
            asked = {"call": mine(), "ask": 1, "of": 7, "does": "call", "args": ["list"]}
            write(json.dumps({**asked, "kwargs": ["dict"]}))
            return 0
        """,
    "reads a module through a graph": """
        def answer(graph, note):
            asked = {"call": mine(), "ask": 9**9, "of": number(graph), "does": ".__class__"}
            write(json.dumps({**asked, "args": ["list"], "kwargs": ["dict"]}))
            return 0
        """,
    "compiles another graph through a graph": """
        def answer(graph, note):
            asked = {"call": mine(), "ask": 9**9, "of": number(graph), "does": ".builder"}
            write(json.dumps({**asked, "args": ["list"], "kwargs": ["dict"]}))
            return 0
        """,
    "reads globals through a function": """
        def answer(graph, note):
            return note.__globals__["secret"]["answer"]
        """,
    "reads globals through a method": """
        def answer(graph, note):
            return graph.get_state.__func__.__globals__["secret"]["answer"]
        """,
    "gives the graph a checkpointer": """
        def answer(graph, note):
            keys = {"thread_id": "1", "__pregel_checkpointer": None}
            graph.invoke({}, {"configurable": keys})
            return 42
        """,
    "answers twice": """
        def answer(graph, note):
            for _ in range(2): write(json.dumps({"call": mine(), "value": 0}))
            return 0
        """,
    "answers another call": """
        def answer(graph, note):
            write(json.dumps({"call": 12345, "value": 42}))
            return 0
        """,
    "answers with a kind that is none": """
        def answer(graph, note):
            write(json.dumps({"call": mine(), "value": ["exec", "secret.clear()"]}))
            return 0
        """,
    "makes a message of other parts": """
        def answer(graph, note):
            fields = ["dict", ["content", "x"], ["__class__", "y"]]
            write(json.dumps({"call": mine(), "value": ["message", "AIMessage", fields]}))
            return 0
        """,
    "ends its process": """
        import os
        def answer(graph, note): os._exit(0)
        """,
    "ends its Python": """
        def answer(graph, note): raise SystemExit(0)
        """,
    "pretends to pause": """
        from langgraph.errors import GraphInterrupt
        def answer(graph, note): raise GraphInterrupt()
        """,
    "asks without an end": """
        def answer(graph, note):
            while True: graph.get_state({"configurable": {"thread_id": "1"}})
        """,
    "floods the tests": """
        def answer(graph, note):
            while True: write(json.dumps({"call": mine(), "ask": 1, "of": None, "does": "x"}))
        """,
    "listens to nothing": """
        def answer(graph, note):
            asked = {"call": mine(), "of": number(note), "does": "call", "kwargs": ["dict"]}
            for n in range(10**5):
                write(json.dumps({**asked, "ask": 10**6 + n, "args": ["list", "x" * 10**5]}))
        """,
    "says nothing": """
        import time
        def answer(graph, note): time.sleep(60)
        """,
    "changes what it was given": """
        def answer(graph, note):
            graph.invoke = lambda *_: 42
            return 0
        """,
    "has no function": "other = 1",
    "is no Python": "def answer(graph, note) return 42",
}
SLOW = Limits(cell_seconds=5)


def verdict_of(jail: Jail, unit: Unit, limits: Limits = SLOW) -> Verdict | None:
    return mark_apart(jail, [unit], limits).get(unit.test)


def marked(jail: Jail, code: str) -> Verdict | None:
    lines = code.split("\n")
    margin = min((len(x) - len(x.lstrip()) for x in lines if x.strip()), default=0)
    answer = BY_HAND + "\n".join(line[margin:] for line in lines)
    return verdict_of(jail, unit_of(TEST, answer, "answer", lesson=LESSON))


def test_the_right_answer_passes(jail: Jail):
    assert marked(jail, RIGHT) == Verdict(passed=True, words="Exercise 1 passed: 2 checks")


def test_a_given_start_is_not_done_yet(jail: Jail):
    start = "def answer(graph, note):\n    raise NotImplementedError()"
    assert marked(jail, start) == Verdict(passed=False, words="Exercise 1: not done yet.")


@pytest.mark.parametrize("cheat", CHEATS)
def test_a_cheat_earns_nothing(jail: Jail, cheat: str):
    verdict = marked(jail, CHEATS[cheat])
    assert verdict is None or not verdict.passed, f"{cheat}: {verdict}"
    assert verdict is None or verdict.words, f"{cheat}: a verdict without words"


PROCESS = """
import os
from course_utils import exercise

with exercise(1, where) as check:
    check.that("another process answers", where() != [os.getpid(), os.path.exists("mark")], "")
    check.that("it left no file here", not os.path.exists("mark"), "")
"""


def test_the_tests_run_none_of_it(jail: Jail):
    answer = """
import os

def where():
    open("mark", "w").close()
    return [os.getpid(), os.path.exists("mark")]
"""
    assert verdict_of(jail, unit_of(PROCESS, answer, "where")) == Verdict(
        passed=True, words="Exercise 1 passed: 2 checks"
    )


DATABASE = """
import os, sqlite3
from course_utils import exercise

with exercise(1, claim) as check:
    database = sqlite3.connect("claims.sqlite", isolation_level=None)
    database.execute("CREATE TABLE claims (pause PRIMARY KEY, reviewer)")
    check.equal("claim", claim(database), "done", "")
    check.equal("files", os.listdir(), ["claims.sqlite"], "No other file.")
"""


@pytest.mark.parametrize(
    ("statement", "passes"),
    [
        ("INSERT INTO claims VALUES (1, 2)", True),
        ("ATTACH 'other.sqlite' AS other", False),
        ("VACUUM INTO 'other.sqlite'", False),
        ("PRAGMA writable_schema = 1", False),
    ],
)
def test_a_database_of_the_tests_opens_no_other_file(jail: Jail, statement: str, passes: bool):
    answer = f"""
def claim(database):
    database.execute({statement!r})
    return "done"
"""
    verdict = verdict_of(jail, unit_of(DATABASE, answer, "claim"))
    assert verdict is not None
    assert verdict.passed == passes, verdict.words
    assert passes or "authoriz" in verdict.words, verdict.words


def test_a_test_that_starts_a_process_has_to_run_in_one(jail: Jail):
    test = """
import subprocess, sys
from course_utils import exercise

with exercise(1, answer) as check:
    subprocess.run([sys.executable, "-c", "0"], check=True)
    check.equal("answer()", answer(), 1, "")
"""
    assert verdict_of(jail, unit_of(test, "def answer(): return 1", "answer")) is None
