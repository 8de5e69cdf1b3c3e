"""Downloads on a hub, a disk and a computer that fail: told, and mended."""

import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from model_cache import hub as hub_module
from model_cache.hub import download, find_local, repo_folder, start_download
from tests.support.downloading import (
    MODEL,
    assert_failed,
    assert_fails,
    assert_model_is_there,
    finished,
    put_in_cache,
)
from tests.support.fake_hub import WEIGHTS
from tests.support.patience import until
from tests.support.serving import ROOT

PROMISE = 10  # seconds from a fault to its sentence
DOWNLOAD_AND_TELL = f"""
from model_cache import catalog, hub
running = hub.start_download(catalog.find_model({MODEL.id!r}))
while running.is_running and not running.progress.done: running.wait(0.01)
print(running._child.pid, flush=True)
running.wait()
"""


@pytest.fixture
def partial(hub, model_files) -> Path:
    """Where weights stay that have not arrived in full."""
    blobs = repo_folder(MODEL.repo) / "blobs"
    blobs.mkdir(parents=True)
    return blobs / f"{hashlib.sha256(model_files[WEIGHTS]).hexdigest()}.incomplete"


# Faults of the hub


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("401", r"refused access \(401\) to bert-base-uncased.*HF_TOKEN"),
        ("403", r"refused access \(403\) to bert-base-uncased.*HF_TOKEN"),
        ("404", r"'not found' \(404\) for bert-base-uncased.*catalog"),
        ("429", r"asks to wait \(429\); try again in a few minutes"),
        ("500", r"fault of its own \(500\); try again in a few minutes"),
        ("503 of the storage", r"fault of its own \(503\)"),
        ("cut", "connection broke off .* goes on where it stopped"),
        ("wrong checksum", r"\(model.safetensors\) was damaged on the way .* deleted"),
        ("wrong length", r"\(model.safetensors\) was damaged on the way .* deleted"),
        ("too large", "Not enough disk space for bert-base-uncased .* make room"),
        ("login page", "cannot be reached; check the network, its login page"),
    ],
)
def test_a_fault_of_the_hub_is_told_and_can_be_mended(hub, model_files, fault, words):
    hub.fault = fault
    assert_fails(words)
    # Told at once: the library itself would try five times, and wait in between.
    tries = Counter((request.method, request.path) for request in hub.requests)
    assert max(tries.values()) <= 3
    hub.fault = None
    assert_model_is_there(download(MODEL), model_files)


@pytest.mark.parametrize(
    ("fault", "so_far"),
    [
        ("hang", "0.0 of 440.0 MB"),
        ("hang before the body", "0.0 of 0.4 MB"),
        ("hang in the middle", "0.2 of 0.4 MB"),
    ],
)
def test_a_silent_hub_is_given_up_on_within_the_promised_time(
    hub, model_files, fault, so_far
):
    hub.fault = fault
    running = start_download(MODEL)

    def is_silent() -> bool:
        now = running.progress
        told = f"{now.done / 1e6:.1f} of {now.total / 1e6:.1f} MB"
        return bool(hub.requests) and told == so_far

    until(is_silent)
    hub.clock.now += PROMISE
    assert_failed(finished(running), f"did not answer for 8 seconds, at {so_far}")
    hub.fault = None
    assert_model_is_there(download(MODEL), model_files)


def test_a_connection_that_has_died_is_tried_once_more_within_the_promised_time():
    for setting in ("HF_HUB_ETAG_TIMEOUT", "HF_HUB_DOWNLOAD_TIMEOUT"):
        assert 2 * int(hub_module.CHILD_SETTINGS[setting]) <= hub_module.STALL_LIMIT
    assert hub_module.STALL_LIMIT + hub_module.WATCH_INTERVAL < PROMISE


def test_a_hub_that_is_not_there_is_named(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert_fails("hub at 127.0.0.1 cannot be reached; check the network")


def test_a_repo_without_a_tokenizer_is_the_catalogs_fault(hub):
    del hub.files["vocab.txt"]
    assert_fails("no tokenizer for bert-base-uncased; ask")


def test_a_broken_connection_is_resumed_where_it_broke(hub, model_files, partial):
    hub.fault = "cut"
    assert_fails("broke off")
    arrived = partial.stat().st_size
    assert 0 < arrived < len(model_files[WEIGHTS])
    hub.fault = None
    assert_model_is_there(download(MODEL), model_files)
    assert hub.requests_for(WEIGHTS)[-1].range == f"bytes={arrived}-"


def test_a_short_break_goes_unnoticed(hub, model_files):
    hub.fault = "cut once"
    assert_model_is_there(download(MODEL), model_files)
    assert len(hub.requests_for(WEIGHTS)) > 1  # the break was there


def test_wrong_weights_are_not_used_beside_an_older_configuration(hub, model_files):
    (put_in_cache(model_files) / WEIGHTS).unlink()
    hub.fault = "wrong checksum"
    assert_fails("damaged on the way")


def test_weights_already_in_place_are_checked_before_they_count(hub, model_files):
    wrong = model_files[WEIGHTS][:-1] + bytes([model_files[WEIGHTS][-1] ^ 1])
    (put_in_cache(model_files | {WEIGHTS: wrong}) / "config.json").unlink()
    assert_fails("damaged on the way")
    assert_model_is_there(download(MODEL), model_files)


@pytest.mark.parametrize("length", [1000, 1_000_000])
def test_a_remainder_of_something_else_is_deleted(hub, model_files, partial, length):
    partial.write_bytes(b"x" * length)
    assert_fails("damaged on the way")
    assert_model_is_there(download(MODEL), model_files)


# Faults of this computer


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_disk_that_fills_up_on_the_way_gets_its_space_back(hub, model_files, partial):
    # The kernel itself answers "no space left" to whoever writes there.
    partial.symlink_to("/dev/full")
    assert_fails("Not enough disk space for bert-base-uncased")
    assert not partial.is_symlink()
    assert_model_is_there(download(MODEL), model_files)


def test_a_cache_that_cannot_be_written_is_named(hub, tmp_path):
    # A file where a folder should be stops even the administrator.
    (tmp_path / "home").write_text("in the way", encoding="utf-8")
    assert_fails("Cannot write to the model cache .*set HF_HOME")


def test_offline_mode_is_named(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert_fails("HF_HUB_OFFLINE forbids downloads.*unset it")
    assert hub.requests == []


def test_a_process_that_dies_is_told_and_its_last_words_logged(
    hub, monkeypatch, caplog
):
    monkeypatch.setitem(hub_module.CHILD_SETTINGS, "HF_HUB_ETAG_TIMEOUT", "soon")
    assert_fails("unforeseen reason; see the program's log")
    assert "invalid literal for int" in caplog.text


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks into Linux's /proc")
def test_a_killed_program_takes_its_download_along_and_it_is_resumed(hub, model_files):
    hub.fault = "pause in the middle"
    program = [sys.executable, "-c", DOWNLOAD_AND_TELL]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE) as parent:
        command = Path(f"/proc/{int(parent.stdout.readline())}/cmdline")
        assert b"model_cache.download" in command.read_bytes()
        parent.kill()
    # An ended process has no command, even while nobody has reaped it.
    until(lambda: not command.exists() or not command.read_bytes())
    assert find_local(MODEL) is None
    hub.fault = None
    assert_model_is_there(download(MODEL), model_files)
    assert hub.requests_for(WEIGHTS)[-1].range is not None
