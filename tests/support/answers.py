"""What the bundled model answers, for tests that need one of its answers."""

from attention.facts import facts
from attention.reading import Head


def best_word(text: str) -> str:
    """Return the likeliest word for the mask of one of the page's examples."""
    return facts()["words"][text][0]


def best_head(title: str) -> str:
    """Return the name of the head that a ready claim is best for."""
    claim = facts()["claims"][title]
    return Head.numbered(claim["layer"], claim["head"]).name


def link_to_best_head(title: str) -> dict[str, str]:
    """Return the parameters of a link that opens that head."""
    claim = facts()["claims"][title]
    return {"layer": str(claim["layer"]), "head": str(claim["head"])}
