"""An agent's message with other arguments in its calls, in every copy that it holds of each call.

Beside `tool_calls` a message keeps its calls as the provider wrote them: in content blocks, in
`additional_kwargs`, in the chunks that it was streamed in. Providers read either place. So each
copy is found by the call's id, whatever the shape around it, and gets the new arguments.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.messages import BaseMessage

from course_utils.review.forms.differences import same_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain_core.messages import ToolCall

Message = TypeVar("Message", BaseMessage, dict[str, Any])

REFUSED = (
    "{name} cannot be edited here, and nothing was written: the message also holds this call "
    "{place}, where the model would still read the old arguments."
)
SEALED = "in a signed or encrypted block"
IN_PIECES = "in pieces"
ANYBODYS = "without its id, so that the copy could be that of another call of the same tool"
UNKNOWN_FORM = "in a form that is not known here"

_ARGUMENTS = frozenset({"args", "arguments", "input", "partial_json"})
_IDS = frozenset({"id", "call_id", "tool_call_id", "tool_use_id", "toolUseId"})
_SEALS = ("signature", "encrypted")
_NO_COPIES = frozenset({"id", "name", "type", "invalid_tool_calls", "usage_metadata"})


class UneditableError(ValueError):
    """A copy of an edited call cannot be changed, so nothing was; the message says which."""


def edited_message(
    said: Message, calls: Sequence[ToolCall], arguments: Mapping[str, Mapping[str, Any]]
) -> Message:
    """Return a message in which every copy of the edited calls has the new arguments.

    Args:
        said: the agent's message, or a dict that stands for one; it stays as it was.
        calls: its calls, as they are read from it.
        arguments: the new arguments, by the ids of the edited calls.

    Raises:
        UneditableError: if it holds a copy of an edited call that cannot be changed with it.
    """
    copies = _Copies(calls, _changed(calls, arguments))
    if not copies.new:
        return said
    if not isinstance(said, BaseMessage):
        return {name: copies.rewritten(held) for name, held in said.items()}
    held = {**vars(said), **(said.model_extra or {})}
    parts = {name: part for name, part in held.items() if name not in _NO_COPIES}
    return said.model_copy(update={name: copies.rewritten(part) for name, part in parts.items()})


def _changed(
    calls: Sequence[ToolCall], arguments: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Return those of the new arguments that differ from the old ones."""
    changed = {}
    for call in calls:
        call_id = str(call["id"])
        if call_id in arguments and not same_value(call["args"], arguments[call_id]):
            if sum(other["id"] == call_id for other in calls) > 1:
                raise _refused(call, ANYBODYS)
            changed[call_id] = arguments[call_id]
    return changed


@dataclass(frozen=True)
class _Copies:
    calls: Sequence[ToolCall]
    new: Mapping[str, Mapping[str, Any]]

    def rewritten(self, held: Any, owner: ToolCall | None = None) -> Any:
        """Return a part of a message with the new arguments.

        Args:
            held: the part.
            owner: the call that it is a copy of, or stands in.
        """
        match held:
            case dict():
                return self._rewritten_dict(held, owner)
            case list():
                return [self.rewritten(one, owner) for one in held]
            case tuple():
                return tuple(self.rewritten(one, owner) for one in held)
            case str():
                return self._rewritten_text(held, owner)
            case None | bool() | int() | float() | bytes():
                return held
        self._refuse_if_it_names_a_call(held)
        return held

    def _rewritten_dict(self, held: dict[Any, Any], around: ToolCall | None) -> dict[Any, Any]:
        owner = self._owner(held, around)
        if owner is None and _is_a_piece(held):
            raise _refused(self._first_edited(), IN_PIECES)
        edited = self._edited(owner)
        if edited and _is_sealed(held, edited):
            raise _refused(edited, SEALED)
        return {key: self._rewritten_entry(key, value, owner) for key, value in held.items()}

    def _rewritten_entry(self, key: Any, value: Any, owner: ToolCall | None) -> Any:
        owner = self._by_id(key) or owner
        edited, arguments = self._edited(owner), key in _ARGUMENTS
        if edited and (arguments or (edited["args"] and _same_arguments(value, edited))):
            return self._written(value, edited)
        # What stands in another call's arguments is no call, whatever it looks like.
        return value if arguments and owner else self.rewritten(value, owner)

    def _rewritten_text(self, text: str, owner: ToolCall | None) -> str:
        """Rewrite a call that the model wrote as text, where the text is JSON as a whole."""
        held = _read(text)
        if not isinstance(held, dict | list):
            return text
        rewritten = self.rewritten(held, owner)
        return text if same_value(rewritten, held) else _as_text(rewritten)

    def _written(self, value: Any, owner: ToolCall) -> Any:
        """Return the new arguments of a call in the form in which a copy has the old ones."""
        old, new = owner["args"], self.new[str(owner["id"])]
        if value is None or (value == "" and old):
            return value
        if isinstance(value, dict):
            return deepcopy(dict(new))
        if not isinstance(value, str):
            raise _refused(owner, UNKNOWN_FORM)
        if value == "" or isinstance(_read(value), dict):
            return _as_text(new)
        if len(old) == 1 and value in old.values():
            return self._bare(owner)
        raise _refused(owner, IN_PIECES)

    def _bare(self, owner: ToolCall) -> str:
        """Return the one text that a call's only argument holds: some tools take nothing else."""
        new = self.new[str(owner["id"])]
        (text,) = new.values() if list(new) == list(owner["args"]) else (None,)
        if not isinstance(text, str):
            raise _refused(owner, UNKNOWN_FORM)
        return text

    def _owner(self, held: dict[Any, Any], around: ToolCall | None) -> ToolCall | None:
        """Return the call that a dict is a copy of: by its id, by what is around it, or by name."""
        named = [call for value in held.values() if (call := self._by_id(value))]
        if named:
            return named[0]
        function = held["function"] if isinstance(held.get("function"), dict) else held
        if _ARGUMENTS.isdisjoint(function):
            return around
        if _has_an_id(held):
            # Some libraries give each copy an id of its own. What the provider ran is no copy.
            ran = any(word in str(held.get("type")) for word in ("server", "mcp"))
            return _ANOTHERS if ran else self._by_name(function, known=False) or _ANOTHERS
        return self._by_name(function, known=True) if around is None else around

    def _by_id(self, value: Any) -> ToolCall | None:
        if not isinstance(value, str):
            return None
        return next((call for call in self.calls if call["id"] == value), None)

    def _by_name(self, held: dict[Any, Any], *, known: bool) -> ToolCall | None:
        """Return the call that a dict without the call's id is a copy of.

        Args:
            held: the dict, with a name and arguments.
            known: whether it can be nothing but one of these calls, so that the one call of its
                name is the one whatever the arguments are.
        """
        able = [call for call in self.calls if call["name"] == held.get("name")]
        if len(able) == 1 and known:
            return able[0]
        values = [held[key] for key in _ARGUMENTS if key in held]
        same = [call for call in able if any(_same_arguments(value, call) for value in values)]
        become = [self.new.get(str(call["id"]), call["args"]) for call in same]
        if any(not same_value(become[0], other) for other in become):
            raise _refused(same[0], ANYBODYS)
        return same[0] if same else _ANOTHERS if able else None

    def _edited(self, owner: ToolCall | None) -> ToolCall | None:
        return owner if owner and str(owner["id"]) in self.new else None

    def _first_edited(self) -> ToolCall:
        return next(call for call in self.calls if self._edited(call))

    def _refuse_if_it_names_a_call(self, held: Any) -> None:
        written = repr(held)
        for call in self.calls:
            if self._edited(call) and str(call["id"]) in written:
                raise _refused(call, UNKNOWN_FORM)


# It stands for a call that is not of this message, as one that the provider runs itself.
_ANOTHERS: ToolCall = {"name": "", "args": {}, "id": None}


def _refused(call: ToolCall, place: str) -> UneditableError:
    return UneditableError(REFUSED.format(name=call["name"], place=place))


def _has_an_id(held: dict[Any, Any]) -> bool:
    return any(held.get(key) and isinstance(held[key], str) for key in _IDS)


def _is_sealed(held: dict[Any, Any], owner: ToolCall) -> bool:
    """Tell whether a call's own block is signed, or encrypted, which other arguments break.

    A signature of the thoughts that led to the call, which stands apart, is no such seal.
    """
    sealed = any(bool(held[key]) and str(key).startswith(_SEALS) for key in held)
    return sealed and owner["id"] in held.values()


def _is_a_piece(held: dict[Any, Any]) -> bool:
    """Tell whether a dict is a piece of a streamed call, which has lost whose it is."""
    of_type = str(held.get("type"))
    streamed = any(word in of_type for word in ("tool", "call", "json"))
    pieces = any(isinstance(held.get(key), str) and held[key] for key in _ARGUMENTS)
    return pieces and streamed and not held.get("name")


def _same_arguments(value: Any, call: ToolCall) -> bool:
    held = _read(value) if isinstance(value, str) else value
    # As Python compares them, for 5 and 5.0 are one to a provider; as JSON, for the sake of NaN.
    return isinstance(held, dict) and (held == call["args"] or same_value(held, call["args"]))


def _read(text: str) -> Any:
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
