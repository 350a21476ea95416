"""The arguments of a call, read from the person's words by what each parameter wants.

The surest signs go first, and no words are used twice: words someone is to be told, labels
("subject: Lunch"), options, values by their form, phrases by their preposition, and last whatever
is left over.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from course_utils.model.arguments.forms import by_form, flags, join_dates, options
from course_utils.model.arguments.labels import introduced, labelled, spoken
from course_utils.model.arguments.phrases import by_phrase
from course_utils.model.arguments.reading import Reading
from course_utils.model.arguments.remainder import left_over

if TYPE_CHECKING:
    from course_utils.model.tools import Tool

_BETWEEN = re.compile(r"\bbetween (\S.*?) and (?=\S)", re.IGNORECASE)
STEPS = (join_dates, spoken, labelled, options, flags, by_form, introduced, by_phrase, left_over)


def read_arguments(tool: Tool, text: str) -> list[dict[str, Any]]:
    """Read the arguments of a tool from a clause.

    Args:
        tool: the tool that was chosen.
        text: the clause.

    Returns:
        One dictionary a call: more than one when a parameter takes one value and several were
        given.
    """
    reading = Reading(tool, _BETWEEN.sub(r"from \1 to ", text))
    for step in STEPS:
        step(reading)
    _objects(reading)
    args = {p.name: reading.args[p.name] for p in tool.parameters if p.name in reading.args}
    for name, given in reading.several.items():
        return [{**args, name: one} for one in given]
    return [args]


def _objects(reading: Reading) -> None:
    """Read the fields of an object from the whole clause, as if they were the tool's own."""
    for parameter in reading.open():
        fields = parameter.fields or (parameter.item.fields if parameter.item else ())
        inner = read_arguments(replace(reading.tool, parameters=fields), reading.text)[0]
        if fields and inner:
            reading.args[parameter.name] = [inner] if parameter.kind == "array" else inner
