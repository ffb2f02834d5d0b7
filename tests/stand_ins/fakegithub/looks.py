"""How pull requests, comments and reviews look in the REST interface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakegithub.users import node_id, repository, user

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakegithub.model import IssueComment, Pull, Reaction, Review, ReviewComment
    from fakegithub.world import World

CONTENTS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def base_url(world: World) -> str:
    """Give where the repository is in the interface."""
    return f"{world.api}/repos/{world.slug}"


def page_url(world: World, number: int) -> str:
    """Give where people read a pull request."""
    return f"{world.web}/{world.slug}/pull/{number}"


def _branch(world: World, slug: str, name: str, sha: str) -> dict[str, Any]:
    owner = slug.partition("/")[0]
    return {
        "label": f"{owner}:{name}",
        "ref": name,
        "sha": sha,
        "user": user(world, owner),
        "repo": repository(world, slug),
    }


def pull_request(world: World, pull: Pull) -> dict[str, Any]:
    """Give a pull request with all its counts."""
    url, page = f"{base_url(world)}/pulls/{pull.number}", page_url(world, pull.number)
    issue = f"{base_url(world)}/issues/{pull.number}"
    head, files = world.head(pull), world.files(pull)
    urls = {
        "self": url,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{base_url(world)}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{base_url(world)}/statuses/{head}",
    }
    inline = [c for c in world.review_comments.values() if c.pull == pull.number and not world.pending(c)]
    return {
        "url": url,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue,
        "number": pull.number,
        "state": pull.state,
        "locked": False,
        "title": pull.title,
        "user": user(world, pull.author),
        "body": pull.body,
        "created_at": pull.created,
        "updated_at": pull.updated,
        "closed_at": None,
        "merged_at": None,
        "merge_commit_sha": None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "labels": [],
        "milestone": None,
        "draft": pull.draft,
        "commits_url": urls["commits"],
        "review_comments_url": urls["review_comments"],
        "review_comment_url": urls["review_comment"],
        "comments_url": urls["comments"],
        "statuses_url": urls["statuses"],
        "head": _branch(world, pull.fork or world.slug, pull.head, head),
        "base": _branch(world, world.slug, pull.base, world.base_oid(pull)),
        "_links": {name: {"href": link} for name, link in urls.items()},
        "author_association": world.person(pull.author).association,
        "auto_merge": None,
        "active_lock_reason": None,
        "merged": False,
        "mergeable": pull.mergeable,
        "rebaseable": pull.mergeable,
        "mergeable_state": {True: "clean", False: "dirty", None: "unknown"}[pull.mergeable],
        "merged_by": None,
        "comments": sum(comment.pull == pull.number for comment in world.comments.values()),
        "review_comments": len(inline),
        "maintainer_can_modify": pull.maintainer_can_modify,
        "commits": len(world.commits(pull)),
        "additions": sum(file.additions for file in files),
        "deletions": sum(file.deletions for file in files),
        "changed_files": len(files),
    }


def issue(world: World, pull: Pull) -> dict[str, Any]:
    """Give a pull request as the issue it is, too."""
    url, page = f"{base_url(world)}/issues/{pull.number}", page_url(world, pull.number)
    pulls = f"{base_url(world)}/pulls/{pull.number}"
    return {
        "url": url,
        "repository_url": base_url(world),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": page,
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        "number": pull.number,
        "title": pull.title,
        "user": user(world, pull.author),
        "labels": [],
        "state": pull.state,
        "state_reason": None,
        "locked": False,
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "comments": sum(comment.pull == pull.number for comment in world.comments.values()),
        "created_at": pull.created,
        "updated_at": pull.updated,
        "closed_at": None,
        "closed_by": None,
        "author_association": world.person(pull.author).association,
        "active_lock_reason": None,
        "draft": pull.draft,
        "pull_request": {
            "url": pulls,
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": None,
        },
        "body": pull.body,
        "reactions": rollup(url, []),
        "timeline_url": f"{url}/timeline",
        "performed_via_github_app": None,
    }


def rollup(url: str, reactions: Sequence[Reaction]) -> dict[str, Any]:
    """Count the reactions to something."""
    counts = {content: sum(one.content == content for one in reactions) for content in CONTENTS}
    return {"url": f"{url}/reactions", "total_count": len(reactions), **counts}


def reaction(world: World, one: Reaction) -> dict[str, Any]:
    """Give one reaction."""
    return {
        "id": one.id,
        "node_id": node_id("REA", one.id),
        "user": user(world, one.login),
        "content": one.content,
        "created_at": one.created,
    }


def issue_comment(world: World, comment: IssueComment) -> dict[str, Any]:
    """Give a comment of the conversation."""
    url = f"{base_url(world)}/issues/comments/{comment.id}"
    return {
        "url": url,
        "html_url": f"{page_url(world, comment.pull)}#issuecomment-{comment.id}",
        "issue_url": f"{base_url(world)}/issues/{comment.pull}",
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "user": user(world, comment.login),
        "created_at": comment.created,
        "updated_at": comment.updated,
        "author_association": world.person(comment.login).association,
        "body": comment.body,
        "reactions": rollup(url, comment.reactions),
        "performed_via_github_app": None,
    }


def review(world: World, one: Review) -> dict[str, Any]:
    """Give a review; one that waits has no time of submission."""
    page = f"{page_url(world, one.pull)}#pullrequestreview-{one.id}"
    url = f"{base_url(world)}/pulls/{one.pull}"
    result = {
        "id": one.id,
        "node_id": node_id("PRR", one.id),
        "user": user(world, one.login),
        "body": one.body,
        "state": one.state,
        "html_url": page,
        "pull_request_url": url,
        "author_association": world.person(one.login).association,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "commit_id": one.commit,
    }
    return {**result, "submitted_at": one.submitted} if one.submitted else result


def review_comment(world: World, comment: ReviewComment) -> dict[str, Any]:
    """Give a comment of a thread, as it stands in the present diff."""
    thread = world.threads[comment.thread]
    now = world.placement(thread)
    url = f"{base_url(world)}/pulls/comments/{comment.id}"
    pull_url = f"{base_url(world)}/pulls/{comment.pull}"
    page = f"{page_url(world, comment.pull)}#discussion_r{comment.id}"
    result = {
        "url": url,
        "pull_request_review_id": comment.review,
        "id": comment.id,
        "node_id": node_id("PRRC", comment.id),
        "diff_hunk": thread.hunk,
        "path": thread.path,
        "commit_id": thread.commit if now.outdated else world.head(world.pulls[comment.pull]),
        "original_commit_id": thread.commit,
        "user": user(world, comment.login),
        "body": comment.body,
        "created_at": comment.created,
        "updated_at": comment.updated,
        "html_url": page,
        "pull_request_url": pull_url,
        "author_association": world.person(comment.login).association,
        "_links": {"self": {"href": url}, "html": {"href": page}, "pull_request": {"href": pull_url}},
        "reactions": rollup(url, comment.reactions),
        "start_line": now.start_line,
        "original_start_line": thread.start_line,
        "start_side": thread.start_side,
        "line": now.line,
        "original_line": thread.line,
        "side": thread.side,
        "original_position": thread.position,
        "position": now.position,
        "subject_type": thread.subject,
    }
    return result if comment.in_reply_to is None else {**result, "in_reply_to_id": comment.in_reply_to}
