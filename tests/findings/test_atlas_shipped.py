"""The atlas that ships: whose it is, and, where its treebank is, that it is true."""

import numpy as np
import pytest

from attention.atlas.file import load
from attention.atlas.rates import DEV, TEST, held_out
from attention.atlas.relations import TO_GOVERNOR
from corpus.atlas import ATLASES
from corpus.counts import Counts
from corpus.measure import measure
from corpus.treebank import Sentence, blocks, read_block
from model_cache.catalog import BUNDLED
from model_cache.hashes import sha256
from tests.support.serving import ROOT

# English Web Treebank's files of both halves, and how many sentences they have.
FILES = {
    "en_ewt-ud-dev.conllu": (DEV, 2001),
    "en_ewt-ud-test.conllu": (TEST, 2077),
}
# Rare enough that only 800 sentences need to be read anew.
SAMPLE = {"csubj", "nmod:desc", "obl:agent", "fixed", "expl", "iobj", "compound:prt"}
SAMPLE |= {"nmod:unmarked"}


@pytest.fixture(scope="module")
def atlas():
    return load((ATLASES / f"{BUNDLED}.npz").read_bytes())


def test_it_is_of_the_bundled_model_and_of_the_treebanks_two_halves(atlas):
    sums = (ROOT / "model_cache/bundled/SHA256SUMS").read_text()
    assert f"{atlas.source.model_sha256}  model.safetensors" in sums
    assert atlas.source.model == BUNDLED
    assert list(atlas.source.files) == list(FILES)
    assert atlas.source.sentences == sum(n for _, n in FILES.values())
    assert atlas.source.command.startswith("python -m corpus.atlas en_ewt-ud-dev")


def test_its_heads_beat_a_fixed_guess_where_grammar_is_no_matter_of_distance(atlas):
    # Clark et al. 2019, table 1: BERT base's do so by 13 points or more.
    for name in ("obj", "det", "nsubj"):
        found = held_out(atlas.relations[name], TO_GOVERNOR)
        assert found.low > found.offset_rate


def test_a_sample_of_it_is_counted_again(atlas, bundled_engine):
    counts = Counts.none(bundled_engine.shape)
    for file, (half, _) in FILES.items():
        path = ROOT / "corpus" / "treebanks" / file
        if not path.exists() or sha256(path) != atlas.source.files[file]:
            pytest.skip(f"{file} is not in corpus/treebanks")
        for block in blocks(path):
            some = [(half, one) for one in read_block(block) if is_of_sample(one)]
            counts.add(measure(bundled_engine, some))
    for name in SAMPLE:
        found, shipped = counts.relations[name], atlas.relations[name]
        assert np.array_equal(found.instances, shipped.instances)
        assert np.array_equal(found.offsets, shipped.offsets)
        # Another processor's last digits may decide a tie otherwise.
        assert np.abs(found.hits - shipped.hits).max() <= 1


def is_of_sample(sentence: Sentence) -> bool:
    return any(word.relation in SAMPLE for word in sentence.words)
