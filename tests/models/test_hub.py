"""Finding, downloading, cancelling and sharing models, from a hub on 127.0.0.1."""

import subprocess
import sys
import threading

import pytest
from huggingface_hub import try_to_load_from_cache

from model_cache.catalog import BUNDLED, find_model
from model_cache.hub import (
    Download,
    DownloadFailed,
    Progress,
    download,
    download_of,
    find_local,
    start_download,
)
from tests.support.downloading import (
    MODEL,
    SMALL_FILES,
    assert_fails,
    assert_model_is_there,
    finished,
    put_in_cache,
)
from tests.support.fake_hub import WEIGHTS
from tests.support.patience import PATIENCE, until
from tests.support.serving import ROOT

FIND_AND_TELL = f"""
import sys
from model_cache import catalog, hub
hub.find_local(catalog.find_model({MODEL.id!r}))
print({{"tensorflow", "streamlit", "requests", "numpy"}} & set(sys.modules))
"""


# A hub that is well


def test_a_download_brings_every_file_where_other_programs_look(hub, model_files):
    folder = download(MODEL)
    assert_model_is_there(folder, model_files)
    for name in model_files:
        path = try_to_load_from_cache(MODEL.repo, name, revision=MODEL.revision)
        assert path == str(folder / name)


def test_only_needed_files_are_fetched_the_configuration_last(hub):
    download(MODEL)
    names = [request.path.rsplit("/", 1)[-1] for request in hub.requests]
    assert set(names) == {WEIGHTS, "tokenizer.json", *SMALL_FILES}
    assert names[0] == WEIGHTS
    assert names[-1] == "config.json"


def test_progress_grows_to_the_whole(hub, model_files):
    hub.fault = "pause in the middle"
    seen: list[Progress] = []

    def watch(progress: Progress) -> None:
        seen.append(progress)
        if progress.done:
            hub.go_on.set()

    download(MODEL, watch)
    done = [progress.done for progress in seen]
    assert done == sorted(done)
    assert any(0 < n_bytes < done[-1] for n_bytes in done)
    assert done[-1] == seen[-1].total == len(model_files[WEIGHTS])
    assert max(progress.speed for progress in seen) > 0


def test_a_model_already_there_needs_no_hub(hub):
    download(MODEL)
    n_requests = len(hub.requests)
    assert download(MODEL) == find_local(MODEL)
    assert len(hub.requests) == n_requests


def test_the_bundled_model_needs_no_hub(hub):
    bundled = find_model(BUNDLED)
    assert download(bundled) == find_local(bundled) == ROOT / "model_cache/bundled"
    assert hub.requests == []


# Finding


def test_looking_for_a_model_is_cheap(hub):
    run = [sys.executable, "-c", FIND_AND_TELL]
    assert subprocess.check_output(run, cwd=ROOT, text=True) == "set()\n"


@pytest.mark.parametrize("repo", ["google-bert/bert-base-uncased", "bert-base-uncased"])
def test_a_model_is_found_under_its_new_and_its_old_name(hub, model_files, repo):
    put_in_cache(model_files, repo, revision="0" * 40)
    assert find_local(MODEL) is None
    folder = put_in_cache(model_files, repo)
    assert find_local(MODEL) == folder


@pytest.mark.parametrize("missing", [WEIGHTS, *SMALL_FILES])
def test_a_model_without_one_of_its_files_is_not_there(hub, model_files, missing):
    folder = put_in_cache(model_files)
    (folder / missing).unlink()
    assert find_local(MODEL) is None


def test_a_repo_without_tokenizer_config_is_complete_without_it(hub, model_files):
    del hub.files["tokenizer_config.json"], model_files["tokenizer_config.json"]
    assert_model_is_there(download(MODEL), model_files)


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
@pytest.mark.parametrize("kept", [0, -1])
def test_a_file_cut_short_is_noticed_and_replaced(hub, model_files, name, kept):
    (download(MODEL) / name).resolve().write_bytes(model_files[name][:kept])
    assert find_local(MODEL) is None
    if name == WEIGHTS:
        assert_fails("damaged on the way")
    assert_model_is_there(download(MODEL), model_files)


# Cancelling and sharing


def test_a_cancelled_download_ends_at_once_and_goes_on_later(hub, model_files):
    hub.fault = "pause in the middle"
    running = start_download(MODEL)
    until(lambda: 0 < running.progress.done < len(model_files[WEIGHTS]))
    running.cancel()
    assert running.wait(0)
    assert (running.is_cancelled, running.is_running) == (True, False)
    assert (running.error, running.folder) == (None, None)
    assert find_local(MODEL) is None
    hub.fault = None
    assert_model_is_there(finished(start_download(MODEL)).folder, model_files)
    assert hub.requests_for(WEIGHTS)[-1].range is not None


def test_a_download_cancelled_in_silence_makes_room_for_the_next(hub, model_files):
    hub.fault = "hang in the middle"
    running = start_download(MODEL)
    assert hub.half_sent.wait(PATIENCE)
    running.cancel()
    hub.fault = None
    # A lock still held would be waited for in vain: the clock stands still.
    finished(start_download(MODEL))
    assert_model_is_there(find_local(MODEL), model_files)


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
    hub.fault = "pause in the middle"

    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(MODEL, interrupt)
    assert download_of(MODEL).is_cancelled


def test_many_sessions_share_one_download(hub, model_files):
    barrier = threading.Barrier(8)
    shared = []

    def session():
        barrier.wait()
        shared.append(start_download(MODEL))

    sessions = [threading.Thread(target=session) for _ in range(8)]
    for thread in sessions:
        thread.start()
    for thread in sessions:
        thread.join(PATIENCE)
    assert set(shared) == {download_of(MODEL)}
    assert_model_is_there(finished(shared[0]).folder, model_files)
    assert len(hub.requests_for(WEIGHTS)) == 1
