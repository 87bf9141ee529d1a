"""The wheel of purgectl that a repository pins: its own file, by the hash of its bytes."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from dataclasses import dataclass, field
from email.parser import HeaderParser
from zipfile import BadZipFile, ZipFile

FOLDER = "wheels"
LARGEST = 20 * 1024 * 1024
"""Bytes that a wheel may have; ours has less than a tenth of it."""

_NAME = re.compile(r"purgectl-(?P<version>[0-9][0-9A-Za-z.!+]*)-py3-none-any\.whl")
_LARGEST_METADATA = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of purgectl."""

    name: str
    version: str
    data: bytes = field(repr=False)

    @property
    def path(self) -> str:
        """Where it stands in the repository that pins it."""
        return f"{FOLDER}/{self.name}"

    @property
    def requirement(self) -> str:
        """The line by which pip installs these bytes and no others."""
        return f"./{self.path} --hash=sha256:{hashlib.sha256(self.data).hexdigest()}"


def read_wheel(name: str, data: bytes) -> Wheel:
    """Read a wheel by the name of its file. Raises ``ValueError`` for what is no wheel of purgectl.

    Source: the binary distribution format (PEP 427); its METADATA says what it is.
    """
    named = _NAME.fullmatch(name)
    if named is None:
        raise ValueError("is not called purgectl-VERSION-py3-none-any.whl")
    if len(data) > LARGEST:
        raise ValueError(f"has more than {LARGEST // 1024 // 1024} MiB")
    version = named["version"]
    if _stated(data, f"purgectl-{version}.dist-info/METADATA") != ("purgectl", version):
        raise ValueError("does not hold what its name says")
    return Wheel(name, version, data)


def _stated(data: bytes, place: str) -> tuple[str, str]:
    """Return name and version as the metadata has them."""
    try:
        with ZipFile(io.BytesIO(data)) as archive, archive.open(place) as file:
            headers = HeaderParser().parsestr(file.read(_LARGEST_METADATA).decode())
    except (BadZipFile, KeyError, EOFError, RuntimeError, OSError, zlib.error) as error:
        raise ValueError("is no wheel") from error
    return str(headers.get("Name", "")), str(headers.get("Version", ""))
