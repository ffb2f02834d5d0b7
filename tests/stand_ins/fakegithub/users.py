"""How people, bots and the repository look in the REST interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fakegithub.world import REPOSITORY_ID

if TYPE_CHECKING:
    from fakegithub.model import Person
    from fakegithub.world import World

_USER_PATHS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_PATHS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_COUNTS = ("forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers")
_SWITCHES = {
    "private": True,
    "has_issues": True,
    "has_projects": True,
    "has_downloads": True,
    "has_wiki": True,
    "has_pages": False,
    "has_discussions": False,
    "archived": False,
    "disabled": False,
    "allow_forking": True,
    "is_template": False,
    "web_commit_signoff_required": False,
}
_SINCE = "2026-01-01T00:00:00Z"


def node_id(prefix: str, number: int) -> str:
    """Give the id that GraphQL knows something by."""
    return f"{prefix}_kwDOADYVqs{number}"


def user(world: World, login: str) -> dict[str, Any]:
    """Give a person or bot."""
    person = world.person(login)
    bot = person.type == "Bot"
    url = f"{world.api}/users/{quote(login)}"
    page = f"{world.web}/apps/{login.removesuffix('[bot]')}" if bot else f"{world.web}/{login}"
    return {
        "login": login,
        "id": person.id,
        "node_id": node_id("BOT" if bot else "U", person.id),
        "avatar_url": f"{world.web}/avatars/u/{person.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": page,
        **{name: url + path for name, path in _USER_PATHS.items()},
        "type": person.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def public_user(world: World, person: Person) -> dict[str, Any]:
    """Give what ``/user`` says of a person."""
    empty = dict.fromkeys(("company", "location", "email", "hireable", "bio", "twitter_username"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    times = {"created_at": _SINCE, "updated_at": _SINCE}
    return {**user(world, person.login), "name": person.login.title(), "blog": "", **empty, **counts, **times}


def collaborator(world: World, person: Person) -> dict[str, Any]:
    """Give what is said of somebody's permission."""
    coarse = {"maintain": "write", "triage": "read"}.get(person.permission, person.permission)
    order = ("pull", "triage", "push", "maintain", "admin")
    rank = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}[person.permission]
    permissions = {name: number < rank for number, name in enumerate(order)}
    who = {**user(world, person.login), "permissions": permissions, "role_name": person.permission}
    return {"permission": coarse, "user": who, "role_name": person.permission}


def repository(world: World, slug: str | None = None, *, full: bool = False) -> dict[str, Any]:
    """Give the repository, or a fork of it."""
    slug = slug or world.slug
    fork = slug != world.slug
    owner, name = slug.split("/")
    url, page = f"{world.api}/repos/{slug}", f"{world.web}/{slug}"
    number = REPOSITORY_ID + (1 if fork else 0)
    result: dict[str, Any] = {
        "id": number,
        "node_id": node_id("R", number),
        "name": name,
        "full_name": slug,
        "owner": user(world, owner),
        "html_url": page,
        "description": None,
        "fork": fork,
        "url": url,
        **{key: url + path for key, path in _REPOSITORY_PATHS.items()},
        "git_url": page.replace("http:", "git:") + ".git",
        "ssh_url": f"git@localhost:{slug}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "homepage": None,
        "language": "Python",
        "license": None,
        "mirror_url": None,
        "topics": [],
        "visibility": "private",
        "default_branch": world.default_branch,
        "created_at": _SINCE,
        "updated_at": _SINCE,
        "pushed_at": _SINCE,
        **_SWITCHES,
        **dict.fromkeys((*_COUNTS, "watchers_count"), 0),
    }
    if full:
        result |= {"network_count": 0, "subscribers_count": 0}
    return result
