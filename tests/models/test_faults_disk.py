"""A disk that is full, a cache that cannot be written, a home that is not there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model_cache import hub
from model_cache.catalog import BERT_BASE, BUNDLED, find_model
from tests.support.answers import best_word
from tests.support.fake_hub import FakeHub, tiny_model_files
from tests.support.on_the_page import ACROSS, SECRET, errors, has_answer
from tests.support.patience import PATIENCE
from tests.support.serving import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
    if not shutil.which("mount") or subprocess.run(mount, stderr=-3).returncode:
        pytest.skip("needs Linux's root to mount; test_hub_faults.py has others")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))


def test_a_disk_that_fills_up_is_told_on_the_page_and_gets_its_space_back(
    small_disk, open_page, monkeypatch
):
    monkeypatch.setattr(hub, "_downloads", {})
    model = find_model(BERT_BASE)
    with FakeHub(tiny_model_files(kilobytes=600), fault="pause in the middle") as fake:
        page = open_page(model=model.id, text=ACROSS)
        fake.be_the_hub(monkeypatch, cache=small_disk)
        (ask,) = [b for b in page.button if b.label.startswith("Download bert-base")]
        ask.click().run()
        assert fake.half_sent.wait(PATIENCE)
        with pytest.raises(OSError, match="No space left"):
            fill(small_disk / "x")
        fake.go_on.set()
        assert hub.download_of(model).wait(PATIENCE)
        page.run()
        (told,) = errors(page)
        assert told.startswith("Not enough disk space for bert-base-uncased (440 MB);")
        assert "make room" in told
        assert has_answer(page)
        (small_disk / "x").unlink()
        assert shutil.disk_usage(small_disk).free > 900_000
        fake.fault = None
        (again,) = [b for b in page.button if b.label == "Download again"]
        again.click().run()
        assert hub.download_of(model).wait(PATIENCE)
        assert hub.download_of(model).folder


def test_an_unwritable_cache_is_named_in_the_log_alone(
    open_page, monkeypatch, tmp_path, caplog
):
    monkeypatch.setattr(hub, "_downloads", {})
    (tmp_path / SECRET).write_text("a file where a folder should be")
    model = find_model(BERT_BASE)
    with FakeHub(tiny_model_files()) as fake:
        page = open_page(model=model.id, text=ACROSS)
        fake.be_the_hub(monkeypatch, cache=tmp_path / SECRET)
        (ask,) = [b for b in page.button if b.label.startswith("Download bert-base")]
        ask.click().run()
        assert hub.download_of(model).wait(PATIENCE)
    page.run()
    (told,) = errors(page)
    assert told.startswith("Cannot write to the model cache (Not a directory);")
    assert str(tmp_path / SECRET) in caplog.text
    assert has_answer(page)


def test_mask_py_answers_without_a_home_and_leaves_nothing_behind(tmp_path):
    home = tmp_path / "a file" / "home"
    home.parent.write_text("in the way, even of the administrator")
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "XDG_"))
    }
    nowhere = {"HOME": str(home), "ATTENTION_MODEL": "", "TMPDIR": str(home)}
    done = subprocess.run(
        [sys.executable, ROOT / "mask.py", ACROSS, "--no-diagrams"],
        env=environment | nowhere,
        cwd=work,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(ACROSS.replace("[MASK]", best_word(ACROSS)))
    assert done.stderr == f"Model: {BUNDLED}\n"
    assert done.returncode == 0
    assert not list(work.iterdir())
