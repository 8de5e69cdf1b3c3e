"""Finding and downloading models, against a hub on 127.0.0.1 that can fail."""

import hashlib
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from huggingface_hub import try_to_load_from_cache

from model_cache import hub as hub_module
from model_cache.catalog import BERT_BASE, BUNDLED, find_model
from model_cache.hub import (
    Download,
    DownloadFailed,
    Progress,
    download,
    download_of,
    find_local,
    repo_folder,
    snapshot_folder,
    start_download,
)
from tests.fake_hub import WEIGHTS, FakeHub, tiny_model_files

PROJECT = Path(__file__).parents[1]
MODEL = find_model(BERT_BASE)
SMALL_FILES = ("config.json", "tokenizer_config.json", "vocab.txt")
PROMISE = 10.0  # seconds from a fault to its sentence
FIND_AND_TELL = f"""
import sys
from model_cache import catalog, hub
hub.find_local(catalog.find_model({MODEL.id!r}))
print({{"tensorflow", "streamlit", "requests", "numpy"}} & set(sys.modules))
"""
DOWNLOAD_AND_TELL = f"""
from model_cache import catalog, hub
running = hub.start_download(catalog.find_model({MODEL.id!r}))
while not running.progress.done: pass
print(running._child.pid, flush=True)
running.wait()
"""


@pytest.fixture
def files():
    return tiny_model_files()


@pytest.fixture
def hub(files, monkeypatch, tmp_path):
    """The hub, well at first; the cache is tmp_path / "home" / "hub"."""
    monkeypatch.setattr(hub_module, "_downloads", {})
    with FakeHub(files) as hub:
        hub.be_the_hub(monkeypatch, cache=tmp_path / "home")
        yield hub


@pytest.fixture
def impatient(monkeypatch):
    # Long enough for the downloading process to start.
    monkeypatch.setattr(hub_module, "STALL_LIMIT", 1.5)


@pytest.fixture
def partial(hub, files) -> Path:
    """Where weights stay that have not arrived in full."""
    blobs = repo_folder(MODEL.repo) / "blobs"
    blobs.mkdir(parents=True)
    return blobs / f"{hashlib.sha256(files[WEIGHTS]).hexdigest()}.incomplete"


def put_in_cache(files, repo=MODEL.repo, revision=MODEL.revision) -> Path:
    folder = snapshot_folder(repo, revision)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def until(condition, timeout=PROMISE):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def finished(running: Download) -> Download:
    assert running.wait(PROMISE)
    assert not running.is_running
    return running


def assert_fails(words: str):
    """A new download ends in one clear sentence, and leaves nothing to be used."""
    running = finished(start_download(MODEL))
    assert re.search(words, running.error), running.error
    # What happened; what to do next.
    assert re.fullmatch(r"[A-Z][^\n]{20,120}; [^\n]{20,120}\.", running.error)
    assert running.folder is None
    assert not running.is_cancelled
    assert find_local(MODEL) is None
    until(lambda: running._child.poll() is not None, timeout=1)


def assert_model_is_there(folder: Path, files):
    assert folder == find_local(MODEL)
    for name, content in files.items():
        assert (folder / name).read_bytes() == content
    assert not list((repo_folder(MODEL.repo) / "blobs").glob("*.incomplete"))


# A hub that is well


def test_a_download_brings_every_file_where_other_programs_look(hub, files):
    folder = download(MODEL)
    assert_model_is_there(folder, files)
    for name in files:
        path = try_to_load_from_cache(MODEL.repo, name, revision=MODEL.revision)
        assert path == str(folder / name)


def test_only_needed_files_are_fetched_the_configuration_last(hub):
    download(MODEL)
    names = [request.path.rsplit("/", 1)[-1] for request in hub.requests]
    assert set(names) == {WEIGHTS, "tokenizer.json", *SMALL_FILES}
    assert names[0] == WEIGHTS
    assert names[-1] == "config.json"


def test_progress_grows_to_the_whole(hub, files):
    hub.fault = "slow"
    seen: list[Progress] = []
    download(MODEL, seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert any(0 < n_bytes < done[-1] for n_bytes in done)
    assert done[-1] == seen[-1].total == len(files[WEIGHTS])
    assert max(progress.speed for progress in seen) > 0


def test_a_model_already_there_needs_no_hub(hub):
    download(MODEL)
    n_requests = len(hub.requests)
    assert download(MODEL) == find_local(MODEL)
    assert len(hub.requests) == n_requests


def test_the_bundled_model_needs_no_hub(hub):
    bundled = find_model(BUNDLED)
    assert download(bundled) == find_local(bundled) == PROJECT / "model_cache/bundled"
    assert hub.requests == []


# Finding


def test_looking_for_a_model_is_cheap(hub):
    run = [sys.executable, "-c", FIND_AND_TELL]
    assert subprocess.check_output(run, cwd=PROJECT, text=True) == "set()\n"


@pytest.mark.parametrize("repo", ["google-bert/bert-base-uncased", "bert-base-uncased"])
def test_a_model_is_found_under_its_new_and_its_old_name(hub, files, repo):
    put_in_cache(files, repo, revision="0" * 40)
    assert find_local(MODEL) is None
    folder = put_in_cache(files, repo)
    assert find_local(MODEL) == folder


@pytest.mark.parametrize("missing", [WEIGHTS, *SMALL_FILES])
def test_a_model_without_one_of_its_files_is_not_there(hub, files, missing):
    folder = put_in_cache(files)
    (folder / missing).unlink()
    assert find_local(MODEL) is None


def test_a_repo_without_tokenizer_config_is_complete_without_it(hub, files):
    del hub.files["tokenizer_config.json"], files["tokenizer_config.json"]
    assert_model_is_there(download(MODEL), files)


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
@pytest.mark.parametrize("kept", [0, -1])
def test_a_file_cut_short_is_noticed_and_replaced(hub, files, name, kept):
    (download(MODEL) / name).resolve().write_bytes(files[name][:kept])
    assert find_local(MODEL) is None
    if name == WEIGHTS:
        assert_fails("damaged on the way")
    assert_model_is_there(download(MODEL), files)


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
def test_a_fault_of_the_hub_is_told_and_can_be_mended(hub, files, fault, words):
    hub.fault = fault
    assert_fails(words)
    hub.fault = None
    assert_model_is_there(download(MODEL), files)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("hang", "did not answer for 1.5 seconds, at 0.0 of 440.0 MB"),
        ("hang before the body", "did not answer for 1.5 seconds, at 0.0 of 0.4 MB"),
        ("hang in the middle", "did not answer for 1.5 seconds, at 0.2 of 0.4 MB"),
    ],
)
def test_a_silent_hub_is_given_up_on(hub, files, impatient, fault, words):
    hub.fault = fault
    assert_fails(words)
    hub.fault = None
    assert_model_is_there(download(MODEL), files)


def test_a_silent_hub_is_given_up_on_within_the_promised_time(hub):
    hub.fault = "hang in the middle"  # with the limit as shipped: slow
    assert_fails("did not answer for 8 seconds")


def test_a_hub_that_is_not_there_is_named(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert_fails("hub at 127.0.0.1 cannot be reached; check the network")


def test_a_repo_without_a_tokenizer_is_the_catalogs_fault(hub):
    del hub.files["vocab.txt"]
    assert_fails("no tokenizer for bert-base-uncased; ask")


def test_a_broken_connection_is_resumed_where_it_broke(hub, files, partial):
    hub.fault = "cut"
    assert_fails("broke off")
    arrived = partial.stat().st_size
    assert 0 < arrived < len(files[WEIGHTS])
    hub.fault = None
    assert_model_is_there(download(MODEL), files)
    assert hub.requests_for(WEIGHTS)[-1].range == f"bytes={arrived}-"


def test_a_short_break_goes_unnoticed(hub, files):
    hub.fault = "cut once"
    assert_model_is_there(download(MODEL), files)


def test_wrong_weights_are_not_used_beside_an_older_configuration(hub, files):
    (put_in_cache(files) / WEIGHTS).unlink()
    hub.fault = "wrong checksum"
    assert_fails("damaged on the way")


def test_weights_already_in_place_are_checked_before_they_count(hub, files):
    wrong = files[WEIGHTS][:-1] + bytes([files[WEIGHTS][-1] ^ 1])
    (put_in_cache(files | {WEIGHTS: wrong}) / "config.json").unlink()
    assert_fails("damaged on the way")
    assert_model_is_there(download(MODEL), files)


@pytest.mark.parametrize("length", [1000, 1_000_000])
def test_a_remainder_of_something_else_is_deleted(hub, files, partial, length):
    partial.write_bytes(b"x" * length)
    assert_fails("damaged on the way")
    assert_model_is_there(download(MODEL), files)


# Faults of this computer


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_disk_that_fills_up_on_the_way_gets_its_space_back(hub, files, partial):
    # The kernel itself answers "no space left" to whoever writes there.
    partial.symlink_to("/dev/full")
    assert_fails("Not enough disk space for bert-base-uncased")
    assert not partial.is_symlink()
    assert_model_is_there(download(MODEL), files)


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
def test_a_killed_program_takes_its_download_along_and_it_is_resumed(hub, files):
    hub.fault = "slow"
    program = [sys.executable, "-c", DOWNLOAD_AND_TELL]
    with subprocess.Popen(program, cwd=PROJECT, stdout=subprocess.PIPE) as parent:
        command = Path(f"/proc/{int(parent.stdout.readline())}/cmdline")
        assert b"model_cache.download" in command.read_bytes()
        parent.kill()
    # An ended process has no command, even while nobody has reaped it.
    until(lambda: not command.exists() or not command.read_bytes(), timeout=2)
    assert find_local(MODEL) is None
    hub.fault = None
    assert_model_is_there(download(MODEL), files)
    assert hub.requests_for(WEIGHTS)[-1].range is not None


# Cancelling and sharing


def test_a_cancelled_download_ends_at_once_and_goes_on_later(hub, files):
    hub.fault = "slow"
    running = start_download(MODEL)
    until(lambda: 0 < running.progress.done < len(files[WEIGHTS]))
    running.cancel()
    assert running.wait(0)
    assert (running.is_cancelled, running.is_running) == (True, False)
    assert (running.error, running.folder) == (None, None)
    assert find_local(MODEL) is None
    hub.fault = None
    assert_model_is_there(finished(start_download(MODEL)).folder, files)
    assert hub.requests_for(WEIGHTS)[-1].range is not None


def test_a_download_cancelled_in_silence_makes_room_for_the_next(hub, files):
    hub.fault = "hang in the middle"
    running = start_download(MODEL)
    assert hub.half_sent.wait(PROMISE)
    running.cancel()
    hub.fault = None
    # With a lock still held this would take 8 seconds.
    assert start_download(MODEL).wait(hub_module.STALL_LIMIT / 2)
    assert_model_is_there(find_local(MODEL), files)


def test_a_download_cancelled_before_its_start_asks_for_nothing(hub):
    early = Download(MODEL)
    early.cancel()
    finished(early.start())
    assert early.is_cancelled
    assert early._child is None


def test_the_blocking_form_raises_what_the_other_tells(hub):
    hub.fault = "404"
    with pytest.raises(DownloadFailed, match="not found"):
        download(MODEL)
    assert "not found" in download_of(MODEL).error


def test_an_interrupted_wait_cancels_the_download(hub):
    hub.fault = "slow"

    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(MODEL, interrupt)
    assert download_of(MODEL).is_cancelled


def test_many_sessions_share_one_download(hub, files):
    barrier = threading.Barrier(8)
    shared = []

    def session():
        barrier.wait()
        shared.append(start_download(MODEL))

    sessions = [threading.Thread(target=session) for _ in range(8)]
    for thread in sessions:
        thread.start()
    for thread in sessions:
        thread.join()
    assert set(shared) == {download_of(MODEL)}
    assert_model_is_there(finished(shared[0]).folder, files)
    assert len(hub.requests_for(WEIGHTS)) == 1
