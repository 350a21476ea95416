"""The chat model of the lessons: offline by default, any other when HITL_MODEL asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.model.while_testing import is_testing
from course_utils.settings import settings
from course_utils.told_errors import ToldError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["OFFLINE", "ModelError", "chat_model", "model_problem"]

OFFLINE = "offline"
OLLAMA = "ollama:"


class ModelError(ToldError, RuntimeError):
    """The model that HITL_MODEL names cannot answer; the message says what to run."""


def chat_model() -> BaseChatModel:
    """Make the chat model that the settings ask for.

    `HITL_MODEL=offline`, the default, is rule-based and needs nothing. Any other value is a name
    `init_chat_model` of LangChain takes, such as `ollama:llama3.1:8b`; Ollama is looked for at
    `OLLAMA_HOST`. While the test of an exercise runs, every model answers offline.

    Returns:
        A chat model without tools; bind them with `bind_tools`.

    Raises:
        ModelError: if Ollama is down, the model is not pulled, or the provider is not known or not
            installed.
    """
    wanted = settings()
    if wanted.model == OFFLINE or is_testing():
        from course_utils.model.offline import OfflineChatModel  # noqa: PLC0415  (a light import)

        return OfflineChatModel()
    if wanted.model.startswith(OLLAMA):
        model = _ollama_model(wanted.model.removeprefix(OLLAMA), wanted.ollama_host)
    else:
        model = _named_model(wanted.model)
    from course_utils.model.provided import offline_while_testing  # noqa: PLC0415

    return offline_while_testing(model)


def model_problem() -> str:
    """Say why the model that the settings ask for cannot be made, and the fix; empty if it can.

    Whether it calls tools is not asked: `probe` does that.
    """
    if settings().model == OFFLINE:
        return ""
    try:
        chat_model()
    except Exception as error:  # whatever a provider's package raises is the line to show
        return str(error) or type(error).__name__
    return ""


def _ollama_model(name: str, host: str) -> BaseChatModel:
    from course_utils.model.ollama import (  # noqa: PLC0415
        certificates,
        ollama_address,
        ollama_problem,
    )

    problem = ollama_problem(host, name)
    if problem:
        raise ModelError(problem)
    # A proxy that the environment names is for other machines.
    options = {"verify": certificates(), "trust_env": False}
    return _named_model(OLLAMA + name, base_url=ollama_address(host), client_kwargs=options)


def _named_model(name: str, **options: Any) -> BaseChatModel:
    from langchain.chat_models import init_chat_model  # noqa: PLC0415

    try:
        model: BaseChatModel = init_chat_model(name, **options)
    except (ImportError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(
            f"HITL_MODEL={name!r} cannot be used: {reason} "
            "Write it as provider:model, for example ollama:llama3.1:8b. Install the provider's "
            "package and set its key, or unset HITL_MODEL to answer offline."
        ) from error
    return model
