"""REST: limits, the user, the repository, permissions, git objects."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fakegithub.http import INTEGRATION, Answer, RefusedError, not_found, route
from fakegithub.looks import base_url
from fakegithub.users import collaborator, node_id, public_user, repository

if TYPE_CHECKING:
    from fakegithub.git import Entry
    from fakegithub.http import Request
    from fakegithub.world import World

_REPO = "/repos/{owner}/{repo}"


@route("GET", "/rate_limit")
def rate_limit(request: Request) -> Answer:
    """Give what is left."""
    headers = request.world.rates.headers
    one = {name: int(headers[f"x-ratelimit-{name}"]) for name in ("limit", "used", "remaining", "reset")}
    return Answer(200, {"resources": {"core": one, "search": one, "graphql": one}, "rate": one})


@route("GET", "/user")
def user(request: Request) -> Answer:
    """Say who it is; the token of Actions is nobody."""
    if request.token.kind == "installation":
        raise RefusedError(403, INTEGRATION)
    return Answer(200, public_user(request.world, request.world.person(request.token.login)))


@route("GET", _REPO)
def repo(request: Request) -> Answer:
    """Give the repository, and what the token may do with it."""
    level = request.world.level(request.token, "contents")
    may = {"admin": False, "maintain": False, "push": level == "write", "triage": level == "write", "pull": True}
    return Answer(200, {**repository(request.world, full=True), "permissions": may})


@route("GET", _REPO + "/collaborators/{username}/permission")
def permission(request: Request) -> Answer:
    """Say what somebody may do; a bot is nobody."""
    login = request.values["username"]
    if request.token.kind == "user" and request.world.level(request.token, "contents") != "write":
        raise RefusedError(403, "Must have push access to view collaborator permission.")
    known = {name.lower(): person for name, person in request.world.people.items()}
    person = known.get(login.lower())
    if person is None or person.type != "User":
        raise RefusedError(404, f"{login} is not a user")
    return Answer(200, collaborator(request.world, person))


def _wrapped(content: bytes) -> str:
    text = base64.b64encode(content).decode()
    return "".join(text[at : at + 60] + "\n" for at in range(0, len(text), 60))


def _need_contents(request: Request) -> None:
    if not request.has("read", "contents"):
        raise not_found()


@route("GET", _REPO + "/git/blobs/{file_sha}")
def blob(request: Request) -> Answer:
    """Give a file by its object id."""
    _need_contents(request)
    world, sha = request.world, request.values["file_sha"]
    if len(sha) != 40:
        raise RefusedError(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
    found = world.git.read(sha)
    if found is None or found[1] != "blob":
        raise not_found()
    url = f"{base_url(world)}/git/blobs/{sha}"
    about = {"sha": sha, "node_id": node_id("B", int(sha[:8], 16)), "size": len(found[2]), "url": url}
    return Answer(200, {**about, "content": _wrapped(found[2]), "encoding": "base64"})


@route("GET", _REPO + "/tarball/{ref}")
def tarball(request: Request) -> Answer:
    """Say where an archive of a commit is: on another host, whose address is the permission."""
    _need_contents(request)
    world = request.world
    commit = world.git.commit_of(request.values["ref"])
    if commit is None:
        raise not_found()
    key = secrets.token_hex(16)
    world.archives[key] = commit
    return Answer(
        302, headers={"location": f"{world.codeload}/{world.slug}/legacy.tar.gz/{commit}?token={key}"}, text=""
    )


@route("GET", _REPO + "/git/trees/{tree_sha}")
def tree(request: Request) -> Answer:
    """Give a tree by its id, or that of a commit, or the name of a branch."""
    _need_contents(request)
    world, name = request.world, request.values["tree_sha"]
    found = world.git.read(f"{world.git.commit_of(name) or name}^{{tree}}")
    if found is None:
        raise not_found()
    entries = world.git.tree(found[0], recursive="recursive" in request.query)
    shown = entries[: world.limits.tree_entries]
    body = {"sha": found[0], "url": f"{base_url(world)}/git/trees/{found[0]}"}
    return Answer(
        200, {**body, "tree": [_entry(world, entry) for entry in shown], "truncated": len(shown) < len(entries)}
    )


def _entry(world: World, entry: Entry) -> dict[str, Any]:
    result: dict[str, Any] = {"path": entry.path, "mode": entry.mode, "type": entry.type, "sha": entry.sha}
    if entry.size is not None:
        result["size"] = entry.size
    if entry.type != "commit":
        result["url"] = f"{base_url(world)}/git/{entry.type}s/{entry.sha}"
    return result


@route("GET", _REPO + "/contents/{path}")
def contents(request: Request) -> Answer:
    """Give a file, or list a folder, at a commit."""
    _need_contents(request)
    world, path = request.world, request.values["path"].strip("/")
    ref = request.query.get("ref", world.default_branch)
    commit = world.git.commit_of(ref)
    if commit is None:
        raise RefusedError(404, f"No commit found for the ref {ref}")
    root = world.git.tree(commit, recursive=True)
    entry = next((entry for entry in root if entry.path == path), None)
    if entry is not None and entry.type != "tree":
        return Answer(200, _content(world, entry, ref, whole=True))
    inside = [e for e in root if (e.path.rpartition("/")[0] == path)]
    if entry is None and path:
        raise not_found()
    return Answer(200, [_content(world, e, ref, whole=False) for e in inside])


def _content(world: World, entry: Entry, ref: str, *, whole: bool) -> dict[str, Any]:
    path = quote(entry.path)
    url = f"{base_url(world)}/contents/{path}?ref={quote(ref, safe='')}"
    kind = {"tree": "dir", "commit": "submodule"}.get(entry.type, "symlink" if entry.mode == "120000" else "file")
    page = f"{world.web}/{world.slug}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{path}"
    git_url = None if kind == "submodule" else f"{base_url(world)}/git/{entry.type}s/{entry.sha}"
    raw = f"{world.web}/{world.slug}/raw/{ref}/{path}" if kind in {"file", "symlink"} else None
    result: dict[str, Any] = {
        "name": entry.path.rpartition("/")[2],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": raw,
        "type": kind,
        "_links": {"self": url, "git": git_url, "html": page},
    }
    if not whole:
        # A listing calls a submodule a file.
        return {**result, "type": "file"} if kind == "submodule" else result
    if kind == "submodule":
        return {**result, "submodule_git_url": f"{world.web}/{world.slug}-module.git"}
    content = (world.git.read(entry.sha) or ("", "", b""))[2]
    if kind == "symlink":
        return {**result, "target": content.decode(errors="replace")}
    large = len(content) > world.limits.contents_bytes
    return {**result, "content": "" if large else _wrapped(content), "encoding": "none" if large else "base64"}
