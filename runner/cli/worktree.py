"""``policies/`` as it stands on disk, for commands that help with work in progress.

``plan`` and ``apply`` read git objects instead.
"""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from runner.errors import UsageError
from runner.model.source import EntryKind, SourceFile
from runner.model.text import printable

POLICIES = "policies"

LONGEST_READ = 256 * 1024 + 1
"""One byte more than a document may have, so that a longer one is seen to be longer."""


def find_root(start: Path) -> Path:
    """Return the nearest folder from ``start`` upwards that holds ``policies/``.

    Raises ``UsageError`` when there is none.
    """
    for folder in (start, *start.parents):
        if (folder / POLICIES).is_dir():
            return folder
    raise UsageError(
        f"there is no folder {POLICIES}/ here or above",
        where=str(start),
        hint=f"change to your policy repository, or begin one with {POLICIES}/purges and {POLICIES}/targets",
    )


def read_files(root: Path) -> tuple[SourceFile, ...]:
    """Read every entry below ``policies/``, sorted by path.

    A symbolic link is reported and never followed, ``policies`` itself included. Raises
    ``UsageError`` for what cannot be read.
    """
    with _reading(root / POLICIES):
        return tuple(sorted(_entries(root), key=lambda source: source.path))


def read_file(path: Path, shown: str) -> SourceFile:
    """Read one entry that is no folder, under the path that findings will show.

    Raises ``UsageError`` when it cannot be read.
    """
    with _reading(path):
        return _entry(path, shown)


def replace_file(path: Path, data: bytes) -> None:
    """Put new bytes in the place of a file at once, with the mode that it had.

    Raises ``UsageError`` when the folder cannot be written to; then nothing has changed.
    """
    with _writing(path):
        mode = path.stat().st_mode & 0o777
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".purgectl-") as folder:
            new = Path(folder) / path.name
            new.write_bytes(data)
            new.chmod(mode)
            new.replace(path)


def create_file(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet, with the folders above it.

    Raises ``UsageError`` when something stands there already, when its folder is a symbolic link,
    and when it cannot be written.
    """
    if path.parent.is_symlink():
        raise UsageError(
            "is a symbolic link", where=printable(str(path.parent)), hint="put the folder itself there"
        )
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(data)


def _entries(root: Path) -> Iterator[SourceFile]:
    places = [PurePosixPath(POLICIES)]
    while places:
        place = places.pop()
        path = root / place
        if path.is_dir() and not path.is_symlink():
            places.extend(place / child.name for child in path.iterdir())
        else:
            yield _entry(path, str(place))


def _entry(path: Path, shown: str) -> SourceFile:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return SourceFile(shown, EntryKind.SYMLINK, b"", 0)
    if not stat.S_ISREG(status.st_mode):
        return SourceFile(shown, EntryKind.OTHER, b"", 0)
    with path.open("rb") as file:
        return SourceFile(shown, EntryKind.FILE, file.read(LONGEST_READ), status.st_size)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = path if error.filename is None else error.filename
        raise UsageError(
            f"cannot be read: {error.strerror}", where=printable(str(where)), hint="mend its permissions"
        ) from error


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot be written: {error.strerror}", where=printable(str(path)), hint="mend its permissions"
        ) from error
