"""What contributors are told, and what the workflow runs, is there."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.support.serving import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WORKFLOW = yaml.safe_load(
    (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
)
JOBS = WORKFLOW["jobs"]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def supported() -> list[str]:
    """Return the Python versions that pyproject.toml allows."""
    bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"])
    return [f"3.{minor}" for minor in range(*map(int, bounds.groups()))]


def test_each_supported_python_is_checked():
    matrix = JOBS["check"]["strategy"]["matrix"]
    assert matrix["python"] == supported()
    others = {other["python"] for other in matrix["include"]}
    others |= {
        step["with"]["python-version"]
        for job in ("test", "hub")
        for step in JOBS[job]["steps"]
        if "python-version" in step.get("with", {})
    }
    assert others
    assert others <= set(supported())


def test_what_the_workflow_makes_is_in_the_makefile_and_with_its_own_python():
    made = [
        re.fullmatch(r"make (\w+) PYTHON=python\S.*", command)
        for job in ("check", "test")
        for command in commands(job)
    ]
    assert [call[1] for call in made] == ["check", "test"]
    for call in made:
        assert re.search(rf"^{call[1]}:", MAKEFILE, re.MULTILINE)
    assert "\nPYTHON ?=" in MAKEFILE


def test_the_weekly_job_downloads_bert_base_before_it_asks_for_the_tests_by_name():
    run = commands("hub")
    assert WORKFLOW[True]["schedule"]  # YAML 1.1 reads "on" as true
    download, compare = (
        next(i for i, command in enumerate(run) if words in command)
        for words in ("--model bert-base-uncased", "pytest -m hub ")
    )
    assert download < compare
    # tee would end a pipe well, whatever came before it.
    assert JOBS["hub"]["defaults"]["run"]["shell"] == "bash"


def test_the_workflow_may_only_read_and_ends_in_time():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 45 for job in JOBS.values())


def test_each_file_that_contributors_are_sent_to_is_there():
    paths = {
        path
        for path in re.findall(r"`([\w.-]+/[\w./-]*)`", GUIDE)
        if "NAME" not in path and not path.startswith(".venv")
    }
    assert len(paths) > 20
    assert not [path for path in paths if not (ROOT / path).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_the_documents_lead_to_files(document: Path):
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            assert (document.parent / target.partition("#")[0]).exists(), target


def test_the_newest_dated_version_of_the_changelog_is_the_projects():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE
    )
    assert dated[0] == PROJECT["version"]
    assert dated == sorted(dated, key=lambda v: [*map(int, v.split("."))], reverse=True)
