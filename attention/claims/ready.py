"""The claims that come with the project: a file of claims/ each, as a student types."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "claims"


@cache
def ready_claims() -> Mapping[str, str]:
    """Return each claim's text by its title, such as "adverb -> verb", sorted."""
    return {
        path.stem.replace("-", " -> "): path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.glob("*.txt"))
    }
