"""SECURITY.md as tests read it: its table of threats, and an operator's headers."""

from tests.support.serving import ROOT

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def threats() -> list[list[str]]:
    """Return the threat table's rows as cells: threat, what we do, tests."""
    table = SECURITY.partition("## Threats")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def proxy_headers() -> dict[str, str]:
    """Return the headers that SECURITY.md asks an operator's proxy to add."""
    block = SECURITY.partition("```http\n")[2].partition("```")[0]
    lines = block.replace("\n  ", " ").splitlines()
    return dict(line.split(": ", 1) for line in lines)
