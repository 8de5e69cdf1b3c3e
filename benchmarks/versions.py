"""This version of the page and that of a commit: served side by side, and compared."""

import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.serving import ROOT, Server, alone, serve

NOW = "now"
PROMISED_AGAINST = "b53ee8e"  # the last commit whose page had no fragment
WIDTH = 10  # of a column


@contextmanager
def serve_versions(folder: Path, against: str | None) -> Iterator[dict[str, Server]]:
    """Yield a server of the bundled model for this version and, by its name, a commit.

    folder: for logs, and a Hugging Face cache with nothing in it.
    """
    with ExitStack() as stack:
        roots = {NOW: ROOT}
        if against:
            roots[against] = stack.enter_context(checked_out(against))
        yield {
            name: stack.enter_context(
                serve(folder / f"{number}.txt", root=root, **alone(folder))
            )
            for number, (name, root) in enumerate(roots.items())
        }


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Yield a folder with the project as it was at a commit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "worktree"
        _git("worktree", "add", "--detach", str(folder), commit)
        try:
            yield folder
        finally:
            _git("worktree", "remove", "--force", str(folder))


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True)


def in_turn(versions: Sequence[str], rounds: int) -> Iterator[tuple[int, str]]:
    """Yield (round, version), each time with another version first."""
    for number in range(rounds):
        for version in versions if number % 2 else reversed(versions):
            yield number, version


def show_titles(what: str, versions: Sequence[str]) -> None:
    columns = "".join(f"{name:>{WIDTH}}" for name in versions)
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"{what:36}{columns}{'ratio':>{WIDTH}}  (the computer's load: {load})")


def show_medians(
    what: str, seconds: Mapping[str, Sequence[float]], at_most: float | None = None
) -> None:
    """Print each version's median, and this one's as a share of the other's.

    at_most: what the share of PROMISED_AGAINST's is promised to be.
    """
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    columns = "".join(f"{1000 * one:{WIDTH - 3}.0f} ms" for one in medians.values())
    line = f"{what:36}{columns}"
    if others := [one for name, one in medians.items() if name != NOW]:
        line += f"{medians[NOW] / others[0]:{WIDTH}.2f}"
        if at_most and PROMISED_AGAINST in medians:
            line += f"  at most {at_most}"
    print(line)
