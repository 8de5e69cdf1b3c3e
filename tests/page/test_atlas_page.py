"""The tab Atlas and what it lends to others, on an atlas made by hand."""

import logging
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attention.atlas.file import save
from attention.atlas.rates import FARTHEST, LABELS, Atlas, Habits, Relation, Source
from attention.heads.roles import NAMES
from attention.reading import Head
from components.session import atlases
from components.tabs.atlas import atlas as tab
from components.tabs.atlas import relation as atlas_relation
from components.tabs.atlas import source as atlas_source
from model_cache.catalog import BUNDLED
from model_cache.hashes import sha256, weights_sha256
from tests.page.test_page import headings
from tests.support.hostile import HOSTILE, read_as_markup
from tests.support.on_the_page import (
    has_picture,
    in_tab,
    labels,
    open_head,
    press,
    texts,
)
from tests.support.serving import ROOT

BEST, OTHER = Head(4, 0), Head(2, 9)
OBJECTS = "direct object → its verb"
PARQUET = ROOT / "tests/data/old_links/atlas.parquet"
WEIGHTS_SHA256 = weights_sha256(ROOT / "model_cache/bundled")
OTHER_WEIGHTS = {"model": "bert-base-uncased", "model_sha256": "ab" * 32}
TREEBANK = """\
# text = She often reads a book.
1\tShe\t_\tPRON\t_\t_\t3\tnsubj\t_\t_
2\toften\t_\tADV\t_\t_\t3\tadvmod\t_\t_
3\treads\t_\tVERB\t_\t_\t0\troot\t_\t_
4\ta\t_\tDET\t_\t_\t5\tdet\t_\t_
5\tbook\t_\tNOUN\t_\t_\t3\tobj\t_\tSpaceAfter=No
6\t.\t_\tPUNCT\t_\t_\t3\tpunct\t_\t_

"""


def counted(n: int, hits: int, offset: int, offset_hits: int) -> Relation:
    """Return a relation in two equal halves in which one head, BEST, hits at all."""
    all_hits = np.zeros((2, 2, 12, 12), int)
    all_hits[:, :, *BEST] = hits
    offsets = np.zeros((2, 2 * FARTHEST + 1), int)
    offsets[:, FARTHEST + offset] = offset_hits
    return Relation(np.array([n, n]), all_hits, offsets)


def made(**source) -> Atlas:
    labels = np.zeros((12, 12, len(LABELS)), int)
    labels[..., LABELS.index("next")] = 500
    habits = Habits(
        np.full(len(NAMES), 500),
        np.full((12, 12, len(NAMES)), 0.25),
        np.full((12, 12, len(NAMES)), 0.125),
        labels,
    )
    relations = {
        "punct": counted(400, 10, 1, 50),
        "det": counted(100, 20, 1, 60),
        "obj": counted(200, 150, -2, 80),
    }
    about = Source(BUNDLED, WEIGHTS_SHA256, "python -m corpus.atlas x", {}, 500)
    return Atlas(replace(about, **source), relations, habits)


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A folder of atlases with one in it, and a treebank of our own."""
    monkeypatch.setattr(atlases, "ATLASES", tmp_path)
    monkeypatch.setattr(atlases, "TREEBANKS", tmp_path)
    monkeypatch.setattr(atlas_relation, "SMALL_TREEBANK", tmp_path / "small")
    (tmp_path / "small").write_text(TREEBANK)
    (tmp_path / f"{BUNDLED}.npz").write_bytes(save(made()))
    return tmp_path


@pytest.fixture
def open_atlas(open_page, folder):
    def make(**parameters: str) -> AppTest:
        page = open_page(tab="Atlas", **parameters)
        assert not page.exception
        assert not page.error
        return page

    return make


def upload(page: AppTest, data: bytes, name: str = "../zq.npz") -> None:
    page.file_uploader(key=atlas_source.FILE).upload(name, data).run()
    assert not page.exception


def listed(page: AppTest, column: str):
    return next(f.value for f in page.dataframe if column in f.value)


def test_relations_are_listed_by_how_frequent_and_layout_is_not_opened_first(
    open_atlas,
):
    page = open_atlas()
    assert page.selectbox(key="relation").options == [
        "punctuation mark → its clause",
        "clause → its punctuation mark",
        OBJECTS,
        "verb → its direct object",
        "determiner → its noun",
        "noun → its determiner",
    ]
    assert page.selectbox(key="relation").value == OBJECTS


def test_the_best_head_is_said_opened_and_ranked(open_atlas):
    page = open_atlas(relation=OBJECTS)
    assert (
        "Layer 5, head 1 hits 75% (with 95% confidence 69% to 80%) of 200; the best "
        "fixed guess, 2 words back, 40%. The head is clearly better." in texts(page)
    )
    assert "The open head: Layer 3, head 10 hits 0%" in texts(page)
    first = listed(page, "above").iloc[0]
    assert (first["layer"], first["head"]) == (5, 1)
    assert first["above"] == pytest.approx(0.35)
    page = press(page, "Open layer 5, head 1")
    assert "Layer 5, head 1" in headings(page)
    assert "Open layer 5, head 1" not in labels(page)
    assert "The open head: Layer 5, head 1 hits 75%" in texts(page)


def test_the_link_opens_a_relation_the_other_way_round(open_atlas):
    page = open_atlas(relation="verb → its direct object")
    assert "the best fixed guess, 2 words further on, 40%" in texts(page)


def test_the_open_heads_relations_and_habits_are_listed(open_atlas):
    page = open_atlas(by="open head", layer="5", head="1")
    frame = listed(page, "instances")
    assert frame["relation"].tolist()[:2] == [OBJECTS, "verb → its direct object"]
    assert frame["above"].tolist()[:2] == pytest.approx([0.35, 0.35])
    habits = listed(page, "called")
    assert habits.iloc[0][["role", "called"]].tolist() == ["next", 1]
    assert "next, in 100% of 500" in texts(page)


def test_a_row_of_the_heads_relations_opens_that_relation(open_atlas):
    page = open_atlas(by="open head")
    state = {}
    with mock.patch.object(tab.st, "session_state", state):
        tab.open_relation("noun → its determiner")
    for key, value in state.items():
        page.session_state[key] = value
    page.run()
    assert page.selectbox(key="relation").value == "noun → its determiner"


LINE = "points from a direct object to its verb 75% of the time (best fixed offset"


def test_the_head_view_says_what_its_head_clearly_points_to(open_page, folder):
    page = open_page(layer="5", head="1")
    assert f"Over 500 sentences: {LINE}: 40%)." in texts(page)
    assert "Over 500 sentences" not in texts(open_head(page, 5, 2))


@pytest.mark.parametrize("name", ["Head", "Atlas", "Test a claim"])
def test_no_part_tells_what_heads_do_while_that_is_hidden(open_page, folder, name):
    page = open_page(
        hide="roles", tab=name, layer="5", head="1", examples="object -> verb"
    )
    assert "Over 500 sentences" not in texts(page)
    assert "Chosen on one half" not in texts(page)
    if name == "Atlas":
        assert "for you to find out" in texts(page)
        page = press(page, "Show it")
        assert "Chosen on one half" in texts(page)


def test_a_claim_has_what_the_atlas_says_and_opens_it_there(open_page, folder):
    page = open_page(tab="Test a claim", examples="object -> verb", layer="5", head="1")
    assert "The atlas, over 500 sentences. Chosen on one half" in texts(page)
    assert "The open head: Layer 5, head 1 hits 75%" in texts(page)
    page = press(page, "determiner -> noun")
    assert "60%. The head is no better" in texts(page)
    page = press(page, "pronoun -> noun")
    assert "The atlas" not in texts(page)
    # A student's own words, as the atlas lists the relation.
    page.text_input(key="claim_words").set_value("Noun -> its determiner").run()
    assert "The atlas, over 500 sentences" in texts(page)
    page = press(page, "Open it in the tab Atlas")
    assert page.selectbox(key="relation").value == "noun → its determiner"


def test_examples_come_from_our_own_treebank_where_the_atlass_is_not_here(open_atlas):
    page = open_atlas(relation=OBJECTS)
    assert "Examples, taken evenly from small" in texts(page)
    frame = listed(page, "looked_at")
    assert frame[["sentence", "pair"]].to_numpy().tolist() == [
        ["She often reads a book.", "book -> reads"]
    ]
    page.selectbox(key="relation").set_value("noun → its determiner").run()
    assert listed(page, "looked_at")["pair"].tolist() == ["book -> a"]


def test_examples_come_from_the_atlass_treebank_if_it_is_unchanged(open_atlas, folder):
    file = folder / "own.conllu"
    file.write_text(TREEBANK.replace("book", "letter"))
    # A path names no file: names are only compared with what the folder has.
    files = {"own.conllu": sha256(file), str(folder / "small"): sha256(file)}
    (folder / f"{BUNDLED}.npz").write_bytes(save(made(files=files)))
    page = open_atlas(relation=OBJECTS)
    assert "Examples, taken evenly from own.conllu: the open head hits" in texts(page)
    assert listed(page, "looked_at")["pair"].tolist() == ["letter -> reads"]
    file.write_text(TREEBANK.replace("book", "poem"))
    page.run()
    assert listed(page, "looked_at")["pair"].tolist() == ["book -> reads"]


def test_without_an_example_or_a_treebank_the_page_says_so(open_atlas, folder):
    page = open_atlas(relation="determiner → its noun")
    (folder / "small").write_text(TREEBANK.replace("\tdet\t", "\tamod\t"))
    assert "no example of this relation" in texts(page.run())
    (folder / "small").unlink()
    assert "No treebank is at hand" in texts(page.run())


def test_the_source_is_said_and_a_licence_only_of_what_is_known(open_atlas, folder):
    known = next(iter(atlas_source.LICENCES))
    files = {"a.conllu": known, "en_ewt-ud-dev.conllu": "0" * 64}
    skipped = {"dependencies within a contraction": 174}
    atlas = made(files=files, skipped=skipped)
    (folder / f"{BUNDLED}.npz").write_bytes(save(atlas))
    said = texts(open_atlas())
    assert f"a.conllu (SHA-256 {known[:12]}…; English Web Treebank" in said
    assert "en_ewt-ud-dev.conllu (SHA-256 000000000000…)" in said
    assert "Left out: 174 dependencies within a contraction" in said


def test_without_an_atlas_of_the_model_the_page_says_which_there_are(
    open_atlas, folder
):
    (folder / f"{BUNDLED}.npz").unlink()
    (folder / "other.npz").write_bytes(save(made(**OTHER_WEIGHTS)))
    page = open_atlas(layer="5", head="1")
    assert f"no atlas of {BUNDLED} here. There are atlases of bert-base-uncased" in (
        texts(page)
    )
    command = f"python -m corpus.atlas TREEBANK.conllu --model {BUNDLED}"
    assert page.get("code")[0].value == command
    assert LINE not in texts(page)


def test_an_atlas_of_the_models_name_and_other_weights_is_not_shown(open_atlas, folder):
    trained_further = made(model_sha256="ab" * 32)
    (folder / f"{BUNDLED}.npz").write_bytes(save(trained_further))
    page = open_atlas(layer="5", head="1")
    assert "One of that name was measured with other weights" in texts(page)
    assert LINE not in texts(page)


def test_an_atlas_of_the_models_weights_is_shown_whatever_it_calls_them(
    open_page, folder
):
    (folder / f"{BUNDLED}.npz").write_bytes(save(made(model="our own BERT")))
    assert LINE in texts(open_page(head="5-1"))


def test_an_atlas_of_another_shape_is_not_shown(open_atlas, folder):
    small = made()
    habits = small.habits
    cut = replace(
        small,
        relations={
            name: replace(one, hits=one.hits[:, :, :2])
            for name, one in small.relations.items()
        },
        habits=replace(
            habits,
            mean=habits.mean[:2],
            spread=habits.spread[:2],
            labels=habits.labels[:2],
        ),
    )
    (folder / f"{BUNDLED}.npz").write_bytes(save(cut))
    page = open_atlas(layer="5", head="1")
    assert "There is no atlas" in texts(page)


def test_a_broken_file_is_told_and_logged_once_and_the_others_are_shown(
    open_atlas, folder, caplog
):
    (folder / "broken.npz").write_bytes(b"zq")
    (folder / "large.npz").write_bytes(bytes(3_000_000))
    with caplog.at_level(logging.WARNING, atlases.__name__):
        page = open_atlas()
        page.run()
    assert "2 files in corpus/atlases cannot be read" in texts(page)
    assert "Chosen on one half" in texts(page)
    logged = [r.getMessage() for r in caplog.records if r.name == atlases.__name__]
    assert len(logged) == 2
    assert "broken.npz" in logged[0]


def test_an_uploaded_atlas_is_shown_before_the_folders_and_either_can_be_chosen(
    open_page, folder
):
    page = in_tab(open_page(head="5-1"), "Atlas")
    upload(page, save(replace(made(sentences=77))))
    assert f"Over 77 sentences: {LINE}" in texts(in_tab(page, "Head"))
    in_tab(page, "Atlas").selectbox(key="atlas_file").set_value(f"{BUNDLED}.npz").run()
    # The choice holds while another tab is open.
    assert f"Over 500 sentences: {LINE}" in texts(in_tab(page, "Head"))
    assert f"Over 500 sentences: {LINE}" in texts(page.run())


def test_an_uploaded_atlas_of_another_model_waits_for_it(open_atlas):
    page = open_atlas()
    upload(page, save(made(**OTHER_WEIGHTS)))
    assert "Your atlas is of bert-base-uncased, 12 layers of 12 heads" in texts(page)
    assert "Chosen on one half" in texts(page)


@pytest.mark.parametrize("data", [b"", b"PK zq", save(made())[:-40]])
def test_an_upload_that_is_no_atlas_gets_a_sentence_without_its_words(open_atlas, data):
    page = open_atlas()
    upload(page, data)
    (error,) = page.error
    assert error.value.startswith("This file is no atlas, or damaged.")
    assert "Chosen on one half" in texts(page)


NEW_ATLAS = "make a new one with `python -m corpus.atlas TREEBANK.conllu"


def test_an_uploaded_parquet_file_is_told_how_to_become_an_atlas(open_atlas):
    page = open_atlas()
    upload(page, PARQUET.read_bytes(), "old.parquet")
    (error,) = page.error
    assert NEW_ATLAS in error.value
    assert "Chosen on one half" in texts(page)


def test_a_parquet_file_left_in_the_folder_is_told_and_the_log_says_what_to_do(
    open_atlas, folder, caplog
):
    (folder / "old.parquet").write_bytes(PARQUET.read_bytes())
    with caplog.at_level(logging.WARNING, atlases.__name__):
        page = open_atlas()
    assert "1 file in corpus/atlases cannot be read" in texts(page)
    assert "Chosen on one half" in texts(page)
    (logged,) = [r.getMessage() for r in caplog.records if r.name == atlases.__name__]
    assert "old.parquet" in logged
    assert NEW_ATLAS in logged


def test_an_atlas_older_than_a_role_or_than_its_end_is_shown(open_atlas, folder):
    habits = made().habits
    roles = ("gone", *NAMES[1:])  # had not yet what is the first role now
    named = replace(habits, roles=roles, called=("gone", *LABELS[1:]))
    (folder / f"{BUNDLED}.npz").write_bytes(save(replace(made(), habits=named)))
    page = open_atlas(by="open head")
    shown = listed(page, "called")["role"].tolist()
    assert shown[0] == "next"
    assert shown[-1] == f"{NAMES[0]} (not measured)"
    assert "gone" not in " ".join(shown)


@pytest.mark.parametrize("by", ["relation", "open head"])
@pytest.mark.parametrize("model", [BUNDLED, HOSTILE])
def test_a_hostile_atlas_is_shown_as_text(open_atlas, by, model):
    name = "=zq<b>**zq**</b>[zq](http://zq)$zq$`zq`:red[zq]"
    relations = made().relations | {name: counted(900, 800, 1, 10)}
    atlas = made(
        model=model,
        command=HOSTILE,
        files={HOSTILE: HOSTILE, "../../zq": HOSTILE},
        skipped={HOSTILE: 3},
    )
    page = open_atlas(by=by, layer="5", head="1")
    upload(page, save(replace(atlas, relations=relations)))
    assert "zq" in texts(page)
    assert has_picture(page)
    assert read_as_markup(page) == []
    for frame in (element.value for element in page.dataframe):
        if "relation" in frame:
            assert not frame["relation"].str.startswith("=").any()
