"""A provider's model that answers offline while the test of an exercise runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel

from course_utils.model.offline import OfflineChatModel
from course_utils.model.while_testing import is_testing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from langchain_core.outputs import ChatGenerationChunk, ChatResult


def offline_while_testing(model: BaseChatModel) -> BaseChatModel:
    """Have a model answer offline while a test runs, and as itself at all other times.

    Args:
        model: a provider's model; it is changed in place, and keeps its class's name.

    Returns:
        The same model.
    """
    kind = type(model)
    switched = type(kind.__name__, (_OfflineWhileTesting, kind), {"__module__": kind.__module__})
    object.__setattr__(model, "__class__", switched)
    return model


class _OfflineWhileTesting(BaseChatModel):
    """The four methods with which LangChain asks a model; tools are bound as the provider does."""

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        if is_testing():
            return OfflineChatModel()._generate(*args, **kwargs)
        return super()._generate(*args, **kwargs)  # type: ignore[safe-super]

    async def _agenerate(self, *args: Any, **kwargs: Any) -> ChatResult:
        if is_testing():
            return await OfflineChatModel()._agenerate(*args, **kwargs)
        return await super()._agenerate(*args, **kwargs)

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        if is_testing():
            return OfflineChatModel()._stream(*args, **kwargs)
        return super()._stream(*args, **kwargs)

    def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        if is_testing():
            return OfflineChatModel()._astream(*args, **kwargs)
        return super()._astream(*args, **kwargs)
