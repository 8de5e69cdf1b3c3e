"""Atlases as files: what is saved is read again, and any other file is refused."""

import io
import json
import tracemalloc
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from attention.atlas import file as atlas_file
from attention.atlas.file import ABOUT, BadAtlas, load, save
from attention.atlas.rates import Atlas
from tests.findings.test_atlas_judgements import DETERMINERS, small_atlas
from tests.support.serving import ROOT

GOOD = save(small_atlas(det=DETERMINERS, obj=DETERMINERS))
PARQUET = ROOT / "tests/data/old_links/atlas.parquet"
many = settings(derandomize=True, max_examples=300)


def assert_same(one: Atlas, other: Atlas) -> None:
    assert one.source == other.source
    assert list(one.relations) == list(other.relations)
    for name, relation in one.relations.items():
        for field, values in vars(relation).items():
            assert np.array_equal(values, getattr(other.relations[name], field))
    for field, values in vars(one.habits).items():
        assert np.array_equal(values, getattr(other.habits, field))


def members() -> dict[str, bytes]:
    """Return the files in a good atlas's archive."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def npy(array, **how) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **how)
    return stream.getvalue()


def arrays() -> dict[str, np.ndarray]:
    """Return a good atlas's arrays."""
    with np.load(io.BytesIO(GOOD)) as file:
        return dict(file)


def with_array(name: str, array) -> bytes:
    return zipped(members() | {f"{name}.npy": npy(array)})


def setting(name: str, value, at=0) -> bytes:
    """Return a good atlas's file with one number changed, or several."""
    array = arrays()[name]
    array.reshape(-1)[at] = value
    return with_array(name, array)


def saying(**changes) -> bytes:
    """Return a good atlas's file that says something else of itself."""
    about = json.loads(arrays()[ABOUT].tobytes())
    return with_array(ABOUT, as_bytes(json.dumps(about | changes)))


def from_elsewhere(**changes) -> bytes:
    source = json.loads(arrays()[ABOUT].tobytes())["source"]
    return saying(source=source | changes)


def as_bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), np.uint8)


def header(shape: tuple[int, ...], type_: str = "<i8") -> bytes:
    """Return the beginning of an .npy file that promises such an array."""
    stream = io.BytesIO()
    about = {"descr": type_, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, about)
    return stream.getvalue()


def starting_with(beginning: bytes) -> bytes:
    """Return a good atlas's file whose hits begin so."""
    content = members()["hits.npy"][128:]
    return zipped(members() | {"hits.npy": beginning + content})


def test_what_is_saved_is_read_again():
    atlas = small_atlas(det=DETERMINERS, obj=DETERMINERS)
    source = replace(atlas.source, files={"a.conllu": "ab"}, skipped={"odd ones": 3})
    atlas = replace(atlas, source=source)
    assert_same(load(save(atlas)), atlas)
    # The helpers above leave good what they do not change.
    assert_same(load(zipped(members())), atlas_of_good := load(GOOD))
    assert_same(load(setting("hits", DETERMINERS.hits.flat[0])), atlas_of_good)
    assert_same(load(saying()), atlas_of_good)
    assert_same(load(starting_with(members()["hits.npy"][:128])), atlas_of_good)


def test_numpy_alone_reads_the_arrays():
    with np.load(io.BytesIO(GOOD), allow_pickle=False) as file:
        about = json.loads(file[ABOUT].tobytes())
        assert about["relations"] == ["det", "obj"]
        assert np.array_equal(file["hits"][0], DETERMINERS.hits)


BAD = {
    "more hits than instances": setting("hits", 11),
    "hits below none": setting("hits", -1),
    "no instances": setting("instances", 0, [0, 1]),
    "instances below none": setting("instances", -1),
    "more instances than can be added": setting("instances", 2**62, [0, 1]),
    "more governors than instances": setting("offsets", 11),
    # Four of them make none, in 64 bits.
    "governors without end": setting("offsets", 2**62, slice(4)),
    "a score over 1": setting("mean", 1.5),
    "a score that is no number": setting("spread", np.nan),
    "sentences below none": setting("sentences", -1),
    "labels below none": setting("labels", -1),
    "floats for counts": with_array("hits", arrays()["hits"].astype(float)),
    "counts the other way round": with_array("hits", arrays()["hits"].astype(">i8")),
    "smaller counts": with_array("hits", arrays()["hits"].astype(np.int32)),
    "a relation less": with_array("hits", arrays()["hits"][:1]),
    "heads before layers": with_array("mean", arrays()["mean"].swapaxes(0, 1)),
    "columns before rows": with_array("hits", np.asfortranarray(arrays()["hits"])),
    "texts for counts": with_array("sentences", np.array(["zq"])),
    "an array less": zipped({k: v for k, v in members().items() if k != "hits.npy"}),
    "an array more": zipped(members() | {"zq.npy": npy(np.zeros(3))}),
    "a path": zipped(members() | {"../zq.npy": npy(np.zeros(3))}),
    "no array": zipped(members() | {"hits.npy": b"zq"}),
    "a later .npy": starting_with(members()["hits.npy"][:128].replace(b"\1", b"\2", 1)),
    "a header without end": starting_with(b"\x93NUMPY\1\0\xff\xff" + b"(" * 0xFFFF),
    "a header that is no header": starting_with(header((1,)).replace(b"{", b"[")),
    "fewer numbers than said": zipped(
        members() | {"hits.npy": members()["hits.npy"][:-8]}
    ),
    "more numbers than said": zipped(
        members() | {"hits.npy": members()["hits.npy"] + bytes(8)}
    ),
    "a shape without end": starting_with(header((10**9, 10**9, 10**9))),
    "a shape below none": starting_with(header((-1, 8))),
    "no packing": zipped(members(), zipfile.ZIP_STORED),
    "another packing": zipped(members(), zipfile.ZIP_LZMA),
    "another version": saying(version=99),
    "another shape": saying(shape=[2, 2]),
    "an endless shape": saying(shape=[10**9, 10**9]),
    "a shape of texts": saying(shape="zq"),
    "no relation": saying(relations=[]),
    "a relation twice": saying(relations=["zq", "zq"]),
    "no name": saying(relations=["det", " "]),
    "an endless name": saying(relations=["det", "zq" * 31]),
    "a name that is no text": saying(relations=["det", 7]),
    "a name of two lines": saying(relations=["det", "zq\n"]),
    "too many relations": saying(
        relations=[f"zq {i}" for i in range(atlas_file.MOST_RELATIONS + 1)]
    ),
    "too many roles": saying(
        roles=[f"zq {i}" for i in range(atlas_file.MOST_LABELS + 1)]
    ),
    "a role twice": saying(roles=["zq"] * 9),
    "labels that are a text": saying(called="zq" * 5),
    "nothing but a version": with_array(ABOUT, as_bytes('{"version": 2}')),
    "a list": with_array(ABOUT, as_bytes("[2]")),
    "no JSON": with_array(ABOUT, as_bytes("zq")),
    "no UTF-8": with_array(ABOUT, np.full(9, 255, np.uint8)),
    "brackets without end": with_array(ABOUT, as_bytes("[" * 100_000)),
    "a novel": saying(zq="zq" * atlas_file.MOST_ABOUT),
    "a model that is no text": from_elsewhere(model=7),
    "half a pair": from_elsewhere(model="\ud83d"),
    "a text without end": from_elsewhere(command="zq" * 1000),
    "files that are a list": from_elsewhere(files=["zq"]),
    "a number that is none": from_elsewhere(sentences=True),
    "fewer than none": from_elsewhere(skipped={"zq": -1}),
    "a field more": from_elsewhere(zq=1),
    "nothing": b"",
    "a text": b"zq " * 100,
    "cut off": GOOD[:-9],
    "too large": GOOD + b"\0" * atlas_file.MOST_BYTES,
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_atlas_gets_a_sentence_without_its_words(name):
    with pytest.raises(BadAtlas, match=r"python -m corpus\.atlas") as refused:
        load(BAD[name])
    assert "zq" not in str(refused.value)


class Boom:
    """What a pickle may do to whoever opens it."""

    def __reduce__(self):
        return pytest.fail, ("a pickle was opened",)


@pytest.mark.parametrize("name", members())
def test_a_pickle_in_an_atlas_is_not_opened(name):
    pickle = npy(np.array([Boom()], object), allow_pickle=True)
    with pytest.raises(BadAtlas):
        load(zipped(members() | {name: pickle}))


def lying(bomb: bytes) -> bytes:
    """Return the archive, its directory changed: that hits have the right size."""
    entry = bomb.rfind(b"PK\1\2", 0, bomb.rfind(b"hits.npy"))
    size = len(members()["hits.npy"]).to_bytes(4, "little")
    return bomb[: entry + 24] + size + bomb[entry + 28 :]


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """200 MB of zeros in 0.2 MB, where an atlas has a few numbers."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members().items():
            with archive.open(name, "w") as file:
                file.write(content)
                if name == "hits.npy":
                    for _ in range(200):
                        file.write(bytes(1_000_000))
    return stream.getvalue()


@pytest.mark.parametrize("lies", [False, True])
@pytest.mark.slow
def test_a_small_file_that_unpacks_to_much_is_refused_before_it_does(bomb, lies):
    data = lying(bomb) if lies else bomb
    assert len(data) < atlas_file.MOST_BYTES
    tracemalloc.start()
    try:
        with pytest.raises(BadAtlas, match="damaged" if lies else "not complete"):
            load(data)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_headers_that_promise_more_than_there_is_take_no_memory():
    size = (atlas_file.MOST_UNPACKED // 8 * 7,)
    tracemalloc.start()
    try:
        with pytest.raises(BadAtlas):
            load(starting_with(header(size)))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_parquet_file_gets_the_sentence_that_says_how_to_make_a_new_atlas():
    with pytest.raises(BadAtlas) as refused:
        load(PARQUET.read_bytes())
    assert str(refused.value) == (
        "Atlases are .npz files now, no longer Parquet: make a new one with "
        "`python -m corpus.atlas TREEBANK.conllu --model MODEL --out FILE.npz`."
    )


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
