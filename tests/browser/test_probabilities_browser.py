"""How a real Chromium writes probabilities: a small one is not none."""

import pytest
from playwright.sync_api import expect

from attention.evidence import tenths
from tests.support.browsing import open_page

pytestmark = pytest.mark.browser
SURE = "He is one [MASK] the best."  # the bundled model gives one word nearly all


@pytest.fixture(scope="module")
def shares(bundled_engine) -> list[str]:
    best = bundled_engine.read(SURE, 20).predictions[0]
    return [tenths(prediction.probability) for prediction in best]


def test_words_have_the_probabilities_that_reports_have(served, new_page, shares):
    assert shares[-1] == "under 0.1%"
    page = open_page(new_page(), served, text=SURE, k="20")
    expect(page.locator(".tables .number")).to_have_text(shares)
