"""Finding and downloading models, against a hub on 127.0.0.1 that can fail."""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from huggingface_hub import hf_hub_download, try_to_load_from_cache
from huggingface_hub.utils import WeakFileLock

from model_cache import download as transfers
from model_cache import hub as hub_module
from model_cache.catalog import BERT_BASE, BUNDLED, find_model
from model_cache.hub import (
    Download,
    DownloadFailed,
    Progress,
    download,
    download_of,
    find_local,
    start_download,
)
from tests.fake_hub import WEIGHTS, FakeHub, tiny_model_files

PROJECT = Path(__file__).parents[1]
MODEL = find_model(BERT_BASE)
SMALL_FILES = ("config.json", "tokenizer_config.json", "vocab.txt")
PROMISE = 10.0  # seconds from a fault to its sentence
DOWNLOAD_PROGRAM = f"""
from model_cache.catalog import find_model
from model_cache.hub import DownloadFailed, download
try: download(find_model({MODEL.id!r}))
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
    # A download given up on may still be waiting for a byte; it must be gone
    # before the environment, and with it the cache, changes.
    for thread in threading.enumerate():
        if thread.name.startswith("download "):
            thread.join(PROMISE)
            assert not thread.is_alive()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(transfers, "STALL_LIMIT", 0.5)


def repo_folder() -> Path:
    return transfers.repo_folder(MODEL.repo)


def weights_blob(files) -> Path:
    return repo_folder() / "blobs" / hashlib.sha256(files[WEIGHTS]).hexdigest()


def partial_weights(files) -> Path:
    return weights_blob(files).with_suffix(".incomplete")


def until(condition, timeout=PROMISE):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def finished(running: Download) -> Download:
    assert running.wait(PROMISE)
    assert not running.is_running
    return running


def failure() -> str:
    """Return the sentence a new download ends with; nothing usable may be left."""
    running = finished(start_download(MODEL))
    assert running.folder is None
    assert not running.is_cancelled
    assert_one_clear_sentence(running.error)
    assert_nothing_usable()
    return running.error


def assert_one_clear_sentence(sentence: str):
    assert sentence.isprintable()
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "; " in sentence  # what happened; what to do next
    assert len(sentence) < 250


def assert_matches(pattern: str, sentence: str):
    assert re.search(pattern, sentence), sentence


def assert_nothing_usable():
    assert find_local(MODEL) is None
    assert not list(repo_folder().rglob(WEIGHTS))
    assert_blobs_are_what_their_names_say()


def assert_blobs_are_what_their_names_say():
    for blob in (repo_folder() / "blobs").glob("*"):
        if blob.suffix != ".incomplete":
            assert transfers.is_whole(blob, blob.name)


def assert_model_is_there(folder: Path, files):
    assert folder == find_local(MODEL)
    for name, content in files.items():
        assert (folder / name).read_bytes() == content
    assert_blobs_are_what_their_names_say()
    assert not list((repo_folder() / "blobs").glob("*.incomplete"))


def put_in_cache(files, repo=MODEL.repo, revision=MODEL.revision) -> Path:
    folder = transfers.snapshot_folder(repo, revision)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


# A hub that is well


def test_a_download_brings_every_file_byte_for_byte(hub, files):
    folder = download(MODEL)
    assert_model_is_there(folder, files)
    assert folder.name == MODEL.revision


def test_only_needed_files_are_asked_for(hub):
    download(MODEL)
    names = {request.path.rsplit("/", 1)[-1] for request in hub.requests}
    assert names == {WEIGHTS, "tokenizer.json", *SMALL_FILES}


def test_the_configuration_is_fetched_last_and_the_weights_first(hub):
    download(MODEL)
    gets = [r.path.rsplit("/", 1)[-1] for r in hub.requests if r.method == "GET"]
    assert gets[0] == WEIGHTS
    assert gets[-1] == "config.json"


def test_progress_grows_to_the_whole(hub, files):
    hub.fault = "slow"
    seen: list[Progress] = []
    download(MODEL, seen.append)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert done[-1] == seen[-1].total == sum(len(f) for f in files.values())
    assert max(progress.speed for progress in seen) > 0


def test_a_model_already_there_needs_no_hub(hub):
    download(MODEL)
    n_requests = len(hub.requests)
    assert download(MODEL) == find_local(MODEL)
    assert len(hub.requests) == n_requests


def test_the_bundled_model_needs_no_hub(hub):
    bundled = find_model(BUNDLED)
    assert download(bundled) == find_local(bundled) == hub_module.BUNDLED_FOLDER
    assert hub.requests == []


def test_other_programs_find_what_was_downloaded(hub, files, tmp_path):
    folder = download(MODEL)
    for name in files:
        path = try_to_load_from_cache(
            MODEL.repo, name, cache_dir=tmp_path / "home/hub", revision=MODEL.revision
        )
        assert path == str(folder / name)


def test_what_other_programs_downloaded_is_found(hub, files, tmp_path):
    for name in files:
        hf_hub_download(
            MODEL.repo,
            name,
            revision=MODEL.revision,
            cache_dir=tmp_path / "home/hub",
            endpoint=hub.url,
        )
    assert_model_is_there(find_local(MODEL), files)


def test_a_missing_file_is_added_to_what_other_programs_left(hub, files):
    shutil.rmtree(download(MODEL))
    n_gets = len(hub.requests_for("config.json"))
    assert_model_is_there(download(MODEL), files)
    assert len(hub.requests_for("config.json")) == n_gets  # the blob was still there


def test_the_access_token_stays_with_the_hub(hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    download(MODEL)
    for request in hub.requests:
        is_storage = request.path.startswith("/storage/")
        assert request.authorization == (None if is_storage else "Bearer hf_secret")


def test_importing_the_module_is_cheap():
    heavy = "{'tensorflow', 'streamlit', 'requests', 'huggingface_hub'}"
    program = f"import sys, model_cache.hub; print({heavy} & set(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True
    )
    assert run.stdout == "set()\n"


# Finding


def test_the_bundled_model_is_always_found():
    assert find_local(find_model(BUNDLED)) == PROJECT / "model_cache" / "bundled"


def test_an_empty_cache_holds_no_model(hub):
    assert find_local(MODEL) is None


@pytest.mark.parametrize("repo", ["google-bert/bert-base-uncased", "bert-base-uncased"])
def test_a_model_is_found_under_its_new_and_its_old_name(hub, files, repo):
    assert find_local(MODEL) is None
    folder = put_in_cache(files, repo=repo)
    assert find_local(MODEL) == folder


def test_another_revision_is_not_the_model(hub, files):
    put_in_cache(files, revision="0" * 40)
    assert find_local(MODEL) is None


@pytest.mark.parametrize("missing", [WEIGHTS, *SMALL_FILES])
def test_a_model_without_one_of_its_files_is_not_there(hub, files, missing):
    folder = put_in_cache(files)
    (folder / missing).unlink()
    assert find_local(MODEL) is None


def test_tokenizer_json_serves_in_place_of_the_vocabulary(hub, files):
    folder = put_in_cache(files)
    (folder / "vocab.txt").rename(folder / "tokenizer.json")
    assert find_local(MODEL) == folder


def test_a_repo_without_tokenizer_config_is_complete_without_it(hub, files):
    del hub.files["tokenizer_config.json"], files["tokenizer_config.json"]
    assert_model_is_there(download(MODEL), files)


@pytest.mark.parametrize("name", [WEIGHTS, *SMALL_FILES])
@pytest.mark.parametrize("keep", [0, 3])
def test_a_file_cut_short_is_noticed_and_replaced(hub, files, name, keep):
    blob = (download(MODEL) / name).resolve()
    blob.write_bytes(files[name][:keep])
    assert find_local(MODEL) is None
    assert_model_is_there(download(MODEL), files)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 8,
        b"\xff" * 100,
        b"\2" + b"\0" * 7 + b"[]",
        b"\2" + b"\0" * 7 + b"{}",
    ],
)
def test_weights_that_are_no_safetensors_are_not_a_model(hub, files, content):
    put_in_cache(files | {WEIGHTS: content})
    assert find_local(MODEL) is None


def test_weights_one_byte_short_are_not_a_model(hub, files):
    put_in_cache(files | {WEIGHTS: files[WEIGHTS][:-1]})
    assert find_local(MODEL) is None


# Faults of the hub


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("401", r"refused access \(401\) to bert-base-uncased.*HF_TOKEN"),
        ("403", r"refused access \(403\) to bert-base-uncased.*HF_TOKEN"),
        ("404", r"'not found' \(404\) for bert-base-uncased.*catalog"),
        ("418", "answered 418 for bert-base-uncased"),
        ("429", r"asks to wait \(429\); try again in a few minutes"),
        ("500", r"fault of its own \(500\); try again in a few minutes"),
        ("503 of the storage", r"fault of its own \(503\)"),
        ("wrong checksum", r"\(model.safetensors\) was damaged on the way .* deleted"),
        ("wrong length", r"\(model.safetensors\) was damaged on the way .* deleted"),
        ("wrong commit", "does not answer like a model hub"),
        ("login page", "does not answer like a model hub.*login page"),
        ("cut", r"broke off at 0\.2 of 0\.4 MB .* goes on where it stopped"),
    ],
)
def test_a_fault_of_the_hub_ends_in_one_sentence_and_can_be_mended(
    hub, files, fault, words
):
    hub.fault = fault
    assert_matches(words, failure())
    hub.fault = None
    assert_model_is_there(download(MODEL), files)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("hang", "did not answer for 0.5 seconds"),
        ("hang before the body", "did not answer for 0.5 seconds"),
        ("hang in the middle", "silent for 0.5 seconds at .* of 0.4 MB .* goes on"),
    ],
)
def test_a_silent_hub_is_given_up_on(hub, impatient, fault, words):
    hub.fault = fault
    assert_matches(words, failure())


def test_a_silent_hub_is_given_up_on_within_the_promised_time(hub):
    hub.fault = "hang"  # with the limit as shipped: the only slow test here
    assert transfers.STALL_LIMIT + hub_module.WATCH_INTERVAL < PROMISE
    assert_matches("did not answer for 8 seconds", failure())


def test_a_name_look_up_that_hangs_is_given_up_on(hub, impatient, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answered.wait() and [])
    sentence = failure()
    answered.set()
    assert_matches("did not answer for 0.5 seconds", sentence)


def test_a_hub_that_is_not_there_is_named(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert_matches("hub at 127.0.0.1 cannot be reached; check the network", failure())


def test_a_hub_without_encryption_is_no_secure_hub(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", hub.url.replace("http:", "https:"))
    assert_matches("No secure connection to 127.0.0.1", failure())


@pytest.mark.parametrize("endpoint", ["nonsense", "http://", "http://[oops"])
def test_an_endpoint_that_is_no_address_fails_in_words(hub, monkeypatch, endpoint):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    failure()


def test_a_repo_without_a_tokenizer_is_the_catalogs_fault(hub):
    del hub.files["vocab.txt"]
    assert_matches("no tokenizer for bert-base-uncased; ask", failure())


def test_a_broken_connection_is_resumed_where_it_broke(hub, files):
    hub.fault = "cut"
    failure()
    arrived = partial_weights(files).stat().st_size
    assert 0 < arrived < len(files[WEIGHTS])
    hub.fault = None
    assert_model_is_there(download(MODEL), files)
    assert hub.requests_for(WEIGHTS)[-1].range == f"bytes={arrived}-"


def test_a_damaged_remainder_is_fetched_anew(hub, files):
    repo_folder().joinpath("blobs").mkdir(parents=True)
    partial_weights(files).write_bytes(b"x" * 1000)
    assert_matches("damaged on the way", failure())
    assert not partial_weights(files).exists()
    assert_model_is_there(download(MODEL), files)


@pytest.mark.parametrize("surplus", [0, 1000])
def test_a_remainder_that_is_already_whole_or_too_long_is_judged(hub, files, surplus):
    repo_folder().joinpath("blobs").mkdir(parents=True)
    partial_weights(files).write_bytes(files[WEIGHTS] + b"x" * surplus)
    if surplus:
        assert_matches("damaged on the way", failure())
    assert_model_is_there(download(MODEL), files)


def test_a_damaged_blob_is_not_taken_for_the_weights(hub, files):
    repo_folder().joinpath("blobs").mkdir(parents=True)
    weights_blob(files).write_bytes(files[WEIGHTS][:-1] + b"x")
    assert_model_is_there(download(MODEL), files)


# Faults of this computer


def test_a_disk_too_full_is_noticed_before_anything_is_fetched(hub, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100_000))
    assert_matches("it needs 0.4 MB, 0.1 MB are free; make room", failure())
    assert not [request for request in hub.requests if request.method == "GET"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_disk_that_fills_up_on_the_way_gets_its_space_back(hub, files):
    # The kernel itself answers "no space left" to whoever writes there.
    repo_folder().joinpath("blobs").mkdir(parents=True)
    partial_weights(files).symlink_to("/dev/full")
    assert_matches("Not enough disk space for bert-base-uncased", failure())
    assert not partial_weights(files).is_symlink()
    assert_model_is_there(download(MODEL), files)


def test_a_quota_that_runs_out_is_told_like_a_full_disk(hub, files, monkeypatch):
    def refuse(stream, chunk):
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr(transfers, "_write_all", refuse)
    assert_matches("it needs 0.4 MB, the quota is used; make room", failure())


def test_a_cache_that_cannot_be_written_is_named(hub, monkeypatch, tmp_path):
    # A file where a folder should be stops even the administrator.
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "file"))
    assert_matches("Cannot write to the model cache .*set HF_HOME", failure())


def test_offline_mode_is_named(hub, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")  # read when a program starts
    program = DOWNLOAD_PROGRAM + "except DownloadFailed as error: print(error)"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True
    )
    assert_matches("HF_HUB_OFFLINE forbids downloads.*unset it", run.stdout)
    assert hub.requests == []


def test_an_unforeseen_error_still_ends_the_download(hub, monkeypatch):
    monkeypatch.setattr(transfers, "_fetch_file", lambda *_: 1 / 0)
    assert_matches(r"unforeseen reason \(ZeroDivisionError\)", failure())


def test_a_file_held_by_an_idle_program_is_given_up_on(hub, files, impatient):
    lock = repo_folder().parent / ".locks" / repo_folder().name
    lock.mkdir(parents=True)
    with WeakFileLock(lock / f"{weights_blob(files).name}.lock"):
        assert_matches("Another program is downloading", failure())
    assert_model_is_there(download(MODEL), files)


def test_a_killed_program_leaves_nothing_that_would_be_used(hub, files):
    hub.fault = "slow"
    program = DOWNLOAD_PROGRAM + "finally: pass"
    with subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT) as child:
        assert hub.half_sent.wait(PROMISE)
        child.send_signal(signal.SIGKILL)
    assert_nothing_usable()
    hub.fault = None
    assert_model_is_there(download(MODEL), files)
    assert hub.requests_for(WEIGHTS)[-1].range is not None


# Cancelling and sharing


def test_a_cancelled_download_ends_at_once_and_goes_on_later(hub, files):
    hub.fault = "slow"
    running = start_download(MODEL)
    until(lambda: running.progress.done > 0)
    running.cancel()
    assert running.wait(0)
    assert running.is_cancelled
    assert not running.is_running
    assert running.error is None
    assert running.folder is None
    assert_nothing_usable()
    hub.fault = None
    assert_model_is_there(finished(start_download(MODEL)).folder, files)
    assert hub.requests_for(WEIGHTS)[-1].range is not None


@pytest.mark.parametrize("fault", ["hang", "hang before the body"])
def test_a_silent_download_can_be_cancelled_and_started_anew(
    hub, files, fault, impatient
):
    hub.fault = fault
    running = start_download(MODEL)
    until(lambda: hub.is_hanging)
    running.cancel()
    hub.fault = None
    assert_model_is_there(finished(start_download(MODEL)).folder, files)


def test_a_download_cancelled_in_silence_makes_room_for_the_next(hub, files):
    hub.fault = "hang in the middle"
    running = start_download(MODEL)
    assert hub.half_sent.wait(PROMISE)
    running.cancel()
    hub.fault = None
    # The hung read was woken: with a lock still held this would take 8 seconds.
    assert start_download(MODEL).wait(transfers.STALL_LIMIT / 2)
    assert_model_is_there(find_local(MODEL), files)


def test_cancelling_what_has_ended_changes_nothing(hub):
    folder = download(MODEL)
    ended = download_of(MODEL)
    ended.cancel()
    assert ended.folder == folder
    assert not ended.is_cancelled


def test_a_download_cancelled_before_its_start_asks_for_nothing(hub):
    early = Download(MODEL)
    early.cancel()
    early.start()
    finished(early)
    assert early.is_cancelled
    until(
        lambda: not any(t.name.startswith("download ") for t in threading.enumerate())
    )
    assert not hub.requests_for(WEIGHTS)


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
    hub.fault = "slow"
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
    assert len(set(shared)) == 1
    assert download_of(MODEL) is shared[0]
    hub.fault = None
    assert_model_is_there(finished(shared[0]).folder, files)
    assert len(hub.requests_for(WEIGHTS)) == 2  # the hub's redirect, and the storage


def test_no_download_is_known_before_the_first(hub):
    assert download_of(MODEL) is None


def test_a_failed_download_is_replaced_by_the_next(hub):
    hub.fault = "500"
    failed = finished(start_download(MODEL))
    hub.fault = None
    again = start_download(MODEL)
    assert again is not failed
    assert finished(again).error is None
    assert download_of(MODEL) is again


def test_a_model_deleted_after_its_download_is_fetched_again(hub, files):
    download(MODEL)
    shutil.rmtree(repo_folder())
    assert_model_is_there(download(MODEL), files)


def test_two_programs_share_one_file_between_them(hub, files):
    hub.fault = "slow"
    first, second = Download(MODEL).start(), Download(MODEL).start()
    assert hub.half_sent.wait(PROMISE)
    hub.fault = None
    for running in (first, second):
        assert_model_is_there(finished(running).folder, files)
    assert len(hub.requests_for(WEIGHTS)) == 2  # fetched once


def test_a_configuration_that_is_no_json_is_not_a_model(hub, files):
    folder = put_in_cache(files)
    assert json.loads((folder / "config.json").read_text()) is not None
    (folder / "config.json").write_text("{", encoding="utf-8")
    assert find_local(MODEL) is None
