"""The fake's GraphQL is as strict as GitHub's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fakegithub.stage import BOT, Client, Stage, lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THREADS = """
reviewThreads(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes {
  id isResolved isOutdated isCollapsed viewerCanResolve viewerCanUnresolve path line startLine originalLine diffSide
  subjectType resolvedBy { login }
  comments(first: 20) { totalCount nodes {
    id databaseId fullDatabaseId body url viewerDidAuthor outdated isMinimized lastEditedAt
    author { __typename login } replyTo { databaseId } pullRequestReview { databaseId }
    commit { oid } originalCommit { oid }
  } }
} }
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


def wrapped(fields: str) -> str:
    return f'{{ repository(owner: "acme", name: "app") {{ pullRequest(number: 1) {{ {fields} }} }} }}'


def pull(client: Client, fields: str) -> dict[str, Any]:
    found: dict[str, Any] = client.data(wrapped(fields))["repository"]["pullRequest"]
    return found


def test_a_pull_request(stage: Stage) -> None:
    found = pull(
        stage.bot,
        "id number title body state isDraft isCrossRepository changedFiles author { login __typename } baseRefName "
        "baseRefOid baseRef { name target { oid } } headRefName headRefOid headRef { name } mergeable url "
        "headRepository { nameWithOwner } maintainerCanModify files(first: 10) { nodes { path changeType } }",
    )
    assert found["author"] == {"login": "ada", "__typename": "User"}
    assert (found["title"], found["body"], found["state"], found["changedFiles"]) == ("Change", "Why", "OPEN", 4)
    assert (found["headRefOid"], found["baseRefOid"]) == (stage.head, stage.base)
    assert found["url"] == f"{stage.fake.server_url}/acme/app/pull/1"
    changes = {one["path"]: one["changeType"] for one in found["files"]["nodes"]}
    assert changes == {"app.py": "MODIFIED", "bin.dat": "MODIFIED", "new/file.py": "ADDED", "old.py": "DELETED"}


def test_the_base_lags_behind_its_branch_and_the_branch_may_go(stage: Stage) -> None:
    stage.repo.git("checkout", "-q", "main")
    tip = stage.repo.commit({"else.py": "x\n"})
    fields = "baseRefOid baseRef { target { oid } }"
    assert pull(stage.bot, fields) == {"baseRefOid": stage.base, "baseRef": {"target": {"oid": tip}}}
    stage.fake.pull(1).base_oid = tip
    assert pull(stage.bot, fields)["baseRefOid"] == tip
    stage.repo.git("checkout", "-q", "feature")
    stage.repo.git("branch", "-q", "-D", "main")
    assert pull(stage.bot, fields) == {"baseRefOid": tip, "baseRef": None}


def test_two_names_of_a_bot(stage: Stage) -> None:
    stage.comment()
    found = pull(stage.bot, "comments(first: 1) { nodes { author { login __typename } viewerDidAuthor } }")
    node = {"author": {"login": "github-actions", "__typename": "Bot"}, "viewerDidAuthor": True}
    assert found["comments"]["nodes"] == [node]
    assert stage.bot.data("{ viewer { login } }") == {"viewer": {"login": BOT}}
    other = pull(stage.person("eve"), "comments(first: 1) { nodes { viewerDidAuthor } }")
    assert other["comments"]["nodes"] == [{"viewerDidAuthor": False}]


def test_threads(stage: Stage) -> None:
    root = stage.inline(13, start_line=12, start_side="RIGHT")
    stage.inline(41)
    answer = stage.fake.reply(1, root, "ada", "no")
    stage.repo.commit({"app.py": "first\n" + lines({10: "changed 10\nadded 11\n", 50: ""})})
    first, second = pull(stage.bot, THREADS)["reviewThreads"]["nodes"]
    assert (first["line"], first["startLine"], first["originalLine"], first["isOutdated"]) == (14, 13, 13, False)
    assert (second["line"], second["originalLine"], second["isOutdated"], second["isCollapsed"]) == (
        None,
        41,
        True,
        True,
    )
    comments = first["comments"]["nodes"]
    assert [one["databaseId"] for one in comments] == [root, answer]
    assert comments[0]["fullDatabaseId"] == str(root)
    assert (comments[0]["replyTo"], comments[1]["replyTo"]) == (None, {"databaseId": root})
    assert comments[0]["originalCommit"]["oid"] == stage.head != comments[0]["commit"]["oid"]
    assert [one["outdated"] for one in second["comments"]["nodes"]] == [True]
    assert first["viewerCanResolve"] is False


def test_edits_are_seen(stage: Stage) -> None:
    number = stage.comment()
    fields = "comments(first: 1) { nodes { lastEditedAt includesCreatedEdit updatedAt createdAt } }"
    before = pull(stage.bot, fields)["comments"]["nodes"][0]
    assert (before["lastEditedAt"], before["includesCreatedEdit"]) == (None, False)
    stage.fake.edit_comment(number, "other")
    after = pull(stage.bot, fields)["comments"]["nodes"][0]
    assert after["includesCreatedEdit"] is True
    assert after["lastEditedAt"] == after["updatedAt"] > after["createdAt"]


RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"


def test_resolving_needs_the_right_to_write(stage: Stage) -> None:
    stage.inline()
    thread = pull(stage.bot, THREADS)["reviewThreads"]["nodes"][0]
    refused = stage.bot.query(RESOLVE, id=thread["id"])
    error = refused["errors"][0]
    assert refused["data"] == {"resolveReviewThread": None}
    assert (error["type"], error["path"]) == ("FORBIDDEN", ["resolveReviewThread"])
    assert error["message"] == "Resource not accessible by integration"
    assert stage.fake.threads(1)[0].resolved is False
    strong = stage.client(BOT, contents="write", pull_requests="write")
    assert pull(strong, THREADS)["reviewThreads"]["nodes"][0]["viewerCanResolve"] is True
    assert strong.data(RESOLVE, id=thread["id"])["resolveReviewThread"] == {"thread": {"isResolved": True}}
    now = pull(strong, THREADS)["reviewThreads"]["nodes"][0]
    assert (now["viewerCanResolve"], now["viewerCanUnresolve"], now["isCollapsed"]) == (False, True, True)
    assert now["resolvedBy"] == {"login": "github-actions"}
    assert stage.fake.threads(1)[0].resolved_by == BOT
    strong.data(RESOLVE.replace("resolveR", "unresolveR"), id=thread["id"])
    assert stage.fake.threads(1)[0].resolved is False


def test_who_else_may_resolve(stage: Stage) -> None:
    stage.inline()
    thread = stage.fake.threads(1)[0].node_id
    stage.fake.person("ada", permission="read")
    assert "errors" in stage.person("eve", "read").query(RESOLVE, id=thread)
    assert "errors" not in stage.client("ada", kind="user").query(RESOLVE, id=thread)
    assert stage.fake.threads(1)[0].resolved_by == "ada"
    assert stage.bot.query(RESOLVE, id="PRRT_unknown")["errors"][0]["type"] == "NOT_FOUND"


def test_pending_reviews_are_seen_by_their_author(stage: Stage) -> None:
    stage.fake.pending_review(1, BOT, comments=[{"path": "app.py", "line": 10, "body": "waits"}])
    fields = (
        f"reviews(first: 9, states: [PENDING]) {{ nodes {{ state comments(first: 5) {{ totalCount }} }} }} {THREADS}"
    )
    mine, theirs = pull(stage.bot, fields), pull(stage.person("eve"), fields)
    assert mine["reviews"]["nodes"] == [{"state": "PENDING", "comments": {"totalCount": 1}}]
    assert (mine["reviewThreads"]["totalCount"], theirs["reviewThreads"]["totalCount"]) == (1, 0)
    assert theirs["reviews"]["nodes"] == []
    assert pull(stage.bot, "reviews(first: 9, states: [COMMENTED]) { nodes { id } }")["reviews"]["nodes"] == []


def test_connections_need_a_size(stage: Stage) -> None:
    missing = stage.bot.query(wrapped("comments { totalCount }"))
    assert missing["data"] == {"repository": {"pullRequest": None}}
    assert missing["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    assert missing["errors"][0]["path"] == ["repository", "pullRequest", "comments"]
    many = stage.bot.query(wrapped("comments(first: 101) { totalCount }"))
    assert many["errors"][0]["type"] == "EXCESSIVE_PAGINATION"
    stage.inline()
    deep = stage.bot.query(wrapped("reviewThreads(first: 1) { nodes { comments { totalCount } } }"))
    assert deep["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    nodes = (
        "reviewThreads(first: 100) { nodes { comments(first: 100) { nodes { pullRequestReview { "
        "comments(first: 100) { totalCount } } } } } }"
    )
    assert stage.bot.query(wrapped(nodes))["errors"][0]["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_cursors_survive_deletions(stage: Stage) -> None:
    ids = [stage.fake.comment(1, "ada", str(number)) for number in range(5)]
    query = "comments(first: 2%s) { totalCount pageInfo { hasNextPage endCursor } nodes { body } }"
    first = pull(stage.bot, query % "")["comments"]
    assert ([one["body"] for one in first["nodes"]], first["totalCount"]) == (["0", "1"], 5)
    assert first["pageInfo"]["hasNextPage"] is True
    stage.fake.delete_comment(ids[0])
    stage.fake.delete_comment(ids[1])
    second = pull(stage.bot, query % f', after: "{first["pageInfo"]["endCursor"]}"')["comments"]
    assert [one["body"] for one in second["nodes"]] == ["2", "3"]
    third = pull(stage.bot, query % f', after: "{second["pageInfo"]["endCursor"]}"')["comments"]
    assert ([one["body"] for one in third["nodes"]], third["pageInfo"]["hasNextPage"]) == (["4"], False)
    last = pull(stage.bot, "comments(last: 2) { nodes { body } pageInfo { hasNextPage } }")["comments"]
    assert last == {"nodes": [{"body": "3"}, {"body": "4"}], "pageInfo": {"hasNextPage": False}}


def test_errors_before_execution(stage: Stage) -> None:
    unknown = stage.bot.query(wrapped("nonsense"))
    assert "data" not in unknown
    assert unknown["errors"][0]["message"] == "Field 'nonsense' doesn't exist on type 'PullRequest'"
    assert unknown["errors"][0]["extensions"]["code"] == "undefinedField"
    assert "data" not in stage.bot.query("{ viewer { ")
    assert "data" not in stage.bot.query(
        'query($n: Int!) { repository(owner: "acme", name: "app") { id pullRequest(number: $n) { id } } }'
    )


def test_what_cannot_be_seen(stage: Stage) -> None:
    other = stage.bot.query('{ repository(owner: "acme", name: "other") { id } }')
    assert other["data"] == {"repository": None}
    assert (other["errors"][0]["type"], other["errors"][0]["path"]) == ("NOT_FOUND", ["repository"])
    missing = stage.bot.query(wrapped("id").replace("1", "7"))
    assert missing["data"] == {"repository": {"pullRequest": None}}
    assert missing["errors"][0]["type"] == "NOT_FOUND"
    weak = stage.client(BOT, contents="read")
    assert weak.query(wrapped("id"))["errors"][0]["type"] == "FORBIDDEN"
    nobody = stage.client(None)
    assert nobody.ask("POST", "/graphql", {"query": "{ viewer { login } }"}).status == 401


def test_git_objects(stage: Stage) -> None:
    stage.repo.commit({"long.txt": "ä" * 300_000, "latin.txt": b"caf\xe9\n", "deep/er/x.py": "x\n"})
    fields = "... on Blob { oid text isBinary isTruncated byteSize }"
    found = stage.bot.data(
        f"""query($oid: GitObjectID) {{ repository(owner: "acme", name: "app") {{
          a: object(expression: "feature:app.py") {{ {fields} }}
          b: object(expression: "feature:bin.dat") {{ {fields} }}
          c: object(expression: "feature:long.txt") {{ {fields} }}
          d: object(oid: "{"0" * 40}") {{ oid }}
          e: object(oid: $oid) {{ oid ... on Commit {{ tree {{ entries {{ name type mode }} }}
            file(path: "new/file.py") {{ name path type mode object {{ ... on Blob {{ text }} }} }} }} }}
          f: object(expression: "feature:deep") {{ ... on Tree {{ entries {{ name object {{ oid }} }} }} }}
          defaultBranchRef {{ name target {{ oid }} }} ref(qualifiedName: "refs/heads/feature") {{ name }}
        }} }}""",
        oid=stage.head,
    )["repository"]
    assert found["a"]["text"].startswith("line 1\n")
    assert (found["b"]["text"], found["b"]["isBinary"]) == (None, True)
    assert (found["c"]["isTruncated"], found["c"]["byteSize"], len(found["c"]["text"])) == (True, 600_000, 256_000)
    assert found["d"] is None
    assert found["e"]["file"] == {
        "name": "file.py",
        "path": "new/file.py",
        "type": "blob",
        "mode": 0o100644,
        "object": {"text": "x = 1\ny = 2\n"},
    }
    assert found["e"]["tree"]["entries"][0] == {"name": "app.py", "type": "blob", "mode": 0o100644}
    assert found["f"]["entries"][0]["name"] == "er"
    assert found["defaultBranchRef"] == {"name": "main", "target": {"oid": stage.base}}
    assert found["ref"] == {"name": "feature"}
    blind = stage.client(BOT, pull_requests="read")
    refused = blind.query('{ repository(owner: "acme", name: "app") { object(expression: "main") { oid } } }')
    assert refused["data"] == {"repository": {"object": None}}


def test_other_mutations_and_nodes(stage: Stage) -> None:
    data = pull(stage.bot, "id")
    made = stage.bot.data(
        'mutation($id: ID!) { addComment(input: {subjectId: $id, body: "hi"}) { commentEdge { node { id body } } } }',
        **data,
    )["addComment"]["commentEdge"]["node"]
    hide = (
        "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) "
        "{ minimizedComment { isMinimized minimizedReason } } }"
    )
    hidden = stage.bot.data(hide, id=made["id"])["minimizeComment"]["minimizedComment"]
    assert hidden == {"isMinimized": True, "minimizedReason": "outdated"}
    assert stage.bot.data(
        "query($id: ID!) { node(id: $id) { ... on IssueComment { body isMinimized } } }", id=made["id"]
    ) == {"node": {"body": "hi", "isMinimized": True}}
    weak = stage.client(BOT, contents="read", pull_requests="read", issues="read")
    assert weak.query(hide, id=made["id"])["errors"][0]["type"] == "FORBIDDEN"
    assert stage.bot.data("{ rateLimit { cost remaining limit resetAt } }")["rateLimit"]["cost"] == 1
