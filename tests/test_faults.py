"""Faults of files, disk, libraries and engine: a sentence for people, all in the log.

The hub's faults are in test_hub.py and test_download_browser.py, those of a
connection in test_faults_browser.py.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from huggingface_hub import constants
from streamlit.testing.v1 import AppTest

import mask
from components import answer
from model_cache import cache, hub
from model_cache.catalog import BERT_BASE, BUNDLED, find_model
from model_cache.checkpoint import SUMS, WEIGHTS, BrokenCheckpoint, read_checkpoint
from model_cache.engine import Engine
from tests.conftest import emptied
from tests.fake_hub import FakeHub, tiny_model_files
from tests.random_bert import write_random_bert
from tests.serving import ROOT, alone

ACROSS = "The turtle moved slowly across the [MASK]."
SECRET = "a-folder-of-this-server"
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


def has_answer(page: AppTest) -> bool:
    kinds = [json.loads(e.proto.json or "null") for e in page.get("bidi_component")]
    return any(data and "masks" in data for data in kinds)


def errors(page: AppTest) -> list[str]:
    """Return what the page says is wrong, having checked that it stands."""
    assert not page.exception
    shown = "\n".join(e.value for e in (*page.error, *page.warning, *page.text))
    assert "Traceback" not in shown
    assert SECRET not in shown
    return [error.value for error in page.error]


@pytest.fixture
def fresh_caches(monkeypatch):
    monkeypatch.setattr(answer, "_broken", {})
    caches = (cache.engine, cache._reader, cache._ranker, cache._measured, cache.guess)
    with emptied(*caches):
        yield


@pytest.fixture
def bundled(monkeypatch, tmp_path, fresh_caches) -> Path:
    """The bundled model's folder, in a copy that may be damaged."""
    original, folder = hub.BUNDLED_FOLDER, tmp_path / SECRET
    folder.mkdir()
    for path in original.iterdir():
        (folder / path.name).symlink_to(path)
    monkeypatch.setattr(hub, "BUNDLED_FOLDER", folder)
    return folder


# Files of models


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


# Disk and home


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
    if not shutil.which("mount") or subprocess.run(mount, stderr=-3).returncode:
        pytest.skip("mounting a small disk needs Linux's root; test_hub.py has others")
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
    with FakeHub(tiny_model_files(kilobytes=600), fault="slow") as fake:
        page = open_page(model=model.id, text=ACROSS)
        fake.be_the_hub(monkeypatch, cache=small_disk)
        (ask,) = [b for b in page.button if b.label.startswith("Download bert-base")]
        ask.click().run()
        assert fake.half_sent.wait(20)
        with pytest.raises(OSError, match="No space left"):
            fill(small_disk / "x")
        assert hub.download_of(model).wait(20)
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
        assert hub.download_of(model).wait(20)
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
        assert hub.download_of(model).wait(20)
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
    assert done.stdout.startswith(ACROSS.replace("[MASK]", "river"))
    assert done.stderr == f"Model: {BUNDLED}\n"
    assert done.returncode == 0
    assert not list(work.iterdir())


# TensorFlow


def take_tensorflow_away(monkeypatch) -> None:
    """Be as a process that has not loaded the engine, and will not be able to."""
    for module in ("engine", "encoder", "lean_tensorflow"):
        monkeypatch.delitem(sys.modules, f"model_cache.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "tensorflow", None)


def test_without_tensorflow_the_page_stands_and_says_what_to_do(
    open_page, monkeypatch, caplog
):
    with monkeypatch.context() as missing, emptied(cache.engine, cache._reader):
        take_tensorflow_away(missing)
        page = open_page(text=ACROSS, layer="7", head="2")
        (told,) = errors(page)
        assert "TensorFlow is not installed" in told
        assert "pip install -r requirements.txt" in told
        assert "ModuleNotFoundError" in caplog.text
        page.text_input(key="text").set_value("A [MASK] of tea.").run()
        assert len(errors(page)) == 1
    page.run()
    assert errors(page) == []
    assert page.text_input(key="text").value == "A [MASK] of tea."
    assert has_answer(page)


def fake_tensorflow(folder: Path, code: str) -> dict[str, str]:
    """Return an environment in which `import tensorflow` runs this code."""
    (folder / "tensorflow").mkdir()
    (folder / "tensorflow" / "__init__.py").write_text(code)
    return os.environ | alone(folder) | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}


def test_mask_py_says_in_one_line_that_tensorflow_cannot_be_loaded(tmp_path):
    code = 'raise ImportError("libstdc++.so.6: version GLIBCXX_9 not found")'
    done = subprocess.run(
        [sys.executable, ROOT / "mask.py", ACROSS, "--no-diagrams"],
        env=fake_tensorflow(tmp_path, code),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "TensorFlow is installed but cannot be loaded" in done.stderr
    assert "pip install" in done.stderr


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import no_such_part", "not installed in full (no_such_part is missing)"),
        ("raise TypeError('Descriptors cannot be created')", "cannot be loaded"),
        # As on a processor for which it was not made: the process ends.
        (
            "import os, signal; os.kill(os.getpid(), signal.SIGILL)",
            "Fatal Python error: Illegal instruction",
        ),
    ],
    ids=["a part is missing", "any error", "illegal instruction"],
)
def test_whatever_stops_tensorflow_is_told(tmp_path, code, words):
    done = subprocess.run(
        [sys.executable, "-c", "import model_cache.lean_tensorflow"],
        env=fake_tensorflow(tmp_path, code),
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert words in done.stderr


@pytest.mark.parametrize(
    ("machine", "flags", "is_refused"),
    [
        ("x86_64", "flags\t\t: fpu sse4_2 avx f16c", False),
        ("x86_64", "flags\t\t: fpu sse4_2", True),
        ("aarch64", "Features\t: fp asimd", False),
        ("x86_64", "nothing is known", False),
    ],
)
def test_a_processor_that_tensorflow_would_die_on_is_refused(
    monkeypatch, tmp_path, machine, flags, is_refused
):
    from model_cache import lean_tensorflow

    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{flags}\nbugs\t: none\n")
    monkeypatch.setattr(lean_tensorflow, "PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setattr("platform.machine", lambda: machine)
    if is_refused:
        with pytest.raises(ImportError, match="lacks the AVX instructions; use"):
            lean_tensorflow.require_processor()
    else:
        lean_tensorflow.require_processor()


def test_tensorflow_loads_where_no_folder_can_be_written_to(monkeypatch):
    from model_cache import lean_tensorflow

    def refuse(*_):
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with lean_tensorflow.without_greetings():
        pass


# The engine


@pytest.fixture
def failing_engine(monkeypatch, fresh_caches):
    """Let the engine raise these errors, one after another, for texts with "boom"."""
    faults: list[Exception] = []
    read = Engine.read

    def read_or_fail(self, text, *rest):
        if "boom" in text and faults:
            raise faults.pop(0)
        return read(self, text, *rest)

    monkeypatch.setattr(Engine, "read", read_or_fail)
    return faults


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (RuntimeError(SECRET), "Change the sentence, or reload the page"),
        (ValueError(SECRET), "Change the sentence, or reload the page"),
        (MemoryError(), "Use a shorter text or a smaller model"),
        (type("ResourceExhaustedError", (Exception,), {})(SECRET), "shorter text"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_engines_fault_in_one_session_leaves_the_others_alone(
    open_page, failing_engine, caplog, fault, advice
):
    failing_engine += [fault, fault]
    mine, other = open_page(text="A boom [MASK]."), open_page(text=ACROSS)
    (told,) = errors(mine)
    assert advice in told
    assert "Traceback" in caplog.text
    assert type(fault).__name__ in caplog.text
    assert mine.text_input(key="text").value == "A boom [MASK]."
    assert errors(other) == []
    assert has_answer(other)
    mine.text_input(key="text").set_value(ACROSS).run()
    assert errors(mine) == []
    assert has_answer(mine)
    other.text_input(key="text").set_value("A boom [MASK].").run()
    assert len(errors(other)) == 1
    # What failed is not remembered.
    other.run()
    assert errors(other) == []
    assert has_answer(other)


def test_who_waits_for_a_reading_that_fails_gets_one_of_their_own(failing_engine):
    failing_engine.append(RuntimeError("once"))

    def outcome(_):
        try:
            return cache.read(BUNDLED, "boom [MASK]").text
        except RuntimeError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(outcome, range(8), timeout=60))
    assert sorted(outcomes) == ["boom [MASK]"] * 7 + ["once"]


def test_what_is_typed_in_a_tab_outlives_a_sentence_that_fails(
    open_page, failing_engine
):
    failing_engine.append(RuntimeError())
    typed = {"Compare": ("with", ACROSS), "Test a claim": ("claim_lines", "A b. | A b")}
    for tab, (key, value) in typed.items():
        page = open_page(text="A [MASK].", tab=tab)
        field = page.text_input if tab == "Compare" else page.text_area
        field(key=key).set_value(value).run()
        failing_engine[:] = [RuntimeError()]
        page.text_input(key="text").set_value(f"A boom [MASK] {tab}.").run()
        assert len(errors(page)) == 1
        page.text_input(key="text").set_value("A [MASK].").run()
        field = page.text_input if tab == "Compare" else page.text_area
        assert field(key=key).value == value


# Parts of the page


@pytest.mark.parametrize(
    ("tab", "broken"),
    [
        ("Heads", "components.explore.roles_frame"),
        ("Find heads for two words", "components.explore.heads_for_pair"),
        ("What if", "components.explore.show_what_if"),
        ("Compare", "components.comparison.words_frame"),
        ("Several heads", "components.explore.show_several"),
        ("One token", "components.explore.show_one_token"),
        ("Test a claim", "components.claim.judge"),
        ("Report", "components.explore.show_report"),
    ],
)
def test_a_tab_that_fails_says_so_and_the_rest_of_the_page_works(
    open_page, monkeypatch, caplog, tab, broken
):
    def fail(*_, **__):
        raise RuntimeError(SECRET)

    with monkeypatch.context() as now:
        now.setattr(broken, fail)
        page = open_page(text=ACROSS, tab=tab)
        (told,) = errors(page)
        assert f"“{tab}”" in told
        assert "reload the page" in told
        assert SECRET in caplog.text
        assert has_answer(page)
        page.text_input(key="text").set_value("A [MASK] of tea.").run()
        assert len(errors(page)) == 1
        assert has_answer(page)
    page.run()
    assert errors(page) == []


def test_too_little_memory_for_a_ranking_is_told_beside_it(
    open_page, monkeypatch, fresh_caches
):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(cache, "effects", fail)
    page = open_page(text=ACROSS, tab="What if", rank="true")
    assert errors(page) == [answer.NO_MEMORY]
    assert page.toggle(key="rank").value is True


def test_what_ends_a_run_of_the_page_passes_through():
    def script():
        import streamlit as st

        from components.answer import explain_faults

        with explain_faults("this"):
            if "again" not in st.session_state:
                st.session_state.again = True
                st.rerun()
            st.text("the second run")
            st.stop()
        st.text("never")

    page = AppTest.from_function(script).run()
    assert errors(page) == []
    assert [text.value for text in page.text] == ["the second run"]
