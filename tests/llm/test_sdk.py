"""The SDK as it is imported here offers all that it offers otherwise, and makes half of its modules."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from reviewbot.llm import sdk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WHOLE = "import anthropic"
_LATE = "from reviewbot.llm import sdk; sdk.load(); import anthropic"
# What a star import of a package with lazy names has to give as well.
_NAMES = """
import json, sys
made = sum(name.partition(".")[0] == "anthropic" for name in sys.modules)
from anthropic import *
import anthropic.types.beta, anthropic.resources.beta, anthropic.lib.streaming, anthropic.lib.vertex
packages = [anthropic, anthropic.types, anthropic.types.beta, anthropic.resources, anthropic.resources.messages,
            anthropic.resources.beta, anthropic.lib.streaming]
wanted = json.loads(sys.stdin.read() or "null") or [[n for n, value in vars(p).items()
          if n[0] != "_" and not isinstance(value, type(sys))] for p in packages]
print(json.dumps([made, [[(n, getattr(getattr(p, n), "__qualname__", "")) for n in names]
                         for p, names in zip(packages, wanted)]]))
"""


def run(code: str, given: str = "") -> Any:
    done = subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_every_name_is_there_and_half_of_the_modules_are_not() -> None:
    made, names = run(_WHOLE + _NAMES)
    late, same = run(_LATE + _NAMES, json.dumps([[name for name, _ in one] for one in names]))
    assert sum(map(len, names)) > 2000
    assert same == names
    assert late < made / 2


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that is imported as the SDK is."""
    monkeypatch.setattr(sdk, "_NAME", "passing")
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = tmp_path / "passing"
    folder.mkdir()
    finders = list(sys.meta_path)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "passing"]:
        del sys.modules[name]
    sys.meta_path[:] = finders


def imported(folder: Path, **files: str) -> Any:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    sdk.load()
    return sys.modules["passing"]


def test_what_the_package_uses_itself_is_imported_and_the_rest_when_it_is_asked_for(package: Path) -> None:
    init = "from .used import twice\nfrom .late import Late as Other\nfrom .star import *\nFOUR = twice(2)\n"
    module = imported(
        package,
        __init__=init,
        used="def twice(x): return 2 * x\n",
        late="class Late: ...\n",
        star="ANY = 1\n_OWN = 2\n",
    )
    assert module.FOUR == 4
    assert "passing.late" not in sys.modules
    assert module.Other.__name__ == "Late"
    assert module.ANY == 1
    assert module.late is sys.modules["passing.late"]
    with pytest.raises(AttributeError, match="no attribute '_OWN'"):
        getattr(module, "_OWN")  # noqa: B009 - as if it were another package's


def test_a_name_that_is_also_a_module_is_imported_at_once(package: Path) -> None:
    module = imported(package, __init__="from .message import message\n", message="def message(): return 1\n")
    assert module.message() == 1


def test_a_package_that_goes_through_its_own_names_is_run_whole(package: Path) -> None:
    init = "from .late import Late\nNAMES = []\nfor name in ('La' + 'te',): NAMES.append(vars()[name])\n"
    module = imported(package, __init__=init, late="class Late: ...\n")
    assert [one.__name__ for one in module.NAMES] == ["Late"]
    assert "__getattr__" not in vars(module)


def test_a_package_that_answers_for_itself_is_run_whole(package: Path) -> None:
    init = "from .late import Late\ndef __getattr__(name): return name\n"
    module = imported(package, __init__=init, late="class Late: ...\n")
    assert (module.Late.__name__, module.other) == ("Late", "other")


def test_an_error_in_the_package_is_an_error(package: Path) -> None:
    with pytest.raises(ImportError, match="nowhere"):
        imported(package, __init__="from .nowhere import X\nprint(X)\n")
