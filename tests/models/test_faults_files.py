"""Damaged files of models: a sentence for people, the files' names in the log."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from huggingface_hub import constants

import mask
from components.session import answer
from model_cache import hub
from model_cache.catalog import BERT_BASE, BUNDLED, find_model
from model_cache.checkpoint import BrokenCheckpoint, read_checkpoint
from model_cache.engine import Engine
from model_cache.hashes import SUMS, WEIGHTS
from tests.support.on_the_page import ACROSS, SECRET, errors, has_answer
from tests.support.random_bert import write_random_bert

pytestmark = pytest.mark.slow
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 9\n"


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def with_a_hole(content: bytes) -> bytes:
    """As a disk leaves it that lost a block: of the right length, full of zeros."""
    middle = len(content) // 2
    return content[:middle] + bytes(4096) + content[middle + 4096 :]


def with_noise(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + b"\xff" * 4096 + content[middle + 4096 :]


def without_layers(content: bytes) -> bytes:
    config = json.loads(content)
    del config["num_hidden_layers"]
    return json.dumps(config).encode()


DAMAGES: dict[str, tuple[str, Callable[[bytes], bytes] | None]] = {
    "weights cut short": ("model.safetensors", half),
    "weights with a hole": ("model.safetensors", with_a_hole),
    "weights missing": ("model.safetensors", None),
    "weights never fetched": ("model.safetensors", lambda content: LFS_POINTER),
    "config cut short": ("config.json", half),
    "config of another kind": ("config.json", lambda content: b"[]"),
    "config without layers": ("config.json", without_layers),
    "tokenizer cut short": ("tokenizer.json", half),
    "tokenizer empty of meaning": ("tokenizer.json", lambda content: b"{}"),
}


def damage(folder: Path, name: str, change: Callable[[bytes], bytes] | None) -> None:
    """Change a file's content, or take it away; a link's target stays as it is."""
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    if change is not None:
        (folder / name).write_bytes(change(content))


@pytest.fixture
def bundled(monkeypatch, tmp_path, fresh_caches) -> Path:
    """The bundled model's folder, in a copy that may be damaged."""
    original, folder = hub.BUNDLED_FOLDER, tmp_path / SECRET
    folder.mkdir()
    for path in original.iterdir():
        (folder / path.name).symlink_to(path)
    monkeypatch.setattr(hub, "BUNDLED_FOLDER", folder)
    return folder


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_bundled_model_with_damaged_files_is_told_and_works_once_repaired(
    bundled, open_page, caplog, kind
):
    original = (bundled / DAMAGES[kind][0]).resolve()
    damage(bundled, *DAMAGES[kind])
    page = open_page(text=ACROSS, layer="7", head="2")
    assert errors(page) == [answer.FAULTY_BUNDLED]
    assert not has_answer(page)
    assert str(bundled) in caplog.text
    assert "Traceback" in caplog.text
    # The frame works, and nothing is lost.
    page.text_input(key="text").set_value("A [MASK] of tea.").run()
    assert errors(page) == [answer.FAULTY_BUNDLED]
    (bundled / original.name).unlink(missing_ok=True)
    (bundled / original.name).symlink_to(original)
    page.run()
    assert errors(page) == []
    assert has_answer(page)
    assert page.text_input(key="text").value == "A [MASK] of tea."
    assert "Layer 7, head 2" in [heading.value for heading in page.header]


@pytest.mark.parametrize("kind", ["weights cut short", "tokenizer empty of meaning"])
def test_mask_py_names_the_damaged_files_in_one_line(
    bundled, monkeypatch, capsys, kind
):
    monkeypatch.setattr(mask, "default_model", lambda: find_model(BUNDLED))
    damage(bundled, *DAMAGES[kind])
    assert mask.main([ACROSS, "--no-diagrams"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert DAMAGES[kind][0] in err
    assert "get the model again" in err
    assert str(bundled) in err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("config.json", content) for content in (b"", b"{}", b"[]", b"\xff", None)),
        *(("tokenizer.json", content) for content in (b"", b"{}", b"[]", b"\xff")),
        *(("vocab.txt", content) for content in (b"\xff", None)),
    ],
)
def test_an_engine_refuses_damaged_small_files(tmp_path, name, content):
    folder = write_random_bert(tmp_path)
    (folder / name).touch()
    damage(folder, name, None if content is None else lambda _: content)
    with pytest.raises(BrokenCheckpoint, match="[Gg]et the model again"):
        Engine("damaged", read_checkpoint(folder))


def test_the_folder_is_for_those_who_own_the_computer_alone(tmp_path):
    with pytest.raises(BrokenCheckpoint) as caught:
        read_checkpoint(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert str(tmp_path) not in caught.value.fault


def test_files_are_held_to_the_sums_beside_them(tmp_path):
    folder = write_random_bert(tmp_path)
    found = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    (folder / SUMS).write_text(f"{found}  {WEIGHTS}\n")
    read_checkpoint(folder)
    damage(folder, WEIGHTS, with_a_hole)
    with pytest.raises(BrokenCheckpoint, match=WEIGHTS):
        read_checkpoint(folder)
    (folder / SUMS).write_text("half a li")
    with pytest.raises(BrokenCheckpoint, match=SUMS):
        read_checkpoint(folder)


@pytest.mark.parametrize(
    ("name", "change"), [("config.json", lambda _: b"{}"), (WEIGHTS, with_noise)]
)
def test_a_chosen_model_with_damaged_files_leaves_the_page_to_the_small_one(
    open_page, monkeypatch, tmp_path, fresh_caches, caplog, name, change
):
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / SECRET))
    model = find_model(BERT_BASE)
    folder = hub.snapshot_folder(model.repo, model.revision)
    shape = {"num_hidden_layers": 12, "num_attention_heads": 12, "hidden_size": 48}
    write_random_bert(folder, **shape)
    damage(folder, name, change)
    page = open_page(model=model.id, text=ACROSS)
    (told,) = errors(page)
    assert name in told
    assert "the bundled small model answers" in told
    assert has_answer(page)
    assert str(folder) in caplog.text
    # Deleted, as the sentence asks, it can be had again without a restart.
    shutil.rmtree(folder)
    page.run()
    assert errors(page) == []
    assert f"Download {model.id} (440 MB)" in [button.label for button in page.button]
    write_random_bert(folder, **shape)
    page.run()
    assert errors(page) == []
    assert any(f"Answered by {model.id}" in text.value for text in page.text)
