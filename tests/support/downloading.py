"""What tests of downloads do to a cache and ask of a download, for one small model."""

import re
from pathlib import Path

from model_cache.catalog import BERT_BASE, find_model
from model_cache.hub import (
    Download,
    find_local,
    repo_folder,
    snapshot_folder,
    start_download,
)
from tests.support.patience import PATIENCE, until

MODEL = find_model(BERT_BASE)
SMALL_FILES = ("config.json", "tokenizer_config.json", "vocab.txt")


def put_in_cache(files, repo=MODEL.repo, revision=MODEL.revision) -> Path:
    folder = snapshot_folder(repo, revision)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def finished(running: Download) -> Download:
    assert running.wait(PATIENCE)
    assert not running.is_running
    return running


def assert_fails(words: str):
    """A new download ends in one clear sentence, and leaves nothing to be used."""
    assert_failed(finished(start_download(MODEL)), words)


def assert_failed(running: Download, words: str):
    assert re.search(words, running.error), running.error
    # What happened; what to do next.
    assert re.fullmatch(r"[A-Z][^\n]{20,120}; [^\n]{20,120}\.", running.error)
    assert running.folder is None
    assert not running.is_cancelled
    assert find_local(MODEL) is None
    until(lambda: running._child.poll() is not None)


def assert_model_is_there(folder: Path, files):
    assert folder == find_local(MODEL)
    for name, content in files.items():
        assert (folder / name).read_bytes() == content
    assert not list((repo_folder(MODEL.repo) / "blobs").glob("*.incomplete"))
