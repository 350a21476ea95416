"""Which answer meets which question: by order, by id, empty, checked, kept behind a crash."""

from __future__ import annotations

import threading
from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, Send, interrupt
from pydantic import BaseModel, StrictBool

from tests.claims.scene import (
    EMPTY,
    THREAD,
    Log,
    asking,
    ids,
    log,
    outbox,
    questions,
    raised,
    waits,
)


def two_in_a_row(state):
    """Ask two questions in one node."""
    return {"log": [interrupt("Pay 10?"), interrupt("Pay 10000?")]}


def side_by_side() -> Any:
    """Start two nodes which ask at the same time."""

    def a(state):
        outbox.append("a")
        return {"log": [f"a: {interrupt('a?')}"]}

    def b(state):
        outbox.append("b")
        return {"log": [f"b: {interrupt('b?')}"]}

    builder = StateGraph(Log).add_node("a", a).add_node("b", b)
    graph = builder.add_edge(START, "a").add_edge(START, "b").compile(InMemorySaver())
    graph.invoke(EMPTY, THREAD)
    return graph


def each_question_of_a_node_has_its_own_id():
    graph = asking(two_in_a_row)
    first = ids(graph)["Pay 10?"]
    graph.invoke(Command(resume="yes"), THREAD)
    return ids(graph)["Pay 10000?"] != first


def only_the_first_id_of_a_node_reaches_its_later_questions():
    def act(state):
        return {"log": [interrupt(letter) for letter in "abcd"]}

    graph, seen = asking(act), {}
    for letter in "ab":
        seen |= ids(graph)
        graph.invoke(Command(resume={seen[letter]: letter}), THREAD)
    waiting = {}
    for letter in "ba":
        graph.invoke(Command(resume={seen[letter]: "again"}), THREAD)
        waiting[f"after the id of {letter}"] = questions(graph)
    return waiting


def a_question_that_is_skipped_gives_its_answer_to_the_next():
    ask_name = [True]

    def act(state):
        name = interrupt("Your name?") if ask_name else "nobody"
        return {"log": [name, interrupt("Pay 1000?")]}

    graph = asking(act)
    graph.invoke(Command(resume="Ann"), THREAD)
    ask_name.clear()
    graph.invoke(Command(resume="no"), THREAD)
    return log(graph)


def a_list_that_changed_its_order_swaps_the_answers():
    files = ["a.txt", "b.txt"]

    def act(state):
        return {"log": [[file, interrupt(f"Delete {file}?")] for file in files]}

    graph = asking(act)
    graph.invoke(Command(resume="a: no"), THREAD)
    files.reverse()
    graph.invoke(Command(resume="b: yes"), THREAD)
    return log(graph)


def one_plain_answer_for_two_questions_is_refused():
    return raised(side_by_side().invoke, Command(resume="yes"), THREAD).partition(".")[0]


def two_questions_are_answered_by_their_ids():
    graph = side_by_side()
    both = ids(graph)
    graph.invoke(Command(resume={both["a?"]: "yes", both["b?"]: "no"}), THREAD)
    return log(graph)


def answering_one_of_two_leaves_the_other():
    graph = side_by_side()
    graph.invoke(Command(resume={ids(graph)["a?"]: "yes"}), THREAD)
    return {"log": log(graph), "questions": questions(graph)}


def answering_one_of_two_runs_the_other_node_again():
    graph = side_by_side()
    outbox.clear()
    graph.invoke(Command(resume={ids(graph)["a?"]: "yes"}), THREAD)
    return sorted(outbox)


def an_unknown_id_is_ignored():
    graph = side_by_side()
    raises = raised(graph.invoke, Command(resume={"f" * 32: "yes"}), THREAD)
    return {"raises": raises.partition(":")[0], "questions": sorted(questions(graph))}


def a_key_that_is_no_id_is_refused_where_two_wait():
    return raised(side_by_side().invoke, Command(resume={"a?": "yes"}), THREAD).partition(".")[0]


class Announcing(InMemorySaver):
    """A saver that tells when a question has been written down."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def put_writes(self, config: Any, writes: Any, *task: Any, **named: Any) -> None:
        """Save, and tell."""
        super().put_writes(config, writes, *task, **named)
        if "__interrupt__" in dict(writes):
            self.written.set()


def invoke_returns_questions_in_the_order_in_which_they_were_asked():
    saver = Announcing()

    def worker(state):
        if state["name"] == "slow":
            saver.written.wait(10)
        return {"log": [interrupt(state["name"])]}

    def spread(state):
        return [Send("worker", {"name": name}) for name in ("slow", "fast")]

    builder = StateGraph(Log).add_node("worker", worker)
    graph = builder.add_conditional_edges(START, spread, ["worker"]).compile(saver)
    returned = [question.value for question in graph.invoke(EMPTY, THREAD)["__interrupt__"]]
    return {"invoke": returned, "snapshot": questions(graph)}


def hear(state):
    """Ask, and write down what was answered."""
    return {"log": [interrupt("?")]}


def most_empty_answers_arrive():
    arrived = []
    for said in (False, 0, "", []):
        graph = asking(hear)
        graph.invoke(Command(resume=said), THREAD)
        arrived += log(graph)
    return arrived


def an_empty_dict_asks_again_and_none_is_an_error():
    came = {}
    for said in ({}, None):
        graph = asking(hear)
        error = raised(graph.invoke, Command(resume=said), THREAD).partition(":")[0]
        came[repr(said)] = {"raises": error, "heard": log(graph), "asks": questions(graph)}
    return came


def none_and_an_empty_dict_arrive_by_id():
    arrived = []
    for said in (None, {}):
        graph = asking(hear)
        graph.invoke(Command(resume={ids(graph)["?"]: said}), THREAD)
        arrived += log(graph)
    return arrived


class Delay(BaseModel):
    """How long a mail is held back."""

    hours: int


def a_schema_refuses_a_bad_answer_and_keeps_the_question():
    def act(state):
        return {"log": [interrupt("How long?", response_schema=Delay).hours]}

    graph = asking(act)
    bad = raised(graph.invoke, Command(resume={"hours": "soon"}), THREAD).partition(":")[0]
    still = questions(graph)
    graph.invoke(Command(resume={"hours": 3}), THREAD)
    return {"bad": bad, "still asks": still, "then": log(graph)}


def refused(by_id: bool, *later: str) -> Any:
    """Answer a question with words that its schema refuses."""

    def act(state):
        hours = interrupt("How long?", response_schema=Delay).hours
        return {"log": [hours] + [interrupt(question) for question in later]}

    graph = asking(act)
    question = ids(graph)["How long?"]
    raised(graph.invoke, Command(resume={question: "soon"} if by_id else "soon"), THREAD)
    return graph, question


def a_refused_answer_stays_unless_it_is_given_by_id():
    came = {}
    for how, by_id in {"plain": False, "by id": True}.items():
        graph, _ = refused(by_id)
        came[how] = raised(graph.invoke, None, THREAD).partition(":")[0]
    return came


def a_refused_plain_answer_goes_to_the_next_question():
    graph, question = refused(False, "Send?")
    graph.invoke(Command(resume={question: {"hours": 3}}), THREAD)
    return {"log": log(graph), "questions": questions(graph)}


def a_refused_answer_leaves_an_error_in_the_task():
    graph, _ = refused(True)
    (task,) = graph.get_state(THREAD).tasks
    return {"error": task.error is not None, "questions": questions(graph)}


class Approval(BaseModel):
    """A decision, as a form might ask for it."""

    approved: bool


class StrictApproval(BaseModel):
    """A decision, spelt as it should be."""

    approved: StrictBool


def a_schema_takes_yes_for_true_unless_it_is_strict():
    came = {}
    for schema in (Approval, StrictApproval):

        def act(state, schema=schema):
            return {"log": [interrupt("Send?", response_schema=schema).approved]}

        graph = asking(act)
        error = raised(graph.invoke, Command(resume={"approved": "yes"}), THREAD)
        came[schema.__name__] = [error.partition(":")[0], log(graph)]
    return came


def a_node_that_raises_on_a_bad_answer_is_stuck_with_it():
    def act(state):
        hours = interrupt("How long?")
        if not isinstance(hours, int):
            raise TypeError(f"no number: {hours}")
        return {"log": [hours]}

    graph = asking(act)
    return [raised(graph.invoke, Command(resume=said), THREAD) for said in ("soon", 3)]


def crashed_behind_its_answer(*later: str) -> Any:
    """Answer a question with yes, upon which the node crashes once."""
    crashes = ["smtp down"]

    def act(state):
        said = [interrupt("Send?")]
        if crashes:
            raise ConnectionError(crashes.pop())
        return {"log": said + [interrupt(question) for question in later]}

    graph = asking(act)
    question = ids(graph)["Send?"]
    raised(graph.invoke, Command(resume="yes"), THREAD)
    return graph, question


def after_a_crash_the_stored_answer_stands():
    stood = {}
    for said in ("nothing", "no", "no, by id"):
        graph, question = crashed_behind_its_answer()
        answer = {question: "no"} if said == "no, by id" else said
        graph.invoke(None if said == "nothing" else Command(resume=answer), THREAD)
        stood[said] = log(graph)
    return stood


def on_a_copy_after_a_crash_the_new_answer_is_heard():
    graph, _ = crashed_behind_its_answer()
    copy = graph.update_state(graph.get_state(THREAD).config, None)
    graph.invoke(Command(resume="no"), copy)
    return log(graph)


def after_a_crash_the_answered_question_still_shows():
    graph, _ = crashed_behind_its_answer()
    return {"next": waits(graph), "questions": questions(graph)}


def after_a_crash_the_old_id_answers_the_next_question():
    graph, question = crashed_behind_its_answer("Send to everybody?")
    graph.invoke(Command(resume={question: "yes"}), THREAD)
    return {"log": log(graph), "questions": questions(graph)}
