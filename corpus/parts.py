"""What a run has measured so far, a file for each block, so that it can be resumed."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from command.files import write_whole
from corpus.counts import Counts

PLAN = "plan.json"


class Parts:
    """A folder of measured blocks; a file is there whole or not at all."""

    def __init__(self, folder: Path, plan: Mapping[str, object]):
        """Open a folder, emptied first if it is of another plan.

        plan: all that a block's counts depend on, as JSON can have it.
        Raises OSError, CannotWrite.
        """
        self._folder = folder
        wanted = json.dumps(plan, sort_keys=True)
        if not self._is_of(wanted):
            self.remove()
            folder.mkdir(parents=True)
            write_whole(folder / PLAN, [wanted.encode()])

    def has(self, number: int) -> bool:
        """True if a block has been measured."""
        return (self._folder / self._name(number)).exists()

    def keep(self, number: int, counts: bytes) -> None:
        """Keep a block's counts. Raises CannotWrite."""
        write_whole(self._folder / self._name(number), [counts])

    def add_up(self, n: int, shape: tuple[int, int]) -> Counts:
        """Return the sum of blocks 0 to n - 1, always added in the same order.

        Raises OSError, also for a damaged file, which is deleted.
        """
        total = Counts.none(shape)
        for number in range(n):
            file = self._folder / self._name(number)
            try:
                total.add(Counts.from_bytes(file.read_bytes()))
            except ValueError as error:
                file.unlink()
                raise OSError(
                    f"{file} was damaged and is deleted. Run the same command again."
                ) from error
        return total

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _is_of(self, plan: str) -> bool:
        try:
            return (self._folder / PLAN).read_text(encoding="utf-8") == plan
        except (OSError, UnicodeDecodeError):
            return False

    @staticmethod
    def _name(number: int) -> str:
        return f"block-{number:07}.npz"
