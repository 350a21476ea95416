"""A loopback server that speaks Ollama's protocol, for the real ChatOllama to talk to."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Brain = Callable[[list[dict[str, Any]], list[dict[str, Any]]], "Answer"]


@dataclass
class Answer:
    """What the brain says to a chat request.

    Attributes:
        content: the reply, streamed word by word.
        calls: tool calls, as (name, arguments).
        status: an HTTP status other than 200 answers with `error` at once.
        error: with status 200, an error line in the middle of the stream.
    """

    content: str = ""
    calls: Sequence[tuple[str, dict[str, Any]]] = ()
    status: int = 200
    error: str = ""


def echo(messages: list[dict[str, Any]], _tools: list[dict[str, Any]]) -> Answer:
    """Say what was said."""
    return Answer(content=f"You said: {messages[-1]['content']}")


@dataclass
class Request:
    """One request as the server saw it."""

    method: str
    path: str
    body: dict[str, Any]


@dataclass
class OllamaServer:
    """An Ollama server on a free port of 127.0.0.1, while the `with` lasts.

    Attributes:
        brain: given the messages and the tools of a request, answers it.
        models: the models that are pulled.
        requests: what was asked so far.
    """

    brain: Brain = echo
    models: Sequence[str] = ("llama3.1:8b",)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        ollama = self

        class Handler(_Handler):
            server_of = ollama

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> OllamaServer:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def chats(self) -> list[dict[str, Any]]:
        """List the bodies of the chat requests."""
        return [request.body for request in self.requests if request.path == "/api/chat"]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: OllamaServer

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base's signature)
        """Keep the tests' output quiet."""

    def do_GET(self) -> None:
        self._record({})
        models = [{"name": name, "model": name} for name in self.server_of.models]
        known = {"/api/tags": {"models": models}, "/api/version": {"version": "0.0.0-test"}}
        self._send_json(
            known.get(self.path, {"error": "not found"}), 200 if self.path in known else 404
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._record(body)
        if body.get("model") not in self.server_of.models:
            return self._send_json({"error": f"model '{body.get('model')}' not found"}, 404)
        if self.path == "/api/show":
            return self._send_json({"capabilities": ["completion", "tools"]})
        if self.path != "/api/chat":
            return self._send_json({"error": "not found"}, 404)
        return self._chat(body)

    def _record(self, body: dict[str, Any]) -> None:
        self.server_of.requests.append(Request(self.command, self.path, body))

    def _chat(self, body: dict[str, Any]) -> None:
        answer = self.server_of.brain(body["messages"], body.get("tools") or [])
        if answer.status != 200:
            return self._send_json({"error": answer.error}, answer.status)
        lines = list(_lines(body["model"], answer))
        if body.get("stream") is False:
            whole = {"role": "assistant", "content": answer.content, "tool_calls": _calls(answer)}
            return self._send_json({**lines[-1], "message": whole})
        return self._send_lines(lines)

    def _send_json(self, held: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(held).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send_lines(self, lines: list[dict[str, Any]]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in lines:
            data = json.dumps(line).encode() + b"\n"
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")


def _calls(answer: Answer) -> list[dict[str, Any]]:
    return [{"function": {"name": name, "arguments": args}} for name, args in answer.calls]


def _lines(model: str, answer: Answer) -> Iterator[dict[str, Any]]:
    """The stream of a chat: tool calls, words, then a line that is done and counts tokens."""
    base = {"model": model, "created_at": "2026-01-01T00:00:00Z", "done": False}
    if answer.calls:
        message = {"role": "assistant", "content": "", "tool_calls": _calls(answer)}
        yield {**base, "message": message}
    for place, word in enumerate(answer.content.split()):
        yield {**base, "message": {"role": "assistant", "content": f"{' ' if place else ''}{word}"}}
    if answer.error:
        yield {"error": answer.error}
        return
    counts = {"prompt_eval_count": 10, "eval_count": 5}
    last = {"role": "assistant", "content": ""}
    yield {**base, "message": last, "done": True, "done_reason": "stop", **counts}
