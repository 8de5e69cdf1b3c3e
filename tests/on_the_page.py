"""What tests ask of a page that AppTest has opened."""

import json

from streamlit.testing.v1 import AppTest

from components import explore

TABS = [
    *(explore.TABLE, explore.PAIR, explore.WHAT_IF, explore.COMPARE, explore.SEVERAL),
    *(explore.ONE_TOKEN, explore.CLAIM, explore.ATLAS, explore.REPORT),
]


def has_picture(page: AppTest) -> bool:
    """Tell whether the page shows a picture of all heads."""
    data = [json.loads(e.proto.json or "null") for e in page.get("bidi_component")]
    return any(part and part.get("sprite") for part in data)
