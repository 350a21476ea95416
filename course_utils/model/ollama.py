"""Is Ollama there, and has it the model? Asked before a lesson starts, and by `hitl doctor`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    import ssl

PORT = 11434
SECONDS = 3.0


@cache
def certificates() -> ssl.SSLContext:
    """Read this machine's trusted certificates once, which takes each client 60 ms otherwise."""
    return httpx.create_ssl_context()


def ollama_address(host: str) -> str:
    """Complete what OLLAMA_HOST may hold into an address a client can call.

    Ollama itself takes `127.0.0.1`, `:8000` and `0.0.0.0:11434`; the last is where a server
    listens, and a client reaches it at 127.0.0.1.

    Args:
        host: an address, with or without scheme and port.

    Returns:
        `scheme://host:port`, and the path when there is one.
    """
    host = host.strip().rstrip("/") or "127.0.0.1"
    has_scheme = "://" in host
    parts = urlsplit(host if has_scheme else f"http://{host}")
    name = parts.hostname or "127.0.0.1"
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104  (nothing is bound)
    default = {"http": 80, "https": 443}.get(parts.scheme, PORT) if has_scheme else PORT
    port = parts.port or default
    return f"{parts.scheme}://{f'[{name}]' if ':' in name else name}:{port}{parts.path}"


def ollama_problem(host: str, model: str) -> str | None:
    """Say why this model cannot answer from Ollama.

    Args:
        host: what OLLAMA_HOST holds, in any form Ollama takes.
        model: the model's name without `ollama:`, such as `llama3.1:8b`.

    Returns:
        One message that says what to run, or None when all is well.
    """
    instead = "or unset HITL_MODEL to answer offline."
    try:
        address = ollama_address(host)
        reply = httpx.get(
            f"{address}/api/tags", timeout=SECONDS, trust_env=False, verify=certificates()
        )
        pulled = {entry["name"] for entry in reply.raise_for_status().json()["models"]}
    except httpx.TransportError:
        return f"Ollama does not answer at {address}. Start it with `ollama serve`, {instead}"
    except (httpx.HTTPStatusError, KeyError, TypeError, ValueError, httpx.InvalidURL):
        return f"OLLAMA_HOST={host!r} is not where Ollama answers. Correct OLLAMA_HOST, {instead}"
    if _full_name(model) in {_full_name(name) for name in pulled}:
        return None
    return (
        f"Ollama at {address} has no model {model!r}. Get it with `ollama pull {model}`, {instead}"
    )


def _full_name(model: str) -> str:
    return model if ":" in model.rsplit("/", 1)[-1] else f"{model}:latest"
