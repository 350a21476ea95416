"""The picture of a graph: what it marks, and that it is the same every time."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command

from course_utils import show_graph
from course_utils.widgets.drawings.graph_layout import lay_out
from tests.support.agents import MailAgent, ask, thread
from tests.support.pictured import asks, sends

SVG = "{http://www.w3.org/2000/svg}"


def words(view) -> list[str]:
    """The words that stand in the picture, in drawing order."""
    return [str(text.text) for text in ElementTree.fromstring(view.svg()).iter(f"{SVG}text")]  # noqa: S314 - we drew it


def test_a_paused_thread_is_marked_and_a_finished_one_is_not():
    graph = MailAgent().compile(interrupt_before=["tools"])
    ask(graph)
    paused = show_graph(graph, thread())
    graph.invoke(None, thread())
    finished = show_graph(graph, thread())
    assert "paused before" in words(paused)
    assert repr(paused).endswith("paused before: tools")
    assert words(finished) == words(show_graph(graph))


def test_a_crashed_node_is_marked_as_crashed():
    graph = MailAgent(fails=1).compile()
    with pytest.raises(ConnectionError):
        ask(graph)
    assert repr(show_graph(graph, thread())).endswith("crashed: tools")


def test_every_node_and_edge_is_drawn_and_two_way_edges_do_not_cover_each_other():
    svg = ElementTree.fromstring(show_graph(MailAgent("review").compile()).svg())  # noqa: S314
    lines = [line.get("points") for line in svg.iter(f"{SVG}polyline")]
    assert len(lines) == 5, lines
    assert len(set(lines)) == 5, lines
    plain = ElementTree.fromstring(show_graph(MailAgent().compile()).svg())  # noqa: S314
    ends = [set(str(line.get("points")).split()) for line in plain.iter(f"{SVG}polyline")]
    assert not any(a & b for i, a in enumerate(ends) for b in ends[:i]), ends


def test_loops_and_unconnected_nodes_and_markup_in_names_are_drawn():
    builder = StateGraph(MessagesState)
    for name in ("<b>loop</b>", "alone"):
        builder.add_node(name, lambda state: {})
    builder.add_edge(START, "<b>loop</b>")
    builder.add_conditional_edges("<b>loop</b>", lambda state: END, ["<b>loop</b>", END])
    drawn = words(show_graph(builder.compile()))
    assert {"<b>loop</b>", "alone"} <= set(drawn), drawn


def test_the_picture_is_the_same_in_every_process():
    code = (
        "import sys; sys.path.insert(0, 'tests'); from tests.support.agents import MailAgent; "
        "from course_utils import show_graph; graph = MailAgent('review').compile(); "
        "print(show_graph(graph).svg())"
    )
    drawings = {f"{show_graph(MailAgent('review').compile()).svg()}\n"} | {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawings) == 1


def test_tasks_that_sends_made_are_drawn_one_by_one_with_what_they_were_sent():
    jobs = [{"job": number} for number in ("book", "<b>pay</b>", "mail")]
    graph = sends(lambda state: {}, *jobs, interrupt_before=["work"])
    graph.invoke({"said": []}, thread())
    view = show_graph(graph, thread())
    assert repr(view).splitlines()[-3:] == [
        "paused before: work, job: book",
        "paused before: work, job: <b>pay</b>",
        "paused before: work, job: mail",
    ]
    assert words(view).count("work") == 3
    assert "job: <b>pay</b>" in words(view)
    graph.invoke(None, thread())
    assert words(show_graph(graph, thread())).count("work") == 1


def test_of_tasks_that_ask_those_that_were_answered_are_told_apart():
    graph = sends(asks, {"job": "book"}, {"job": "pay"})
    graph.invoke({"said": []}, thread())
    first = graph.get_state(thread()).interrupts[0].id
    graph.invoke(Command(resume={first: "yes"}), thread())
    assert repr(show_graph(graph, thread())).splitlines()[-2:] == [
        "ran: work, job: book",
        "asks: work, job: pay",
    ]


def test_a_tool_node_shows_the_calls_that_it_was_sent_and_many_tasks_say_how_many():
    agent = MailAgent()
    calls = [
        {"name": "send_email", "args": {"to": str(n)}, "id": f"c{n}", "type": "tool_call"}
        for n in range(9)
    ]
    graph = sends(ToolNode([agent.send_email]), *([call] for call in calls), interrupt_before="*")
    for given in ({"said": []}, None):
        graph.invoke(given, thread())
    told = repr(show_graph(graph, thread())).splitlines()
    assert told[-6] == "paused before: work, send_email(to: 0)"
    assert told[-1] == "paused before: work, and 4 more"


TASKS = ("work 1", "work 2", "work 3")
EDGES = [("asks", "end"), ("asks", "model"), ("start", "model"), ("model", "asks")]
EDGES += [edge for task in TASKS for edge in (("asks", task), (task, "model"))]


def test_a_graph_with_cycles_is_laid_out_the_same_wherever_memory_puts_it():
    labels = {name: [name] for name in ("start", "model", "asks", *TASKS, "end")}
    garbage, layouts = [], set()
    for number in range(20):
        garbage.append([object() for _ in range(97 * number)])
        layouts.add(str(lay_out(labels, EDGES)))
    assert len(layouts) == 1, f"{len(layouts)} layouts of one graph"


def test_every_edge_ends_on_a_border_of_its_boxes_and_lower_boxes_stand_level_with_higher_ones():
    labels = {name: [name] for name in ("start", "model", "asks", "end")}
    layout = lay_out({**labels, **{task: [task, "x" * 40, "ran"] for task in TASKS}}, EDGES)
    for ends, points in layout.paths:
        for name, (x, y) in zip(ends, (points[0], points[-1]), strict=True):
            middle, half = layout.centres[name], layout.widths[name] / 2
            assert abs(x - middle[0]) < half, f"{ends} ends beside {name}: {x}"
            assert abs(abs(y - middle[1]) - layout.heights[name] / 2) < 1, f"{ends} at {name}: {y}"
    tops = {layout.centres[n][1] - layout.heights[n] / 2 for n in (*TASKS, "end")}
    assert max(tops) - min(tops) < 1, f"tops of one layer: {tops}"
