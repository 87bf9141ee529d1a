import os
import socket
import subprocess

import pytest

from runner.cli.worktree import LONGEST_READ, find_root, read_files
from runner.errors import UsageError
from runner.model.source import EntryKind


def write(root, path, data=b"x"):
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def test_the_root_is_the_nearest_folder_that_holds_policies(tmp_path):
    write(tmp_path, "policies/a.yaml")
    write(tmp_path, "inner/policies/a.yaml")
    write(tmp_path, "inner/deeper/file")
    assert find_root(tmp_path) == tmp_path
    assert find_root(tmp_path / "policies") == tmp_path
    assert find_root(tmp_path / "inner" / "deeper") == tmp_path / "inner"


def test_without_policies_there_is_no_root(tmp_path):
    (tmp_path / "policies").write_text("a file")
    with pytest.raises(UsageError, match="no folder policies/") as caught:
        find_root(tmp_path)
    assert caught.value.hint


def test_every_entry_is_read_sorted_by_path(tmp_path):
    for path in (
        "policies/b.yaml",
        "policies/a/z.yaml",
        "policies/a-b.yaml",
        "policies/.hidden",
        "other/c.yaml",
    ):
        write(tmp_path, path, path.encode())
    sources = read_files(tmp_path)
    assert [source.path for source in sources] == [
        "policies/.hidden",
        "policies/a-b.yaml",
        "policies/a/z.yaml",
        "policies/b.yaml",
    ]
    assert all(source.data == source.path.encode() and source.size == len(source.data) for source in sources)
    assert {source.kind for source in sources} == {EntryKind.FILE}


def test_links_are_reported_and_never_followed(tmp_path):
    write(tmp_path, "secret/inside.yaml", b"secret")
    write(tmp_path, "policies/purges/a.yaml")
    (tmp_path / "policies/purges/file.yaml").symlink_to(tmp_path / "secret/inside.yaml")
    (tmp_path / "policies/holds").symlink_to(tmp_path / "secret")
    (tmp_path / "policies/nowhere.yaml").symlink_to("missing")
    (tmp_path / "policies/loop").symlink_to(tmp_path / "policies")
    links = [source for source in read_files(tmp_path) if source.kind is EntryKind.SYMLINK]
    assert [source.path for source in links] == [
        "policies/holds",
        "policies/loop",
        "policies/nowhere.yaml",
        "policies/purges/file.yaml",
    ]
    assert all(source.data == b"" for source in links)


def test_policies_itself_may_not_be_a_link(tmp_path):
    write(tmp_path, "elsewhere/a.yaml")
    (tmp_path / "policies").symlink_to("elsewhere")
    (source,) = read_files(tmp_path)
    assert (source.path, source.kind) == ("policies", EntryKind.SYMLINK)


def test_a_large_file_is_not_read_whole(tmp_path):
    write(tmp_path, "policies/large.yaml", b"x" * 1_000_000)
    (source,) = read_files(tmp_path)
    assert (len(source.data), source.size) == (LONGEST_READ, 1_000_000)


def test_what_is_no_file_is_not_opened(tmp_path, monkeypatch):
    write(tmp_path, "policies/a.yaml")
    os.mkfifo(tmp_path / "policies/pipe.yaml")
    monkeypatch.chdir(tmp_path / "policies")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("door.yaml")
        kinds = {source.path: source.kind for source in read_files(tmp_path)}
    assert kinds["policies/pipe.yaml"] is EntryKind.OTHER
    assert kinds["policies/door.yaml"] is EntryKind.OTHER


@pytest.fixture
def deep_tree(tmp_path):
    """Folders in folders, deeper than Python may recurse; pytest's own tidying could not remove them."""
    (tmp_path / "policies").mkdir()
    here = os.open(tmp_path / "policies", os.O_RDONLY)
    for _ in range(1200):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("a.yaml", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    yield tmp_path
    subprocess.run(["rm", "-r", tmp_path / "policies"], check=True)


def test_folders_may_be_deep(deep_tree):
    (source,) = read_files(deep_tree)
    assert source.path == "policies/" + "d/" * 1200 + "a.yaml"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_a_usage_error(tmp_path):
    write(tmp_path, "policies/a.yaml")
    (tmp_path / "policies/a.yaml").chmod(0)
    with pytest.raises(UsageError, match="cannot be read"):
        read_files(tmp_path)


def test_a_name_that_is_not_utf_8_can_be_read_and_shown(tmp_path):
    write(tmp_path, "policies/a.yaml")
    os.close(os.open(os.fsencode(tmp_path) + b"/policies/\xff.yaml", os.O_CREAT))
    assert [source.path for source in read_files(tmp_path)] == ["policies/a.yaml", "policies/\udcff.yaml"]
