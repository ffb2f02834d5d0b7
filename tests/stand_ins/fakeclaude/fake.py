"""The whole of it: a server, a script, a cache, a journal."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from fakeclaude.answer import ScriptError, check_answer, message_of
from fakeclaude.cache import Cache
from fakeclaude.checks import check_body, check_headers
from fakeclaude.faults import INSTEAD, MIDDLE, TEXT, Fault, Faults
from fakeclaude.journal import MESSAGES, Exchange, Journal, without_secrets
from fakeclaude.models import MODELS, Model
from fakeclaude.play import Player
from fakeclaude.prompt import prompt_of
from fakeclaude.refusals import RefusedError, invalid
from fakeclaude.server import TOO_LARGE, Wire, served
from fakeclaude.words import ask_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from fakeclaude.words import Ask, Say, Script

KEY = "sk-ant-test-of-the-stand-in-for-claude"
COUNT = f"{MESSAGES}/count_tokens"
MODELS_PATH = "/v1/models"


class FakeClaude:
    """Claude's Messages API on this machine.

    Args:
        script: Gives the answers; called in the threads of the server.
        key: The one valid key.
        port: Where to listen; 0 for any free one.
        context_window: Of every model, in tokens; by default each has its own.
        minimum_cached: How many tokens a prefix must have to be cached.
    """

    def __init__(
        self,
        script: Script,
        *,
        key: str = KEY,
        port: int = 0,
        context_window: int | None = None,
        minimum_cached: int = 1024,
    ) -> None:
        self.journal = Journal()
        self.faults = Faults()
        self.cache = Cache(minimum_cached)
        self.key = key
        self.listeners: list[Callable[[Exchange], object]] = []
        self.mistakes: list[str] = []
        self._script = script
        self._context_window = context_window
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._start = time.monotonic()
        self._server = served(self._serve, port)

    @property
    def url(self) -> str:
        """What stands for the address of the real one."""
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if kind is None and self.mistakes:
            raise AssertionError(f"the script of the fake is wrong: {self.mistakes[0]}")

    def close(self) -> None:
        """End it; what hangs is let go."""
        self._ending.set()
        self._server.close()

    def _serve(self, method: str, path: str, headers: dict[str, str], body: Any, way: Wire) -> None:
        with self._lock:
            number = len(self.journal) + 1
            shown = None if body is TOO_LARGE else body
            ask = ask_of(number, path, shown)
            now = time.monotonic() - self._start
            exchange = Exchange(number, method, path, without_secrets(headers), shown, ask, now)
            self.journal.exchanges.append(exchange)
        request_id = f"req_{number:06}"
        player = Player(way, {"request-id": request_id}, self._ending, partial(self._done, exchange))
        try:
            check_headers(headers, self.key)
            self._route(exchange, player, fits=body is not TOO_LARGE)
        except RefusedError as refusal:
            exchange.error = f"{refusal.kind}: {refusal.message}"
            exchange.status = refusal.status
            self._done(exchange)
            way.json(refusal.status, refusal.body(request_id), {"request-id": request_id, **refusal.headers})
        except OSError:
            exchange.gone = True
            self._done(exchange)
            raise

    def _done(self, exchange: Exchange) -> None:
        """Close an exchange, once."""
        if exchange.ended is None:
            exchange.ended = time.monotonic() - self._start
            for listener in self.listeners:
                listener(exchange)

    def _route(self, exchange: Exchange, player: Player, *, fits: bool) -> None:
        if not fits:
            raise RefusedError(413, "Request exceeds the maximum size")
        call = exchange.method, exchange.path
        if call == ("POST", MESSAGES):
            self._message(exchange, player)
        elif call == ("POST", COUNT):
            check_body(exchange.ask, counting=True)
            if not self._hit(exchange, player):
                self._tell(exchange, player, {"input_tokens": prompt_of(exchange.ask).total})
        elif call == ("GET", MODELS_PATH):
            found = [_shown(model) for model in MODELS.values()]
            self._tell(exchange, player, {"data": found, "has_more": False, "first_id": None, "last_id": None})
        elif exchange.method == "GET" and exchange.path.startswith(f"{MODELS_PATH}/"):
            name = exchange.path.removeprefix(f"{MODELS_PATH}/")
            if name not in MODELS:
                raise RefusedError(404, f"model: {name}")
            self._tell(exchange, player, _shown(MODELS[name]))
        else:
            raise RefusedError(404, "Not found")

    def _tell(self, exchange: Exchange, player: Player, body: Any) -> None:
        exchange.status = 200
        self._done(exchange)
        player.way.json(200, body, player.headers)

    def _hit(self, exchange: Exchange, player: Player) -> Fault | None:
        """Let happen what happens instead of an answer; give what happens to the answer itself."""
        fault = self.faults.begin(exchange.ask)
        if fault is None:
            return None
        exchange.fault = fault.kind
        if fault.kind in {"429", "500", "529", "status"}:
            raise fault.error()
        if fault.kind in INSTEAD:
            exchange.status = {"502-html": 502, "html-200": 200}.get(fault.kind, 0)
            player.instead(fault)
        return fault

    def _message(self, exchange: Exchange, player: Player) -> None:
        ask = exchange.ask
        model = check_body(ask)
        prompt = prompt_of(ask)
        context = self._context_window or model.context
        if prompt.total > context:
            raise invalid(f"prompt is too long: {prompt.total} tokens > {context} maximum")
        fault = self._hit(exchange, player)
        if fault is not None and fault.kind in INSTEAD:
            return
        if fault is not None and fault.kind == "error-event" and not ask.stream:
            raise fault.error()
        # What is in the cache when a request comes is what it can read, however long its answer takes to begin.
        bill = self.cache.bill(prompt)
        say = self._said(ask)
        if fault is not None and fault.kind in TEXT:
            say = fault.spoil(ask, say)
        message = message_of(ask, say, model, bill, context)
        self._ending.wait(say.delay)
        self.cache.write(prompt)
        exchange.answered = time.monotonic() - self._start
        exchange.status = 200
        exchange.usage = message.usage()
        exchange.covered = bill.covered
        exchange.stop_reason = message.stop_reason
        exchange.calls = tuple(block["name"] for block in message.content if block["type"] == "tool_use")
        play = player.stream if ask.stream else player.whole
        play(message, fault if fault and fault.kind in MIDDLE else None, say.spread)

    def _said(self, ask: Ask) -> Say:
        """Ask the script; its mistakes are heard at the end, and nobody tries such a request again."""
        try:
            say = self._script(ask)
            check_answer(ask, say)
        except Exception as error:
            what = str(error) if isinstance(error, ScriptError) else repr(error)
            self.mistakes.append(f"{what} (request {ask.number})")
            raise invalid(f"the script of the fake is wrong: {what}") from error
        return say


def _shown(model: Model) -> dict[str, Any]:
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.id.replace("-", " ").title(),
        "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "active",
        "line": model.id.split("-")[1],
        "max_input_tokens": model.context,
        "max_tokens": model.output,
    }
