"""Models and readings behind Streamlit's caches."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from model_cache import cache
from model_cache.checkpoint import BrokenCheckpoint
from tests.conftest import emptied
from tests.support.random_bert import write_random_bert

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def empty_caches():
    with emptied(cache.default_model, cache._engine, cache._reader):
        yield


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """Whatever model is asked for is a small random one, of BERT base's shape."""
    folder = write_random_bert(
        tmp_path, num_hidden_layers=12, num_attention_heads=12, hidden_size=48
    )
    monkeypatch.setattr(cache, "find_local", lambda model: folder)
    monkeypatch.setattr("model_cache.hub.find_local", lambda model: folder)


def test_many_visitors_with_one_sentence_are_one_reading(tiny):
    with ThreadPoolExecutor(16) as pool:
        readings = list(
            pool.map(lambda _: cache.read("bert-base-cased", "the turtle"), range(48))
        )
    assert len({id(reading) for reading in readings}) == 1


def test_the_same_sentence_of_two_models_is_two_readings(tiny):
    first = cache.read("bert-base-cased", "the turtle")
    second = cache.read("bert-base-uncased", "the turtle")
    assert (first.model, second.model) == ("bert-base-cased", "bert-base-uncased")


def test_old_readings_go_when_their_bytes_are_needed(tiny, monkeypatch):
    monkeypatch.setattr(cache, "READINGS_BYTES", 200_000)
    cache._reader.clear()
    first = cache.read("bert-base-cased", "the turtle")
    assert cache.read("bert-base-cased", "the turtle") is first
    for n in range(2, 12):
        cache.read("bert-base-cased", "the turtle " * n)
    assert cache.read("bert-base-cased", "the turtle") is not first


def test_a_deployments_model_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("ATTENTION_MODEL", "bert-base-cased")
    assert cache.default_model() == ("bert-base-cased", "")


def test_an_unknown_deployment_model_is_said_and_replaced(monkeypatch):
    monkeypatch.setenv("ATTENTION_MODEL", "gpt-2")
    model, fault = cache.default_model()
    assert model == "attention-small-12x12"
    assert "ATTENTION_MODEL" in fault
    assert "gpt-2" in fault


def test_bert_base_is_the_default_where_it_is_at_hand(tiny, monkeypatch):
    monkeypatch.delenv("ATTENTION_MODEL", raising=False)
    assert cache.default_model() == ("bert-base-uncased", "")


def test_the_bundled_model_is_the_default_elsewhere(monkeypatch):
    monkeypatch.delenv("ATTENTION_MODEL", raising=False)
    monkeypatch.setattr("model_cache.hub.find_local", lambda model: None)
    assert cache.default_model() == ("attention-small-12x12", "")


def test_a_model_that_is_not_what_the_catalog_says_is_refused(monkeypatch, tmp_path):
    folder = write_random_bert(tmp_path)  # 2 layers x 4 heads
    monkeypatch.setattr(cache, "find_local", lambda model: folder)
    with pytest.raises(BrokenCheckpoint, match="Correct catalog.toml"):
        cache.read("bert-base-cased", "the turtle")


def test_a_model_whose_files_went_meanwhile_is_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(cache, "find_local", lambda model: None)
    with pytest.raises(BrokenCheckpoint, match="bert-base-cased are no longer on this"):
        cache.read("bert-base-cased", "the turtle")
