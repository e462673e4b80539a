"""Addresses such as s3://bucket/folder, read through fsspec."""

from __future__ import annotations

from pathlib import PosixPath
from typing import TYPE_CHECKING, Any

from mali_cli.errors import DataError, MaliError
from mali_cli.model.extras import require_extra

if TYPE_CHECKING:
    from collections.abc import Callable

SEPARATOR = "://"


def is_address(typed: str) -> bool:
    """Return whether a text is an address rather than a path."""
    return SEPARATOR in typed


class RemotePath(PosixPath):
    """An address as a path. Only the methods below reach for the files; they raise DataError for any failure."""

    def __str__(self) -> str:
        protocol, _, rest = super().__str__().partition(":/")
        return f"{protocol}{SEPARATOR}{rest}"

    def absolute(self) -> RemotePath:
        return self

    @property
    def filesystem(self) -> Any:
        """The filesystem of fsspec; it takes credentials and endpoints from the usual environment variables."""
        fsspec = require_extra("cluster", f"{self} is read with fsspec", "fsspec")
        protocol = str(self).partition(SEPARATOR)[0]
        try:
            return fsspec.filesystem(protocol)
        except ImportError as error:  # it says which package to install
            raise MaliError(f"{self} cannot be read: {error}.") from None
        except ValueError:
            raise MaliError(f"{self} cannot be read: fsspec has no protocol {protocol}.") from None

    def is_dir(self, **_: Any) -> bool:
        return bool(self._call(lambda: self.filesystem.isdir(str(self))))

    def is_file(self, **_: Any) -> bool:
        return bool(self._call(lambda: self.filesystem.isfile(str(self))))

    def read_text(self, *_: Any, **__: Any) -> str:
        return str(self._call(lambda: self.filesystem.cat_file(str(self)).decode()))

    def _call(self, request: Callable[[], Any]) -> Any:
        try:
            return request()
        except MaliError:
            raise
        except Exception as error:  # each library of a protocol has its own
            raise DataError(f"{self} cannot be read: {' '.join(str(error).split()).rstrip('.')}.") from None
