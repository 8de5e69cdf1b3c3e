"""What the bundled model answers: one file of facts, read by lessons and tests.

`python -m corpus.replace_model` writes it. A lesson names a fact in double braces, such
as {{head}}, so that its text is true of whichever model is bundled.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "model_cache" / "bundled" / "facts.json"
NAMED = re.compile(r"\{\{ *(\w+) *\}\}")


@cache
def facts() -> Mapping[str, Any]:
    """Return everything in the file; `corpus.facts` says what. Raises OSError."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def fill(text: str, slug: str) -> str:
    """Put a lesson's facts into one of its texts.

    Raises ValueError for a fact that the file does not have, OSError without a file.
    """

    def value(named: re.Match[str]) -> str:
        known = facts()["lessons"].get(slug, {})
        if named[1] not in known:
            raise ValueError(f"there is no fact {named[1]!r} of this lesson in {FILE}")
        return known[named[1]]

    return NAMED.sub(value, text)
