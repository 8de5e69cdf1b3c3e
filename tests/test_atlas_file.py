"""Atlases as files: what is saved is read again, and any other file is refused."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attention import atlas_apart, atlas_file, atlas_table
from attention.atlas import Atlas
from attention.atlas_apart import load_apart
from attention.atlas_file import ABOUT, BadAtlas, load, save
from attention.atlas_table import COLUMNS
from tests.test_atlas_judgements import DETERMINERS, small_atlas

GOOD = save(small_atlas(det=DETERMINERS, obj=DETERMINERS))
many = settings(derandomize=True, max_examples=300)


def assert_same(one: Atlas, other: Atlas) -> None:
    assert one.source == other.source
    assert list(one.relations) == list(other.relations)
    for name, relation in one.relations.items():
        for field, values in vars(relation).items():
            assert np.array_equal(values, getattr(other.relations[name], field))
    for field, values in vars(one.habits).items():
        assert np.array_equal(values, getattr(other.habits, field))


def rewritten(change=lambda frame: frame, about=None, **how) -> bytes:
    """Return a good atlas's file, its rows or what it says of itself changed."""
    table = pq.read_table(io.BytesIO(GOOD))
    said = json.loads(table.schema.metadata[ABOUT]) | (about or {})
    frame = change(table.to_pandas())
    columns = {name: COLUMNS.get(name, pa.string()) for name in frame}
    changed = pa.Table.from_pandas(frame, pa.schema(columns), preserve_index=False)
    stream = io.BytesIO()
    metadata = {ABOUT: json.dumps(said)}
    pq.write_table(changed.replace_schema_metadata(metadata), stream, **how)
    return stream.getvalue()


def setting(kind: str, column: str, value):
    """Return a change of one cell: the first of a kind of row."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[frame.index[frame["kind"] == kind][0], column] = value
        return frame

    return change


@pytest.mark.slow
def test_what_is_saved_is_read_again():
    atlas = small_atlas(det=DETERMINERS, obj=DETERMINERS)
    source = replace(atlas.source, files={"a.conllu": "ab"}, skipped={"odd ones": 3})
    atlas = replace(atlas, source=source)
    assert_same(load(save(atlas)), atlas)
    assert_same(load_apart(save(atlas)), atlas)
    # The helper below leaves good what it does not change, in any order of rows.
    assert_same(load(rewritten()), load(GOOD))
    turned = load(rewritten(lambda frame: frame[::-1]))
    for name, relation in turned.relations.items():
        assert np.array_equal(relation.hits, load(GOOD).relations[name].hits)


CHANGES = {
    "a row less": lambda frame: frame[1:],
    "a row twice": lambda frame: pd.concat([frame, frame[:1]]),
    "an offset twice": lambda frame: pd.concat([frame, frame[frame.kind == "offset"]]),
    "more hits than instances": setting("relation", "hits", 11),
    "hits below none": setting("relation", "hits", -1),
    "no hits": setting("relation", "hits", None),
    "instances that differ": setting("relation", "instances", 9),
    "a head beyond the last": setting("relation", "head", 3),
    "head 0": setting("relation", "head", 0),
    "another half": setting("relation", "half", "zq"),
    "another direction": setting("relation", "direction", "zq"),
    "no name": setting("relation", "name", None),
    "an endless name": setting("relation", "name", "zq" * 31),
    "a name that is no text": lambda frame: frame.replace({"name": {"det": "zq\n"}}),
    "an offset too far": setting("offset", "offset", 31),
    "more governors than instances": setting("offset", "hits", 11),
    # Two of them make less than none, in 64 bits.
    "governors without end": lambda frame: frame.assign(
        hits=frame["hits"].where(frame["kind"] != "offset", 2**62)
    ),
    "a score over 1": setting("habit", "mean", 1.5),
    "a score that is no number": setting("habit", "spread", np.nan),
    "sentences below none": setting("habit", "instances", -1),
    "an unknown role": setting("habit", "name", "zq"),
    "a column more": lambda frame: frame.assign(zq="zq"),
    "a column less": lambda frame: frame.drop(columns="half"),
    "no rows": lambda frame: frame[:0],
    "no relation": lambda frame: frame[frame.kind == "habit"],
    "too many relations": lambda frame: pd.concat(
        [
            frame,
            *(
                frame[frame.name == "det"].assign(name=f"zq {i}")
                for i in range(atlas_table.MOST_RELATIONS)
            ),
        ]
    ),
}
ABOUTS = {
    "another version": {"version": 99},
    "another shape": {"shape": [2, 2]},
    "a shape without end": {"shape": [10**9, 10**9]},
    "a shape of texts": {"shape": "zq"},
    "a model that is no text": {"model": 7},
    "half a pair": {"model": "\ud83d"},
    "a text without end": {"command": "zq" * 1000},
    "files that are a list": {"files": ["zq"]},
    "a number that is none": {"sentences": True},
    "fewer than none": {"skipped": {"zq": -1}},
    "a field more": {"zq": 1},
}
BAD = {name: rewritten(change) for name, change in CHANGES.items()}
BAD |= {name: rewritten(about=about) for name, about in ABOUTS.items()}
BAD |= {
    "nothing": b"",
    "a text": b"zq " * 100,
    "cut off": GOOD[:-9],
    "too large": GOOD + b"\0" * atlas_file.MOST_BYTES,
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_atlas_gets_a_sentence_without_its_words(name):
    with pytest.raises(BadAtlas, match="python -m corpus.atlas") as refused:
        load(BAD[name])
    assert "zq" not in str(refused.value)


def test_brackets_without_end_are_refused():
    table = pq.read_table(io.BytesIO(GOOD))
    stream = io.BytesIO()
    metadata = {ABOUT: b"[" * 100_000}
    pq.write_table(table.replace_schema_metadata(metadata), stream)
    with pytest.raises(BadAtlas):
        load(stream.getvalue())


@many
@example([])
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=4)
)
def test_changed_bytes_give_an_atlas_that_holds_together_or_a_sentence(changes):
    data = bytearray(GOOD)
    for place, value in changes:
        data[place] = value
    try:
        atlas = load(bytes(data))
    except BadAtlas:
        assert changes
        return
    assert_same(load(save(atlas)), atlas)


def one_long_text(rows: int, length: int) -> bytes:
    """Return a file of some kB in which each row repeats a text."""
    columns = {name: pa.nulls(rows, type_) for name, type_ in COLUMNS.items()}
    columns["name"] = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, np.int32)), pa.array(["x" * length])
    )
    stream = io.BytesIO()
    about = pq.read_schema(io.BytesIO(GOOD)).metadata
    table = pa.table(columns).replace_schema_metadata(about)
    pq.write_table(table, stream, compression="zstd", store_schema=False)
    return stream.getvalue()


@pytest.mark.slow
def test_a_small_file_that_unpacks_to_gigabytes_is_refused_in_a_process_of_its_own():
    bomb = one_long_text(atlas_file.MOST_ROWS, 10_000_000)  # three terabytes
    assert len(bomb) < atlas_file.MOST_BYTES
    with pytest.raises(BadAtlas):
        load_apart(bomb)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "says"), [("a row less", "not complete"), ("cut off", "damaged")]
)
def test_what_the_other_process_refuses_is_said_here(name, says):
    with pytest.raises(BadAtlas, match=says):
        load_apart(BAD[name])


@pytest.mark.slow
def test_a_file_that_ends_or_holds_up_the_reader_is_refused(monkeypatch, caplog):
    monkeypatch.setattr(atlas_apart, "READER", ["-c", "import os; os.abort()"])
    with pytest.raises(BadAtlas, match="damaged"):
        load_apart(GOOD)
    assert "the reader ended with -6" in caplog.text
    monkeypatch.setattr(atlas_apart, "READER", ["-c", "input(); input()"])
    monkeypatch.setattr(atlas_apart, "SECONDS", 0.01)
    with pytest.raises(BadAtlas, match="damaged"):
        load_apart(GOOD)


ABORTS_ON_ITS_WAY_OUT = """
import atexit, os, runpy
atexit.register(os.abort)
runpy.run_module("attention.atlas_apart", run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", [None, "a row less"])
def test_a_reader_that_is_done_cannot_fail_on_its_way_out(monkeypatch, name):
    """As Arrow's threads now and then do to a process that ends."""
    monkeypatch.setattr(atlas_apart, "READER", ["-c", ABORTS_ON_ITS_WAY_OUT])
    if name is None:
        assert_same(load_apart(GOOD), load(GOOD))
    else:
        with pytest.raises(BadAtlas, match="not complete"):
            load_apart(BAD[name])
