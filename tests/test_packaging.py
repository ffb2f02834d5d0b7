"""The wheel carries the agents and the rules, and works from an empty environment in another folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (path,) = out.glob("*.whl")
    return path


def test_the_wheel_holds_what_the_program_needs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for file in (ROOT / "agents").glob("*.md"):
        assert f"reviewbot/_agents/{file.name}" in names
    for file in (ROOT / "reviewbot" / "checks" / "rules").glob("*.yml"):
        assert f"reviewbot/checks/rules/{file.name}" in names
    for file in (ROOT / "docs" / "workflows").glob("*.yml"):
        assert f"reviewbot/_workflows/{file.name}" in names
    assert "reviewbot/cli/commands/init.yml" in names
    assert not [name for name in names if name.startswith(("tests/", "examples/"))]


def test_it_runs_from_an_empty_environment_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=False)
    (packages,) = environment.glob("lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    # The dependencies come from the environment that runs the tests; the program itself must not.
    for name in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "reviewbot" not in name.name and not (packages / name.name).exists():
            (packages / name.name).symlink_to(name)
    python = environment / "bin" / "python"
    code = "import reviewbot, sys; from reviewbot.cli.main import entry; "
    code += "print(reviewbot.__file__, file=sys.stderr); entry()"
    diff = (ROOT / "examples" / "sinag-validation.diff").read_bytes()
    done = subprocess.run(
        [python, "-I", "-c", code, "review", "-", "--fail-on", "high"],
        input=diff,
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert str(packages) in done.stderr.decode()
    assert done.returncode == 1, done.stderr.decode()
    assert b"reviewed by sinag-backend-architect (5 files)" in done.stdout
