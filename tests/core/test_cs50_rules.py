"""The rules of CS50's "Attention", with the values its task states."""

from collections import UserDict
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import mask

MASK_ID = 103  # of [MASK] in BERT's English vocabularies
IDS = [101, 2059, 1045, 3856, 2039, 1037, 103, 2013, 1996, 2795, 1012, 102]


def tensor(value):
    import tensorflow

    return tensorflow.constant(value)


KINDS = {
    "nested list": lambda ids: [ids],
    "NumPy array": lambda ids: np.array([ids]),
    "TensorFlow tensor": lambda ids: tensor([ids]),
}
TENSOR = pytest.param("TensorFlow tensor", marks=pytest.mark.slow)


class Encoding(UserDict):
    """Like a tokenizer's BatchEncoding: keys and attributes."""

    def __getattr__(self, name):
        return self.data[name]


@pytest.mark.parametrize("kind", ["nested list", "NumPy array", TENSOR])
def test_the_mask_is_found_in_any_kind_of_array(kind):
    assert mask.get_mask_token_index(MASK_ID, {"input_ids": KINDS[kind](IDS)}) == 6


@pytest.mark.parametrize("kind", ["nested list", "NumPy array", TENSOR])
def test_without_a_mask_there_is_no_index(kind):
    ids = KINDS[kind]([101, 2059, 102])
    assert mask.get_mask_token_index(MASK_ID, {"input_ids": ids}) is None


@pytest.mark.parametrize("inputs", [dict, Encoding, SimpleNamespace])
def test_inputs_are_read_by_key_or_by_attribute(inputs):
    given = inputs(input_ids=np.array([IDS]))
    assert mask.get_mask_token_index(MASK_ID, given) == 6


def test_of_several_masks_the_first_counts_and_its_index_is_an_int():
    index = mask.get_mask_token_index(7, {"input_ids": np.array([[7, 0, 7]])})
    assert index == 0
    assert type(index) is int


@pytest.mark.parametrize(
    ("score", "gray"), [(0, 0), (1, 255), (0.25, 64), (0.5, 128), (0.1, 26), (1.0, 255)]
)
def test_a_score_is_a_gray_triple_of_ints(score, gray):
    for number in (score, np.float32(score), np.float64(score)):
        color = mask.get_color_for_attention_score(number)
        assert color == (gray, gray, gray)
        assert isinstance(color, tuple)
        assert [type(part) for part in color] == [int, int, int]


@pytest.mark.slow
def test_a_tensorflow_score_has_a_color_too():
    assert mask.get_color_for_attention_score(tensor(0.25)) == (64, 64, 64)


def test_every_diagram_has_cs50s_name_size_and_colors(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(50)
    tokens = ["[CLS]", "then", "##ly", "[MASK]", "[SEP]"]
    attentions = tuple(
        rng.dirichlet(np.ones(5), (1, 3, 5)).astype(np.float32) for _ in range(2)
    )
    mask.visualize_attentions(tokens, attentions)
    names = {f"Attention_Layer{n}_Head{m}.png" for n in (1, 2) for m in (1, 2, 3)}
    assert {path.name for path in tmp_path.iterdir()} == names
    for layer in range(2):
        for head in range(3):
            name = f"Attention_Layer{layer + 1}_Head{head + 1}.png"
            with Image.open(name) as image:
                assert image.size == (40 * 5 + 200,) * 2
                for i, j in np.ndindex(5, 5):
                    at = (200 + 40 * j + 20, 200 + 40 * i + 20)
                    score = attentions[layer][0, head, i, j]
                    expected = mask.get_color_for_attention_score(score)
                    assert image.getpixel(at) == expected


@pytest.mark.parametrize("kind", ["nested list", TENSOR])
def test_attentions_of_any_kind_are_drawn(kind, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights = [[[1.0, 0.0], [0.25, 0.75]]]  # one head
    mask.visualize_attentions(["a", "b"], (KINDS[kind](weights),))
    with Image.open("Attention_Layer1_Head1.png") as image:
        assert image.getpixel((220, 220)) == (255, 255, 255)
        assert image.getpixel((260, 220)) == (0, 0, 0)
        assert image.getpixel((220, 260)) == (64, 64, 64)  # row 2 looks at column 1


def test_numbers_in_a_name_are_the_ones_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mask.generate_diagram(3, 10, ["a"], np.ones((1, 1)))
    assert [path.name for path in tmp_path.iterdir()] == ["Attention_Layer3_Head10.png"]


def test_the_constants_are_cs50s():
    assert (mask.BERT_BASE, mask.K) == ("bert-base-uncased", 3)
    assert callable(mask.main)
