"""A report as one HTML document that needs no other file and no network.

report.html beside this file is its template, in which Jinja2 escapes every text.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from attention.report.finding import Finding, closing, one_line, sections

if TYPE_CHECKING:
    from jinja2 import Template

FOLDER = Path(__file__).parent
# This style and the pictures inside the file; no script, no form, no address.
POLICY = (
    "default-src 'none'; style-src 'sha256-{style_hash}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def report_html(findings: Sequence[Finding]) -> str:
    """Return findings as one HTML document, a section a title."""
    style = (FOLDER / "report.css").read_text(encoding="utf-8")
    return _template().render(
        sections=sections(findings),
        closing=closing(findings),
        style=style,
        policy=POLICY.format(
            style_hash=base64_of(hashlib.sha256(style.encode()).digest())
        ),
    )


@cache
def _template() -> "Template":
    import jinja2  # takes 30 ms, which the page's first paint need not wait for

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"base64": base64_of, "one_line": one_line}
    return environment.get_template("report.html")


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()
