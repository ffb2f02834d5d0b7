"""REST: pull requests, their files, commits and comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fakegithub.http import Answer, RefusedError, not_found, route
from fakegithub.looks import base_url, issue, pull_request
from fakegithub.paging import bounds, links, paged
from fakegithub.users import node_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakegithub.diffs import FileDiff
    from fakegithub.http import Request
    from fakegithub.model import Pull
    from fakegithub.world import World

_REPO = "/repos/{owner}/{repo}"
_PULL = _REPO + "/pulls/{pull_number}"
_DIFFS = ("application/vnd.github.v3.diff", "application/vnd.github.diff")


def pull_of(request: Request, name: str = "pull_number") -> Pull:
    """Give the pull request of a path."""
    pull = request.world.pulls.get(request.number(name))
    if pull is None:
        raise not_found()
    return pull


@route("GET", _REPO + "/pulls")
def pulls(request: Request) -> Answer:
    """List the pull requests, those that are open and the newest first where nothing else is wanted."""
    request.need("read", "pull_requests")
    wanted = request.query.get("state", "open")
    found = [one for _, one in sorted(request.world.pulls.items()) if wanted in {"all", one.state}]
    if request.query.get("direction", "desc") == "desc":
        found.reverse()
    return paged(request, found, lambda one: pull_request(request.world, one))


@route("GET", _PULL)
def pull(request: Request) -> Answer:
    """Give a pull request, or its diff."""
    request.need("read", "pull_requests")
    found = pull_of(request)
    if any(kind in request.accept for kind in _DIFFS):
        return _diff(request, found)
    return Answer(200, pull_request(request.world, found))


def _diff(request: Request, found: Pull) -> Answer:
    files, limits = request.world.files(found), request.world.limits
    text = "".join(file.section for file in files)
    for name, count, most in (("files", len(files), limits.diff_files), ("lines", text.count("\n"), limits.diff_lines)):
        if count > most:
            message = (
                f"Sorry, the diff exceeded the maximum number of {name} ({most}). Consider using "
                "'List pull requests files' API or locally cloning the repository instead."
            )
            raise RefusedError(406, message, [{"resource": "PullRequest", "field": "diff", "code": "too_large"}])
    return Answer(200, text=text, kind="application/vnd.github.v3.diff; charset=utf-8")


@route("GET", _REPO + "/issues/{issue_number}")
def as_issue(request: Request) -> Answer:
    """Give a pull request as an issue."""
    request.need("read", "issues", "pull_requests")
    return Answer(200, issue(request.world, pull_of(request, "issue_number")))


@route("GET", _PULL + "/files")
def files(request: Request) -> Answer:
    """List the changed files."""
    request.need("read", "pull_requests")
    found = pull_of(request)
    world = request.world
    entries = diff_entries(world, world.files(found)[: world.limits.files], world.head(found))
    return paged(request, entries, dict)


@route("GET", _PULL + "/commits")
def commits(request: Request) -> Answer:
    """List the commits, at most 250."""
    request.need("read", "pull_requests")
    found = pull_of(request)
    return paged(request, request.world.commits(found)[:250], lambda sha: commit_json(request.world, sha))


def diff_entries(world: World, changed: Sequence[FileDiff], head: str) -> list[dict[str, Any]]:
    """Show changed files; large patches are left out, and after about a megabyte everything is."""
    limits, total = world.limits, 0
    entries = []
    for file in changed:
        size = len(file.patch.encode())
        large = file.patch.count("\n") + 1 > limits.patch_lines or size > limits.patch_bytes
        total += 0 if large else size
        spent = total > limits.patches_total
        entry: dict[str, Any] = {
            "sha": file.sha,
            "filename": file.path,
            "status": file.status,
            "additions": 0 if spent else file.additions,
            "deletions": 0 if spent else file.deletions,
            "changes": 0 if spent else file.additions + file.deletions,
            "blob_url": f"{world.web}/{world.slug}/blob/{head}/{quote(file.path, safe='')}",
            "raw_url": f"{world.web}/{world.slug}/raw/{head}/{quote(file.path, safe='')}",
            "contents_url": f"{base_url(world)}/contents/{quote(file.path, safe='')}?ref={head}",
        }
        if file.status in {"renamed", "copied"}:
            entry["previous_filename"] = file.old_path
        if file.patch and not large and not spent:
            entry["patch"] = file.patch
        entries.append(entry)
    return entries


@route("GET", _REPO + "/commits/{ref}")
def commit(request: Request) -> Answer:
    """Give a commit with its files."""
    _need_contents(request)
    world, ref = request.world, request.values["ref"]
    sha = world.git.commit_of(ref)
    if sha is None:
        raise RefusedError(422, f"No commit found for SHA: {ref}")
    if "application/vnd.github.sha" in request.accept:
        return Answer(200, text=sha, kind="application/vnd.github.sha; charset=utf-8")
    body = commit_json(world, sha)
    parents = world.git.commit(sha).parents
    changed = world.git.files(parents[0], sha) if parents else ()
    added, removed = sum(file.additions for file in changed), sum(file.deletions for file in changed)
    body["stats"] = {"total": added + removed, "additions": added, "deletions": removed}
    page, size = bounds(request, 300)
    shown = changed[(page - 1) * size : page * size]
    body["files"] = diff_entries(world, shown, sha)
    return Answer(200, body, links(request, page, size, len(changed)))


def commit_json(world: World, sha: str) -> dict[str, Any]:
    """Give a commit without its files; its people are nobody on GitHub."""
    info, url = world.git.commit(sha), f"{base_url(world)}/commits/{sha}"
    page = f"{world.web}/{world.slug}/commit"
    git = f"{base_url(world)}/git"

    def who(person: tuple[str, str, str]) -> dict[str, str]:
        return {"name": person[0], "email": person[1], "date": person[2]}

    verification = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
    return {
        "sha": sha,
        "node_id": node_id("C", int(sha[:8], 16)),
        "commit": {
            "author": who(info.author),
            "committer": who(info.committer),
            "message": info.message,
            "tree": {"sha": info.tree, "url": f"{git}/trees/{info.tree}"},
            "url": f"{git}/commits/{sha}",
            "comment_count": 0,
            "verification": verification,
        },
        "url": url,
        "html_url": f"{page}/{sha}",
        "comments_url": f"{url}/comments",
        "author": None,
        "committer": None,
        "parents": [
            {"sha": one, "url": f"{base_url(world)}/commits/{one}", "html_url": f"{page}/{one}"} for one in info.parents
        ],
    }


@route("GET", _REPO + "/compare/{basehead}")
def compare(request: Request) -> Answer:
    """Compare two commits by way of their merge base; files come on the first page only."""
    _need_contents(request)
    world = request.world
    names = request.values["basehead"].split("...")
    shas = [world.git.commit_of(name.rpartition(":")[2]) for name in names]
    if len(shas) != 2 or shas[0] is None or shas[1] is None:
        raise not_found()
    base, head = shas[0], shas[1]
    merge_base = world.git.merge_base(base, head)
    ahead, behind = world.git.commits(base, head), world.git.commits(head, base)
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind", (False, False): "identical"}
    page, size = bounds(request, 250)
    url = f"{base_url(world)}/compare/{quote('...'.join(names), safe='.:')}"
    web = f"{world.web}/{world.slug}/compare"
    changed = world.git.files(merge_base, head)[: world.limits.compare_files]
    body = {
        "url": url,
        "html_url": f"{web}/{'...'.join(names)}",
        "permalink_url": f"{web}/{base[:7]}...{head[:7]}",
        "diff_url": f"{web}/{'...'.join(names)}.diff",
        "patch_url": f"{web}/{'...'.join(names)}.patch",
        "base_commit": commit_json(world, base),
        "merge_base_commit": commit_json(world, merge_base),
        "status": status[bool(ahead), bool(behind)],
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit_json(world, sha) for sha in ahead[(page - 1) * size : page * size]],
    }
    if page == 1:
        body["files"] = diff_entries(world, changed, head)
    return Answer(200, body, links(request, page, size, len(ahead)))


def _need_contents(request: Request) -> None:
    if not request.has("read", "contents"):
        raise not_found()
