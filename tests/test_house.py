"""The floors and fences of docs/architecture.md: imports only point down, and third parties have one home each."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent / "reviewbot"

# A new file must be put on a floor here; the test below says so.
FLOORS: dict[str, int] = {
    **dict.fromkeys(
        (
            "__init__",
            "binding",
            "errors",
            "change",
            "finding",
            "agent",
            "check",
            "review",
            "config",
            "problem",
            "text",
            "judged",
        ),
        0,
    ),
    **dict.fromkeys(
        ("baseline", "diff", "diffscan", "diffpaths", "compose", "syntax", "suggest", "evidence", "agents"),
        1,
    ),
    **dict.fromkeys(("routing", "weighed", "neighbours", "backend", "filekinds", "unreviewed", "witnesses"), 1),
    **dict.fromkeys(("checklist", "frontmatter", "outline", "stacks", "technologies", "technologytable"), 1),
    **dict.fromkeys(
        ("placement", "repeats", "ledger", "sections", "coverage", "remarks", "counts", "markdown", "saved"), 1
    ),
    **dict.fromkeys(("binding", "logs", "retries", "share"), 0),
    "settings": 1,
    "agentfolders": 1,
    "context": 1,
    **dict.fromkeys(("models", "budget", "masking", "anchors", "packing", "prompt", "reply"), 1),
    **dict.fromkeys(("cases", "scoring"), 1),
    **dict.fromkeys(("sources", "checks", "github", "llm", "reporters"), 2),
    "pipeline": 3,
    "pullrequest": 3,
    **dict.fromkeys(("cli", "commands", "action", "__main__"), 4),
}
HOMES = {
    "unidiff": {"diff"},
    "ast_grep_py": {"syntax"},
    "rich": {"reporters"},
    "github": {"github"},
    "requests": {"github"},
    "anthropic": {"llm"},
    "tenacity": {"retries"},
    "structlog": {"logs"},
    "pydantic": {"config", "saved", "github", "reply", "llm", "cases"},
    "yaml": {"config", "frontmatter", "checks", "models", "cases"},
    "pathspec": {"evidence", "filekinds", "routing", "witnesses", "checks", "llm"},
    "re2": {"llm"},
}
MODULES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    """Give the package or module directly under reviewbot that a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Give every module that a file imports, at whatever depth, type checking included."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "reviewbot":
            names += [f"reviewbot.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


def own(path: Path) -> list[str]:
    return [parts[1] for name in imports(path) if (parts := name.split("."))[0] == "reviewbot" and len(parts) > 1]


def test_imports_only_point_down() -> None:
    for path in MODULES:
        here, name = room(path), path.relative_to(ROOT)
        assert here in FLOORS, f"put {here} on a floor in {Path(__file__).name} and in docs/architecture.md"
        for there in own(path):
            if there in {here, "__version__"}:
                continue
            assert FLOORS[there] <= FLOORS[here], f"{name} (floor {FLOORS[here]}) imports {there} from above"
            assert FLOORS[here] != 2 or FLOORS[there] < 2, f"{name} imports its sibling {there}"


def test_third_parties_have_one_home() -> None:
    for path in MODULES:
        for name in imports(path):
            package, where = name.split(".")[0], path.relative_to(ROOT)
            if package in HOMES:
                assert room(path) in HOMES[package], f"{where} imports {package}, at home in {sorted(HOMES[package])}"
            assert package not in {"httpx", "urllib3", "socket"}, f"{where}: nothing may reach a network"


def test_only_doors_read_the_environment() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert room(path) == "cli" or ("os.environ" not in text and "getenv" not in text), path.relative_to(ROOT)


def test_files_are_small_and_say_what_they_are() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 310, f"{path.relative_to(ROOT)}: is it still one thing?"
        assert ast.get_docstring(ast.parse(text)), f"{path.relative_to(ROOT)}: say in the first line what it is for"


def test_the_pipeline_stays_a_page() -> None:
    assert (ROOT / "pipeline.py").read_text(encoding="utf-8").count("\n") <= 80
