"""Text that would do harm if a page read it as markup, and whether the page does."""

import re

from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from attention.report.finding import Finding

EVIL = "https://evil.example"

# "zq" marks it wherever it goes.
HOSTILE = (
    "<img src=x onerror=alert('zq')> <svg onload=alert('zq')> **zq** $zq$ :red[zq] "
    "[zq](javascript:alert(1)) `zq` =HYPERLINK('http://evil.example/zq')"
)


def strings(message: Message, path: str = ""):
    """Yield every text of a message with where it stands in it."""
    for field, value in message.ListFields():
        many = value if field.is_repeated else [value]
        for one in many:
            if isinstance(one, Message):
                yield from strings(one, f"{path}.{field.name}")
            elif isinstance(one, str):
                yield f"{path}.{field.name}", one


# Where anybody's text may stand: shown letter by letter, or only a name inside
# Streamlit. Everything else is read as Markdown.
PLAIN = re.compile(
    r"(text\.body|code\.code_text|(text_input|text_area)\.(value|default)"
    r"|bidi_component\.json|selectbox\.(options|raw_value)|vega_lite_chart\.spec"
    r"|.*\b(id|form_id|key|query_param_key))"
)
PICTURE = "data:image/png;base64,"  # its letters are pixels


def read_as_markup(page: AppTest) -> list[str]:
    """Return the places of hostile text that Streamlit would read as Markdown."""
    return [
        f"{element.type}{path}: {text[:80]}"
        for element in page._tree
        if isinstance(getattr(element, "proto", None), Message)
        for path, text in strings(element.proto)
        if "zq" in text
        and not text.startswith(PICTURE)
        and not PLAIN.fullmatch(element.type + path)
    ]


FOUND = Finding(
    title=HOSTILE,
    model=HOSTILE,
    says=(HOSTILE,),
    sentences=(HOSTILE,),
    figures=(),
    note=HOSTILE,
)
