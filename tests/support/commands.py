"""What tests of mask.py give to it, and the files that it leaves."""

from pathlib import Path

SENTENCE = "Then I picked up a [MASK] from the table."


def files_in(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
