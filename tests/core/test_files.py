"""What is written into a folder stays in it, whatever lies there."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePath

import pytest

from reviewbot.core import files


def test_a_file_and_its_folders_are_made_and_replaced(tmp_path: Path) -> None:
    for text in ("one\r\n", "zwei ü\n"):
        files.write(tmp_path, PurePath("a/b/c.txt"), text)
        assert (tmp_path / "a/b/c.txt").read_bytes() == text.encode()
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c.txt"]


def test_a_link_in_its_place_is_replaced_and_what_it_led_to_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine\n")
    root = tmp_path / "root"
    root.mkdir()
    for target in (outside, tmp_path / "not there", Path("..") / "outside.txt", Path("/dev/full")):
        (root / "a.json").unlink(missing_ok=True)
        (root / "a.json").symlink_to(target)
        files.write(root, PurePath("a.json"), "new\n")
        assert not (root / "a.json").is_symlink()
        assert (root / "a.json").read_text() == "new\n"
    os.link(outside, root / "same.json")
    files.write(root, PurePath("same.json"), "new\n")
    os.mkfifo(root / "pipe.json")
    files.write(root, PurePath("pipe.json"), "new\n")
    assert outside.read_text() == "mine\n"
    assert not (tmp_path / "not there").exists()


@pytest.mark.parametrize("name", ["a/x.txt", "a/b/x.txt"])
def test_a_folder_that_is_a_link_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside/b").mkdir(parents=True)
    (tmp_path / "root").mkdir()
    (tmp_path / "root/a").symlink_to(tmp_path / "outside")
    with pytest.raises(OSError, match="a is a link, and none is followed here"):
        files.write(tmp_path / "root", PurePath(name), "x\n")
    assert [path.name for path in (tmp_path / "outside").rglob("*")] == ["b"]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OSError, match=r"a\.json"):
        files.write(tmp_path, PurePath("a.json"), "x\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_private_file_is_private_from_its_first_byte(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old\n")
    (tmp_path / "a.json").chmod(0o644)
    files.write(tmp_path, PurePath("a.json"), "x\n", files.PRIVATE)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == 0o600


def test_a_pipe_or_a_device_is_no_file_of_a_folder_and_a_link_that_leads_nowhere_is_left_to_the_reader(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "a.yml")
    for name, target in (("b.yml", "/dev/zero"), ("c.yml", "nowhere"), ("d.yml", "e.yaml")):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "e.yaml").write_text("x: 1\n")
    (tmp_path / "f.yml").mkdir()
    found = files.listed(tmp_path, "*.yml", "*.yaml")
    assert [path.name for path in found] == ["c.yml", "d.yml", "e.yaml"]
    assert list(files.listed(tmp_path / "not there", "*")) == []
