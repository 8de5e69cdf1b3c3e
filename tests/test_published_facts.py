"""What others printed of bert-base-uncased, where its weights are on this computer."""

import json

import pytest

from model_cache.catalog import BERT_BASE, find_model
from model_cache.checkpoint import read_checkpoint
from model_cache.engine import Engine
from model_cache.hub import find_local
from tests.serving import ROOT

FACTS = json.loads((ROOT / "tests/golden/bert_base_uncased.json").read_text())
pytestmark = pytest.mark.hub


@pytest.fixture(scope="module")
def bert_base() -> Engine:
    folder = find_local(find_model(BERT_BASE))
    if folder is None:
        pytest.skip("bert-base-uncased is not in the local Hugging Face cache")
    return Engine(BERT_BASE, read_checkpoint(folder))


@pytest.mark.parametrize(
    "fact",
    [f for f in FACTS["fill_mask"] if f["confidence"] != "low"],
    ids=lambda fact: fact["text"],
)
def test_bert_base_puts_the_published_words_at_the_mask(bert_base, fact):
    predictions = bert_base.read(fact["text"], k=len(fact["top"])).predictions[0]
    assert [p.token for p in predictions] == [top["token"] for top in fact["top"]]
    for prediction, top in zip(predictions, fact["top"], strict=True):
        if "score" in top:
            assert prediction.probability == pytest.approx(
                top["score"], abs=fact["tolerance"]
            )


@pytest.mark.parametrize(
    "fact", FACTS["attention"], ids=lambda fact: f"{fact['layer']}-{fact['head']}"
)
def test_bert_base_attends_as_students_have_published(bert_base, fact):
    reading = bert_base.read(fact["text"])
    assert list(reading.tokens) == fact["tokens"]
    weights = reading.attention[fact["layer"] - 1, fact["head"] - 1]
    for cell in fact["cells"]:
        assert weights[cell["from"], cell["to"]] == pytest.approx(
            cell["weight"], abs=fact["tolerance"]
        )


def test_layer_3_head_10_of_bert_base_looks_at_the_next_token(bert_base):
    reading = bert_base.read("Then I picked up a [MASK] from the table.")
    next_token = reading.attention[2, 9].diagonal(offset=1)[1:-1]
    assert (next_token > 0.5).mean() > 0.8
