"""Who may ask, and who answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from fakegithub import rest_comments, rest_pulls, rest_repository, rest_reviews
from fakegithub.graphql_api import GraphQL
from fakegithub.http import Answer, RefusedError, Request, find
from fakegithub.schema import request_errors
from fakegithub.world import REPOSITORY_ID

if TYPE_CHECKING:
    from fakegithub.http import Route
    from fakegithub.model import Token
    from fakegithub.world import World

# They register their functions when they are imported.
HANDLERS = (rest_comments, rest_pulls, rest_repository, rest_reviews)


class Api:
    """Answers requests to one world.

    Args:
        world: The world.
        violations: Where to note requests that the description of the interface does not allow.
    """

    def __init__(self, world: World, violations: list[str]) -> None:
        self._world = world
        self._violations = violations
        self._graphql = GraphQL(world)

    def token(self, shown: str | None) -> Token | None:
        """Give the token of a header."""
        kind, _, value = (shown or "").partition(" ")
        return self._world.tokens.get(value.strip()) if kind.lower() in {"token", "bearer"} else None

    def answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        """Answer a request; the path is below the base of the interface."""
        try:
            token = self._admitted(headers)
            answer = self._world.rates.spent()
            if answer is None and path == "/graphql":
                answer = self._graphql.answer(token, body)
            elif answer is None:
                answer = self._rest(method, path, body, headers, token)
        except RefusedError as error:
            answer = error.answer
        return replace(answer, headers={**self._world.rates.headers, **answer.headers})

    def download(self, path: str, headers: dict[str, str]) -> Answer:
        """Give an archive to whoever has its address; nobody shows a token there."""
        if "authorization" in headers:
            self._violations.append(f"GET {path.partition('?')[0]}: a token was sent to the host of archives")
        query = dict(parse_qsl(urlsplit(path).query))
        commit = self._world.archives.get(query.get("token", ""))
        if commit is None:
            return Answer(404, text="404: Not Found", kind="text/plain; charset=utf-8")
        prefix = f"{self._world.slug.replace('/', '-')}-{commit[:7]}/"
        content = self._world.git.run("archive", "--format=tar.gz", f"--prefix={prefix}", commit)
        return Answer(200, content=content, kind="application/x-gzip")

    def _admitted(self, headers: dict[str, str]) -> Token:
        if not headers.get("user-agent"):
            raise RefusedError(403, "Request forbidden by administrative rules. Please send a User-Agent header.")
        if "authorization" not in headers:
            raise RefusedError(401, "Requires authentication")
        token = self.token(headers["authorization"])
        if token is None:
            raise RefusedError(401, "Bad credentials")
        return token

    def _rest(self, method: str, path: str, body: Any, headers: dict[str, str], token: Token) -> Answer:
        parts = urlsplit(path)
        by_id = f"/repositories/{REPOSITORY_ID}"
        where = parts.path
        if where == by_id or where.startswith(f"{by_id}/"):
            where = f"/repos/{self._world.slug}{where.removeprefix(by_id)}"
        found = find(method, where)
        if found is None or not self._visible(found[1], token):
            raise RefusedError(404, "Not Found")
        route, values = found
        refused = self._world.rates.too_fast(writes=method != "GET", graphql=False)
        if refused is not None:
            return refused
        if method != "GET":
            self._check_body(route, path, body)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(method, where, query, headers.get("accept", ""), body, token, self._world, values)
        return route.handler(request)

    def _visible(self, values: dict[str, str], token: Token) -> bool:
        if "owner" not in values:
            return True
        if f"{values['owner']}/{values['repo']}".lower() != self._world.slug.lower():
            return False
        return token.kind == "installation" or self._world.person(token.login).permission != "none"

    def _check_body(self, route: Route, path: str, body: Any) -> None:
        errors = request_errors(route, body)
        if errors:
            self._violations.extend(f"{route.method} {path}: {error}" for error in errors)
            raise RefusedError(422, "Invalid request.\n\n" + "\n".join(errors))
