"""What tests ask of a page that AppTest has opened."""

import json

from streamlit.testing.v1 import AppTest

from attention.report import file as report_file
from tests.support.hostile import FOUND

ACROSS = "The turtle moved slowly across the [MASK]."
SECRET = "a-folder-of-this-server"  # named in the log, and never on the page


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


def texts(page: AppTest) -> str:
    """Return all plain texts that the page shows."""
    return "\n".join(text.value for text in page.text)


def press(page: AppTest, label: str) -> AppTest:
    """Click the button of this name."""
    return next(b for b in page.button if b.label == label).click().run()


def open_head(page: AppTest, layer: int, head: int) -> AppTest:
    """Type a head's numbers into the two fields."""
    page.number_input(key="layer_field").set_value(layer)
    page.number_input(key="head_field").set_value(head)
    return page.run()


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def findings(page: AppTest) -> list:
    """Return what is in the report."""
    return [entry.finding for entry in page.session_state["report"]]


def in_tab(page: AppTest, tab: str) -> AppTest:
    """Open this tab, of a page whose URL names none."""
    page.session_state["tab"] = tab
    return page.run()


def upload_report(page: AppTest, view: dict[str, str]) -> AppTest:
    """Continue from a file with one finding and this view."""
    file = report_file.save([FOUND], view)
    return page.file_uploader(key="report_file").upload("report.json", file).run()


def claim(open_page, lines: str) -> AppTest:
    """Open the page on a claim with these lines."""
    page = open_page(tab="Test a claim", examples=lines)
    assert not page.exception
    return page
