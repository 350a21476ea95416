"""A question that a student's function asks inside a node of the tests' graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.types import interrupt
from pydantic_core import PydanticCustomError, core_schema

if TYPE_CHECKING:
    from collections.abc import Callable


def ask_in_the_node(
    value: Any, schema: Any = None, refuses: Callable[[Any], Any] | None = None
) -> Any:
    """Interrupt the node that runs.

    Args:
        value: the question.
        schema: the JSON Schema of its answer, if it has one.
        refuses: says why an answer is refused, and None of one that is taken.

    Raises:
        GraphInterrupt: there is no answer yet.
        ValidationError: the answer is refused.
    """
    if schema is not None and type(schema) is not dict:
        raise TypeError("what is no schema")
    if schema is None or refuses is None:
        return interrupt(value, response_schema=schema)
    return interrupt(value, response_schema=_type_of(schema, refuses))


def _type_of(schema: dict[str, Any], refuses: Callable[[Any], Any]) -> type:
    """Return a type whose values are checked elsewhere."""

    def check(answer: Any) -> Any:
        why = refuses(answer)
        if why is not None:
            raise PydanticCustomError("answer", "{why}", {"why": str(why)})
        return answer

    class Answer:
        @classmethod
        def __get_pydantic_core_schema__(cls, *_: object) -> core_schema.CoreSchema:
            return core_schema.no_info_plain_validator_function(check)

        @classmethod
        def __get_pydantic_json_schema__(cls, *_: object) -> dict[str, Any]:
            return schema

    return Answer
