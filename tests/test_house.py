"""The house of docs/architecture.md: twelve rooms, imports only point down, and third parties have one home each."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "reviewbot"

# The lowest floor first; rooms on one floor never meet.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("core",),
    ("agents", "changes", "output", "python"),
    ("settings",),
    ("checks", "llm"),
    ("github",),
    ("review",),
    ("action",),
    ("cli",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
HOMES = {
    "anthropic": "llm",
    "ast_grep_py": "python",
    "github": "github",
    "jinja2": "output",
    "markdown_it": "core",
    "markupsafe": "output",
    "pathspec": "core",
    "pydantic": "core",
    "pydantic_core": "core",
    "pygments": "output",
    "re2": "llm",
    "requests": "github",
    "rich": "output",
    "structlog": "core",
    "subprocess": "core",
    "tenacity": "core",
    "unidiff": "changes",
    "yaml": "core",
}
# Only those may: whoever else wants a network asks them.
NOWHERE = {"httpx", "urllib3", "socket"}


def name_of(path: Path) -> str:
    """Give the dotted name of a module of ours."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(module: str) -> str:
    """Give the room that a module of ours is in; empty for those at the door."""
    return [*module.split("."), ""][1].replace("__main__", "")


def imports(path: Path) -> set[str]:
    """Give every module that a file imports, at whatever depth, type checking included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else node.module for name in names}
    return found


@pytest.fixture(scope="module")
def imported() -> dict[str, set[str]]:
    """Give what each module of ours imports."""
    return {name: imports(path) for name, path in MODULES.items()}


def test_there_are_twelve_rooms_and_nothing_beside_them() -> None:
    there = {path.name for path in PACKAGE.iterdir() if path.is_file() or any(path.glob("*.py"))}
    assert there == {*FLOOR, "__init__.py", "__main__.py", "py.typed"}


def test_imports_only_point_down(imported: dict[str, set[str]]) -> None:
    for module in MODULES:
        here = room(module)
        for there in {room(one) for one in imported[module] & MODULES.keys()} - {here, ""}:
            assert here == "" or FLOOR[there] < FLOOR[here], f"{module} imports {there}, which is no floor below"


def test_no_modules_import_each_other_in_a_circle(imported: dict[str, set[str]]) -> None:
    TopologicalSorter({module: imported[module] & MODULES.keys() for module in MODULES}).prepare()


def test_third_parties_have_one_home(imported: dict[str, set[str]]) -> None:
    for module, names in imported.items():
        for package in {name.split(".")[0] for name in names}:
            home = HOMES.get(package, room(module))
            assert room(module) == home, f"{module} imports {package}, which is at home in {home}"
            assert package not in NOWHERE, f"{module}: nothing may reach a network"


def test_only_doors_read_the_environment() -> None:
    for module, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        may = room(module) == "cli" or module == "reviewbot.core.children"  # which hands a few of it on to programs
        assert may or ("os.environ" not in text and "getenv" not in text), module


def test_one_place_writes_to_the_standard_streams() -> None:
    """Else a file name that a runner or a terminal obeys gets by the printer."""
    for module, path in MODULES.items():
        if module == "reviewbot.core.printing":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert ast.unparse(node) not in {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}, module
                assert node.attr not in {"print_exc", "print_exception", "basicConfig"}, module
            elif isinstance(node, ast.Call):
                assert not (isinstance(node.func, ast.Name) and node.func.id == "print"), module


def test_the_rooms_say_what_the_architecture_says() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name, floor in FLOOR.items():
        sentence = ast.get_docstring(ast.parse((PACKAGE / name / "__init__.py").read_text(encoding="utf-8")))
        assert f"| {floor} | `{name}/` | {sentence} |" in page


def test_files_are_small_and_say_what_they_are() -> None:
    for module, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 310, f"{module}: is it still one thing?"
        assert ast.get_docstring(ast.parse(text)), f"{module}: say in the first line what it is for"


def test_the_pipeline_stays_a_page() -> None:
    assert MODULES["reviewbot.review.pipeline"].read_text(encoding="utf-8").count("\n") <= 80
