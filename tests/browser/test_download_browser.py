"""Getting a model from the page, against a fake hub: progress, cancel, faults."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.browsing import open_page
from tests.support.fake_hub import FakeHub
from tests.support.random_bert import write_random_bert
from tests.support.serving import alone, serve

pytestmark = pytest.mark.browser
SMALL = "attention-small-12x12"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub whose every model is a random one of BERT's shape and small size."""
    folder = write_random_bert(
        tmp_path_factory.mktemp("model"),
        num_hidden_layers=12,
        num_attention_heads=12,
        hidden_size=48,
        intermediate_size=512,  # so large that a slow hub takes over a minute
    )
    files = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    with FakeHub(files) as running:
        yield running


@pytest.fixture(scope="module")
def server(hub, tmp_path_factory):
    """A server whose model cache is empty, until a test downloads its own model."""
    folder = tmp_path_factory.mktemp("server")
    environment = alone(folder) | {"HF_ENDPOINT": hub.url}
    with serve(folder / "log.txt", **environment) as running:
        yield running


@pytest.fixture
def open_on(hub, server, new_page):
    """Open the page on a model that is not there yet."""

    def make(model: str) -> Page:
        page = open_page(new_page(), server.url, model=model)
        expect_answer_of(page, SMALL)
        return page

    yield make
    hub.fault = None


def expect_answer_of(page: Page, model: str) -> None:
    expect(page.get_by_text(f"Answered by {model}:")).to_be_visible()


def test_a_downloaded_model_answers(open_on):
    page = open_on("bert-base-uncased")
    page.get_by_role("button", name="Download bert-base-uncased (440 MB)").click()
    expect_answer_of(page, "bert-base-uncased")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_progress_is_shown_and_cancelling_leaves_the_small_model(hub, open_on):
    page = open_on("bert-base-cased")
    ask = page.get_by_role("button", name="Download bert-base-cased (436 MB)")
    hub.fault = "slow"
    ask.click()
    expect(page.get_by_text("Getting bert-base-cased:")).to_be_visible()
    expect(page.get_by_text("MB a second")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(ask).to_be_visible()
    expect_answer_of(page, SMALL)
    hub.fault = None
    ask.click()
    expect_answer_of(page, "bert-base-cased")


def test_a_fault_is_one_sentence_and_the_next_try_succeeds(hub, open_on):
    model = "bert-base-multilingual-cased"
    page = open_on(model)
    hub.fault = "404"
    page.get_by_role("button", name=f"Download {model} (714 MB)").click()
    expect(page.get_by_role("alert")).to_contain_text("404")
    expect(page.get_by_role("alert")).to_have_count(1)
    expect_answer_of(page, SMALL)
    hub.fault = None
    page.get_by_role("button", name="Download again").click()
    expect_answer_of(page, model)
