"""Files of a command: whole or absent; a bar of progress without a terminal."""

import errno
import io
import os
import signal
import time
from pathlib import Path

import pytest

from command.files import CannotWrite, make_folder, write_whole
from command.terminal import progress, say
from tests.support.downloading import until


def interrupted():
    yield b"half"
    signal.raise_signal(signal.SIGINT)
    yield b"the rest"


def on_a_full_disk():
    yield b"half"
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("parts", "error"),
    [(interrupted, KeyboardInterrupt), (on_a_full_disk, CannotWrite)],
)
@pytest.mark.parametrize("before", [b"what was there", None])
def test_a_write_that_fails_leaves_what_was_there(tmp_path, parts, error, before):
    path = tmp_path / "file"
    if before:
        path.write_bytes(before)
    with pytest.raises(error):
        write_whole(path, parts())
    assert [p.name for p in tmp_path.iterdir()] == (["file"] if before else [])
    assert not before or path.read_bytes() == before


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path):
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "target").write_bytes(b"old")
    write_whole(tmp_path / "link", [b"new", b"er"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"newer"


def test_a_folder_in_the_files_place_is_told(tmp_path):
    with pytest.raises(CannotWrite, match=r"Cannot write .*: Is a directory\."):
        write_whole(tmp_path, [b""])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_is_told_before_work_begins(tmp_path):
    if not Path("/proc/self").exists():
        pytest.skip("this system has no folder that refuses files to everyone")
    with pytest.raises(CannotWrite, match="/proc/self"):
        make_folder(Path("/proc/self"))


def test_without_a_terminal_a_bar_is_a_few_lines(capsys):
    with progress("Read", 100, unit=" sentences") as bar:
        until(lambda: time.time() > bar.start_t + bar.delay)
        for _ in range(100):
            bar.clear()
            bar.update()
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert 10 <= len(lines) <= 12
    assert all(line.startswith("Read: ") for line in lines)
    assert " 10/100 " in lines[0]
    assert " 100/100 " in lines[-1]


def test_a_bar_shows_nothing_before_something_is_done(capsys):
    with progress("Downloading", 100):
        pass
    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_in_a_terminal_a_bar_is_one_line_that_gives_way_to_messages(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with progress("Read", 30, ncols=60) as bar:
        until(lambda: time.time() > bar.start_t + bar.delay)
        bar.update()
        bar.clear()
        say("Line 2: no.")
        bar.update(29)
    written = terminal.getvalue()
    assert written.count("\n") == 1  # the message's
    before, after = written.split("Line 2: no.\n")
    assert seen(before) == ""
    assert "30/30" in after
    assert seen(after) == ""


def seen(written: str) -> str:
    """Return what stands on a terminal's line in the end."""
    line = ""
    for part in written.split("\r"):
        line = part + line[len(part) :]
    return line.rstrip()
