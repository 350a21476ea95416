"""What an interrupt() asks, in each format in use, as LangChain's own request.

A question is read from the value that a node gave to `interrupt()`, and a person's decisions are
put into the form in which that node waits for them:

- LangChain's `HumanInTheLoopMiddleware`, one request for all calls of a message or one a call;
- Agent Inbox, whose older request carries `allow_*` flags and is often a list of one;
- anything else, which wants a value, checked against `response_schema` where one is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from course_utils.neighbours.langchain import (
    DECISION_TYPES,
    arguments_per_call,
    decisions_per_call,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain.agents.middleware.human_in_the_loop import (
        ActionRequest,
        Decision,
        HITLRequest,
    )
    from langgraph.types import Interrupt

    from course_utils.neighbours.langchain import DecisionType

T = TypeVar("T", list[Any], dict[str, Any])

ONLY = "For {name} this graph takes only: {decisions}."
NOTHING = "For {name} this graph takes no decision that is known here."
NO_REASON = "Agent Inbox's ignore carries no reason, so none can be sent."
WITHOUT_WORDS = "This node asks without words: it called interrupt(None)."
ONE_AT_A_TIME = "This node asks {count} Agent Inbox requests at once, and reads one answer only."

_INBOX_FLAGS: dict[DecisionType, str] = {
    "approve": "allow_accept",
    "edit": "allow_edit",
    "reject": "allow_ignore",
    "respond": "allow_respond",
}

RequestFormat = Literal["batched", "per call", "agent inbox", "value"]


@dataclass(frozen=True)
class InterruptRequest:
    """What one interrupt() asks of a person.

    Attributes:
        format: how the asking node wants its answer.
        request: the question as LangChain's own request; each action's allowed decisions stand at
            the same place in `review_configs`.
        schema: JSON schema of the value wanted, where the format is `value` and one was given.
        argument_schemas: JSON schemas of the arguments of each action, where they are known.
        remarks: what cannot be decided here, and why.
        takes_reason: whether a rejection's message arrives.
    """

    format: RequestFormat
    request: HITLRequest
    schema: Mapping[str, Any] | None = None
    argument_schemas: tuple[Mapping[str, Any] | None, ...] = ()
    remarks: tuple[str, ...] = ()
    takes_reason: bool = True

    def answer(self, decisions: Sequence[Decision]) -> Any:
        """Put one decision for each action into the value that `interrupt()` is to return."""
        match self.format:
            case "batched":
                return {"decisions": list(decisions)}
            case "per call":
                return decisions[0]
            case "agent inbox":
                return [_inbox_answer(decisions[0])]
        return cast("Mapping[str, Any]", decisions[0])["message"]


def read_interrupt(asked: Interrupt, node: str) -> InterruptRequest:
    """Read what an interrupt asks.

    Args:
        asked: the interrupt, as a task of a snapshot carries it.
        node: the name of the node that asks, which names a question that names nothing itself.
    """
    # Saved with a checkpoint, a schema is what the model's class was turned into.
    value, schema = asked.value, cast("Mapping[str, Any] | None", asked.response_schema)
    if _is_batch(value):
        return _batch(value)
    if isinstance(value, dict) and value.get("type") == "tool_approval" and _is_action(value):
        return _one_call(value, schema or {})
    requests = value if isinstance(value, list) else [value]
    if requests and all(_is_inbox_request(request) for request in requests):
        return _inbox(requests)
    return _value(value, node, schema)


def _is_action(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("name"), str)
        and isinstance(value.get("args"), dict)
    )


def _is_batch(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    actions, reviews = value.get("action_requests"), value.get("review_configs")
    return (
        isinstance(actions, list)
        and bool(actions)
        and all(_is_action(action) for action in actions)
        and isinstance(reviews, list)
        and all(isinstance(review, dict) for review in reviews)
    )


def _batch(value: dict[str, Any]) -> InterruptRequest:
    actions = value["action_requests"]
    by_name = {str(review.get("action_name")): review for review in value["review_configs"]}
    reviews: list[dict[str, Any]] = [by_name.get(action["name"], {}) for action in actions]
    allowed = [_of_type(list, review.get("allowed_decisions")) for review in reviews]
    # They are answered together, so one that cannot be answered holds back the others.
    offered = allowed if all(_known(of_this) for of_this in allowed) else [[]] * len(allowed)
    return InterruptRequest(
        "batched",
        _request(actions, offered),
        remarks=tuple(_limits(actions, allowed)),
        argument_schemas=tuple(_of_type(dict, r.get("args_schema")) or None for r in reviews),
    )


def _one_call(value: dict[str, Any], schema: Mapping[str, Any]) -> InterruptRequest:
    allowed = decisions_per_call(schema)
    return InterruptRequest(
        "per call",
        _request([value], [allowed]),
        remarks=tuple(_limits([value], [allowed])),
        argument_schemas=(arguments_per_call(schema),),
    )


def _is_inbox_request(value: Any) -> bool:
    asked = value.get("action_request") if isinstance(value, dict) else None
    return (
        isinstance(asked, dict)
        and isinstance(asked.get("action"), str)
        and isinstance(asked.get("args", {}), dict)
        and isinstance(value.get("config"), dict)
    )


def _inbox(requests: list[dict[str, Any]]) -> InterruptRequest:
    actions = [
        {
            "name": asked["action_request"]["action"],
            "args": asked["action_request"].get("args", {}),
            "description": asked.get("description"),
        }
        for asked in requests
    ]
    flags = requests[0]["config"]
    allowed = [kind for kind, flag in _INBOX_FLAGS.items() if flags.get(flag)]
    remarks = [*_limits(actions, [allowed]), *([NO_REASON] if "reject" in allowed else [])]
    if len(requests) > 1:
        allowed, remarks = [], [ONE_AT_A_TIME.format(count=len(requests))]
    return InterruptRequest(
        "agent inbox",
        _request(actions, [allowed] * len(actions)),
        remarks=tuple(remarks),
        takes_reason=False,
    )


def _inbox_answer(decision: Decision) -> dict[str, Any]:
    """Put a decision as Agent Inbox's HumanResponse."""
    if decision["type"] == "edit":
        edited = decision["edited_action"]
        return {"type": "edit", "args": {"action": edited["name"], "args": edited["args"]}}
    if decision["type"] == "respond":
        return {"type": "response", "args": decision["message"]}
    return {"type": {"approve": "accept", "reject": "ignore"}[decision["type"]], "args": None}


def _of_type(kind: type[T], part: Any) -> T:
    """Return a part of what a stranger wrote, or an empty one where it is something else."""
    return part if isinstance(part, kind) else kind()


def _value(value: Any, node: str, schema: Mapping[str, Any] | None) -> InterruptRequest:
    asked: dict[str, Any] = {"name": node, "args": {"question": value}}
    if isinstance(value, dict):
        asked["args"] = value
    elif value is None:
        asked = {"name": node, "args": {}, "description": WITHOUT_WORDS}
    return InterruptRequest(
        "value",
        _request([asked], [["respond"]]),
        schema=schema,
    )


def _request(actions: Sequence[Mapping[str, Any]], allowed: Sequence[Sequence[str]]) -> HITLRequest:
    return request_of(
        [_action(action) for action in actions], [_known(of_this) for of_this in allowed]
    )


def request_of(
    actions: Sequence[ActionRequest], allowed: Sequence[Sequence[DecisionType]]
) -> HITLRequest:
    """Return actions, and what may be decided for each, as LangChain's own request."""
    return {
        "action_requests": list(actions),
        "review_configs": [
            {"action_name": action["name"], "allowed_decisions": list(of_this)}
            for action, of_this in zip(actions, allowed, strict=True)
        ],
    }


def _known(kinds: Sequence[Any]) -> list[DecisionType]:
    return [kind for kind in DECISION_TYPES if kind in kinds]


def _limits(actions: Sequence[Mapping[str, Any]], allowed: Sequence[Sequence[str]]) -> list[str]:
    """Say of each action, once, which decisions the graph leaves out."""
    told = []
    for action, of_this in zip(actions, allowed, strict=False):
        known = _known(of_this)
        if len(known) < len(DECISION_TYPES):
            words = ONLY if known else NOTHING
            told.append(words.format(name=action["name"], decisions=", ".join(known)))
    return list(dict.fromkeys(told))


def _action(action: Mapping[str, Any]) -> ActionRequest:
    told: ActionRequest = {"name": action["name"], "args": action["args"]}
    if action.get("description"):
        told["description"] = str(action["description"])
    return told
