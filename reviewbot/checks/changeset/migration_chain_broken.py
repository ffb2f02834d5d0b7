"""A migration does not fit into the chain: two heads, an unknown predecessor, or an id that is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.project.migrations import folder, heads, revision
from reviewbot.checks.scope import WHERE
from reviewbot.core.change import FileKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project.migrations import Revision
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.syntax import Node

CHECK = Check(
    id="migration-chain-broken",
    title="The chain of migrations is broken",
    why=(
        "`alembic upgrade head` refuses to run where there are two heads, where a revision follows one that does not "
        "exist, or itself, and where two revisions have one id: the deployment stops, or the new code starts on the "
        "old schema."
    ),
    fix=(
        "Let `down_revision` name the revision that is the head on the base branch now, and give each migration an id "
        "of its own; where two heads are on purpose, join them with `alembic merge heads`."
    ),
    leaves_alone=(
        "Named branches (`branch_labels`); revisions in folders that hold one which cannot be read; heads that were "
        "there before the change. An abbreviated id counts as unknown: only the command line completes it. The base "
        "branch is looked at as it is now, so that a second head which appears only when both changes are merged is "
        "seen."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=(
        "python-backend-reviewer/safe-migrations",
        "sinag-backend-architect/safe-migrations",
        "trainsmart-senior-backend-architect/deploy-and-rollback",
    ),
    decides=(),
    paths=WHERE["migrations"][0],
    ignores=WHERE["migrations"][1],
    needs=Needs.TREE,
    engine="change-set",
    words=(
        "migration chain",
        "alembic heads",
        "migration history",
        "alembic migrations",
        "migrations with alembic",
        "migration with alembic",
    ),
    topics=("migration workflow",),
)

_Chain = dict[str, list["Revision"]]


def run(context: Context) -> Iterator[Draft]:
    """Report each revision that the change adds or alters and that does not fit."""
    if context.project is None:
        return
    chains: dict[str, _Chain | None] = {}
    touched = {path for file in context.files for path in (file.path, file.old_path)}
    for file in context.files:
        within = folder(file.path)
        if within not in chains:
            chains[within] = context.project.migrations.chain(within)
        chain = chains[within]
        if not chain:
            continue
        own = next((link for links in chain.values() for link in links if link.path == file.path), None)
        if own is not None and file.kind is not FileKind.DELETED and file.added_lines:
            yield from _wrong(file, own, chain)
        yield from _left_behind(file, chain, touched)


def _wrong(file: ChangedFile, own: Revision, chain: _Chain) -> Iterator[Draft]:
    twins = [link for link in chain[own.id] if link.path != own.path]
    if twins and first_line(own.id_node) in file.added_lines:
        yield _draft(own, own.id_node, f"Revision `{own.id}` is also that of `{_name(twins[0])}`")
        return
    if own.down_node is None or first_line(own.down_node) not in file.added_lines or _follows_as_before(file, own):
        return
    dangling = [down for down in own.down if not _is_there(down, chain)]
    if dangling and not any("@" in down for down in own.down):
        yield _draft(own, own.down_node, f"`down_revision` names `{dangling[0]}`, and there is no such migration")
        return
    if any(_descends(link, own, chain) for down in own.down for link in chain.get(down, ())):
        yield _draft(
            own, own.down_node, f"`down_revision` names `{own.down[0]}`, which comes after this revision itself"
        )
        return
    yield from _second_head(own, chain)


def _is_there(down: str, chain: _Chain) -> bool:
    """Tell whether Alembic finds what is followed: an id written out, or the label of a branch."""
    return down in chain or any(f'"{down}"' in link.labels for links in chain.values() for link in links)


def _left_behind(file: ChangedFile, chain: _Chain, touched: set[str | None]) -> Iterator[Draft]:
    """Report a revision that the change removes or calls otherwise, though another one still follows it."""
    old = revision(file.old_path or file.path, file.old_text) if file.old_text is not None else None
    if old is None or old.id in chain:
        return
    followers = [link for links in chain.values() for link in links if old.id in link.down and link.path not in touched]
    line = first_line(old.id_node)
    if followers and line in file.removed_lines:
        title = f"Revision `{old.id}` is no longer there, and `{_name(followers[0])}` follows it"
        evidence = (old.id_node.parent() or old.id_node).text().partition("\n")[0]
        yield Draft(old.path, line, line, title, evidence, side=Side.LEFT)


def _follows_as_before(file: ChangedFile, own: Revision) -> bool:
    old = revision(own.path, file.old_text) if file.old_text is not None else None
    return old is not None and (old.id, old.down) == (own.id, own.down)


def _second_head(own: Revision, chain: _Chain) -> Iterator[Draft]:
    if any(link.branched for links in chain.values() for link in links):
        return
    # The revision forks the chain where another one follows the same predecessor and both ways end in a head.
    others = [head for head in heads(chain) if not _descends(head, own, chain)]
    forks = [
        link
        for links in chain.values()
        for link in links
        if link.path != own.path and (set(link.down) & set(own.down) or not (link.down or own.down))
    ]
    if others and forks:
        title = f"A second head: `{_name(forks[0])}` follows the same revision, and neither leads to the other"
        yield _draft(own, own.down_node or own.id_node, title)


def _descends(later: Revision, earlier: Revision, chain: Mapping[str, list[Revision]]) -> bool:
    """Tell whether a revision is an earlier one or comes, directly or not, after it."""
    waiting, seen = [later.id], set()
    while waiting:
        at = waiting.pop()
        if at == earlier.id:
            return True
        if at not in seen:
            seen.add(at)
            waiting += [down for link in chain.get(at, ()) for down in link.down]
    return False


def _draft(own: Revision, node: Node, title: str) -> Draft:
    line = first_line(node)
    around = node.parent()
    evidence = (around or node).text().partition("\n")[0]
    return Draft(own.path, line, line, title, evidence)


def _name(revision: Revision) -> str:
    return revision.path.rpartition("/")[2]
