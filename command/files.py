"""Writing files so that nobody ever sees half of one."""

import itertools
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from command.terminal import Failed

_counter = itertools.count()


class CannotWrite(Failed):
    """str() is one sentence for the user: which file or folder, and why."""

    def __init__(self, path: Path, error: OSError):
        super().__init__(f"Cannot write {path}: {error.strerror or error}.")


def require_files(*paths: Path | None) -> None:
    """Raise Failed for a file that cannot be one, or that is asked for twice.

    To be asked before the work, which may take minutes.
    """
    files = [path for path in paths if path is not None]
    for path in files:
        if path.is_dir():
            raise Failed(f"Cannot write {path}: it is a folder. Name a file.")
        folder = _target(path).parent
        if not folder.is_dir():
            raise Failed(f"Cannot write {path}: there is no folder {folder}.")
        if files.count(path) > 1:
            raise Failed(f"{path} is asked for twice. Name two files.")
        try:
            if not _is_device(path):
                _try_folder(folder)
        except OSError as error:
            raise CannotWrite(path, error) from error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, and see that it takes files.

    Raises CannotWrite.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _try_folder(folder)
    except OSError as error:
        raise CannotWrite(folder, error) from error


def _try_folder(folder: Path) -> None:
    trial = _beside(folder)
    trial.touch()
    trial.unlink()


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file's parts beside it, then put it in its place.

    Whatever interrupts that (a full disk, Ctrl-C) leaves the file as it was, or
    absent. Raises CannotWrite.
    """
    try:
        if _is_device(path):
            _fill(path, parts)
            return
        target = _target(path)
        beside = _beside(target.parent)
        try:
            _fill(beside, parts)
            os.replace(beside, target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotWrite(path, error) from error


def _target(path: Path) -> Path:
    """Return what is written: what a link points to; the link stays."""
    return path.resolve() if path.is_symlink() else path


def _is_device(path: Path) -> bool:
    """True for what cannot be replaced by a file, such as /dev/stdout or a pipe."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _fill(path: Path, parts: Iterable[bytes]) -> None:
    with open(path, "wb") as file:
        file.writelines(parts)


def _beside(folder: Path) -> Path:
    # Short, since a name may be as long as the system allows already.
    return folder / f".{os.getpid()}-{next(_counter)}.part"
