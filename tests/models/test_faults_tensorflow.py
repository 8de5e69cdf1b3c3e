"""TensorFlow that is missing, broken, or not for this processor."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from model_cache import cache
from tests.conftest import emptied
from tests.support.on_the_page import ACROSS, errors, has_answer
from tests.support.serving import ROOT, alone

pytestmark = pytest.mark.slow


def take_tensorflow_away(monkeypatch) -> None:
    """Be as a process that has not loaded the engine, and will not be able to."""
    for module in ("engine", "encoder", "lean_tensorflow"):
        monkeypatch.delitem(sys.modules, f"model_cache.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "tensorflow", None)


def test_without_tensorflow_the_page_stands_and_says_what_to_do(
    open_page, monkeypatch, caplog
):
    with monkeypatch.context() as missing, emptied(cache._engine, cache._reader):
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
