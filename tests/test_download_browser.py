"""Getting a model from the page, against a fake hub: progress, cancel, faults."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browsing import open_page
from tests.fake_hub import FakeHub
from tests.random_bert import write_random_bert
from tests.serving import alone, serve

pytestmark = pytest.mark.browser
ASK = "Download bert-base-uncased (440 MB)"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub whose every model is a random one of BERT's shape and small size."""
    folder = write_random_bert(
        tmp_path_factory.mktemp("model"),
        num_hidden_layers=12,
        num_attention_heads=12,
        hidden_size=48,
    )
    files = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    with FakeHub(files) as running:
        yield running


@pytest.fixture
def page(hub, new_page, tmp_path):
    """A page on a server of its own, whose model cache is empty."""
    environment = alone(tmp_path) | {"HF_ENDPOINT": hub.url}
    with serve(tmp_path / "log.txt", **environment) as server:
        page = open_page(new_page(), server.url, model="bert-base-uncased")
        expect(page.get_by_text("Answered by attention-small-12x12")).to_be_visible()
        yield page
        page.close()  # before its server goes
        hub.fault = None


def test_a_downloaded_model_answers(page):
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_text("Answered by bert-base-uncased")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_progress_is_shown_and_cancelling_leaves_the_small_model(hub, page):
    hub.fault = "slow"
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_text("Getting bert-base-uncased:")).to_be_visible()
    expect(page.get_by_text("MB a second")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name=ASK)).to_be_visible()
    expect(page.get_by_text("Answered by attention-small-12x12")).to_be_visible()
    hub.fault = None
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_text("Answered by bert-base-uncased")).to_be_visible()


def test_a_fault_is_one_sentence_and_the_next_try_succeeds(hub, page):
    hub.fault = "404"
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_role("alert")).to_contain_text("404")
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_text("Answered by attention-small-12x12")).to_be_visible()
    hub.fault = None
    page.get_by_role("button", name="Download again").click()
    expect(page.get_by_text("Answered by bert-base-uncased")).to_be_visible()
