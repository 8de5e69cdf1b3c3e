"""What tests ask of a page that AppTest has opened."""

import json

from streamlit.testing.v1 import AppTest

from components import explore

ACROSS = "The turtle moved slowly across the [MASK]."
SECRET = "a-folder-of-this-server"  # named in the log, and never on the page
TABS = [
    *(explore.TABLE, explore.PAIR, explore.WHAT_IF, explore.COMPARE, explore.SEVERAL),
    *(explore.ONE_TOKEN, explore.CLAIM, explore.ATLAS, explore.REPORT),
]


def components_data(page: AppTest) -> list[dict]:
    """Return the data that each component of ours got."""
    data = [json.loads(e.proto.json or "null") for e in page.get("bidi_component")]
    return [one for one in data if one]


def has_picture(page: AppTest) -> bool:
    """Tell whether the page shows a picture of all heads."""
    return any(data.get("sprite") for data in components_data(page))


def has_answer(page: AppTest) -> bool:
    """Tell whether the page shows predictions."""
    return any("masks" in data for data in components_data(page))


def errors(page: AppTest) -> list[str]:
    """Return what the page says is wrong, having checked that it stands."""
    assert not page.exception
    shown = "\n".join(e.value for e in (*page.error, *page.warning, *page.text))
    assert "Traceback" not in shown
    assert SECRET not in shown
    return [error.value for error in page.error]
