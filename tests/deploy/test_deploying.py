"""The image, the compose file, the proxy and their guide agree with the project."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

import yaml

from benchmarks.footprint import PROMISES
from benchmarks.proxy import settings
from components.crowd.counters import Counters
from components.crowd.door import SETTING
from components.crowd.seats import MOST, Seats
from model_cache.catalog import BUNDLED
from model_cache.turns import Turns
from tests.support.patience import until
from tests.support.serving import ROOT, Server, free_port
from tests.support.sources import SOURCES, imports

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
CADDYFILE = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
PORT = "8501"
APPS = ("app1", "app2")


def instructions() -> list[tuple[str, str]]:
    """Return the Dockerfile's instructions, each with the rest of its line."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line]


def all_of(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for rest in all_of("ENV") for pair in rest.split())


def is_ignored(path: str) -> bool:
    """Tell whether .dockerignore keeps a file out: the last pattern that fits wins."""
    ignored = False
    parts = PurePosixPath(path).parts
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").split("/")
        if pattern[0] == "**":  # in any folder
            fits = any(fnmatchcase(part, pattern[1]) for part in parts)
        else:
            beginning = parts[: len(pattern)]
            fits = len(beginning) == len(pattern) and all(
                map(fnmatchcase, beginning, pattern)
            )
        if fits:
            ignored = not line.startswith("!")
    return ignored


def test_the_images_python_is_one_that_the_project_supports():
    [base] = all_of("FROM")
    major, minor = map(
        int, re.fullmatch(r"python:(\d+)\.(\d+)-slim-\w+", base).groups()
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    least, most = re.findall(r"(\d+)\.(\d+)", project["project"]["requires-python"])
    assert tuple(map(int, least)) <= (major, minor) < tuple(map(int, most))


def test_nothing_in_the_image_runs_as_root():
    order = [name for name, _ in instructions()]
    user, group = all_of("USER")[-1].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert order.index("USER") < order.index("CMD")


def test_the_image_runs_the_page_without_a_shell_on_the_port_that_it_exposes():
    [command] = all_of("CMD")
    assert json.loads(command) == ["streamlit", "run", "app.py"]
    assert all_of("EXPOSE") == [PORT]
    assert environment()["STREAMLIT_SERVER_PORT"] == PORT
    assert environment()["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"


def test_packages_are_a_layer_that_a_change_of_the_code_leaves_in_place():
    names = [f"{name} {rest}" for name, rest in instructions()]
    install = next(i for i, line in enumerate(names) if '"pip", "install"' in line)
    assert names.index("COPY requirements.txt .") < install < names.index("COPY . .")


def test_the_health_check_asks_the_servers_own_health(served):
    [check] = all_of("HEALTHCHECK")
    program = json.loads(check.partition(" CMD ")[2])
    assert program[:2] == ["python", "-c"]
    address = f"http://127.0.0.1:{PORT}"
    assert f"{address}/_stcore/health" in program[2]

    def exit_code(server: str) -> int:
        asked = [sys.executable, "-c", program[2].replace(address, server)]
        return subprocess.call(asked, stderr=subprocess.DEVNULL)

    until(lambda: exit_code(served) == 0)  # a busy one may answer too late
    assert exit_code(f"http://127.0.0.1:{free_port()}") == 1


def test_everything_that_runs_is_in_the_image():
    parts = [path.relative_to(ROOT) for path in SOURCES]
    folders = {"components/frontend", "attention/pictures/fonts", "lessons", "claims"}
    folders |= {"model_cache/bundled"}
    needed = [path.as_posix() for path in parts]
    needed += [
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).iterdir()
        if path.is_file()
    ]
    needed += [
        ".streamlit/config.toml",
        "requirements.txt",
        "attention/heads/varied_sentences.txt",
    ]
    needed += ["model_cache/catalog.toml"]
    assert [path for path in needed if is_ignored(path)] == []


def test_what_stays_outside_the_image_is_imported_by_nothing_inside():
    left_out = {path.name for path in ROOT.iterdir() if is_ignored(path.name)}
    assert {"tests", "docs", "benchmarks", "deploy"} <= left_out
    assert is_ignored(".git")
    assert is_ignored(".venv")
    assert is_ignored(".streamlit/secrets.toml")
    for path in SOURCES:
        assert not left_out & imports(path), path


def test_compose_runs_two_equal_replicas_that_write_nowhere_but_to_tmp_and_models():
    first, second = (COMPOSE["services"][name] for name in APPS)
    assert first == second
    assert first["read_only"] is True
    assert first["tmpfs"] == ["/tmp"]
    assert first["volumes"] == [f"models:{environment()['HF_HOME']}"]
    assert environment()["HOME"] == "/tmp"
    assert "mem_limit" in first
    assert "ports" not in first  # the proxy alone is reached from outside


def test_the_proxy_knows_both_replicas_and_keeps_a_visitor_with_one():
    [proxied] = re.findall(r"reverse_proxy (.*) \{", CADDYFILE)
    assert proxied.split() == [f"{name}:{PORT}" for name in APPS]
    assert "lb_policy cookie attention_replica" in CADDYFILE
    assert "health_uri /_stcore/health" in CADDYFILE
    assert set(COMPOSE["services"]["proxy"]["depends_on"]) == set(APPS)
    mounted = COMPOSE["services"]["proxy"]["volumes"][0]
    assert mounted == "./deploy/Caddyfile:/etc/caddy/Caddyfile:ro"


def test_the_proxy_adds_the_headers_that_the_security_document_asks_for():
    document = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    block = document.partition("```http\n")[2].partition("```")[0]
    asked = dict(
        line.split(": ", 1) for line in re.sub(r"\n +", " ", block).splitlines()
    )
    added = CADDYFILE.partition("header {\n")[2].partition("\n\t}")[0]
    assert dict(map(shlex.split, added.splitlines())) == asked


def test_the_proxy_refuses_the_counters_to_everybody():
    assert "\trespond /_stcore/metrics 404\n" in CADDYFILE


def test_the_guide_names_the_limit_of_visitors_and_the_counters():
    assert f"| `{SETTING}` | `{MOST}` |" in GUIDE
    counters = Counters(Seats(1, bool), Turns(1))
    for stats in counters.get_stats().values():
        name, _ = stats[0].to_metric_str().split()
        assert f"`{name}`" in GUIDE


def test_the_benchmark_puts_its_servers_in_the_place_of_the_replicas():
    here = [
        Server("http://127.0.0.1:1", 0, ROOT),
        Server("http://127.0.0.1:2", 0, ROOT),
    ]
    changed = set(settings(here).splitlines()) ^ set(CADDYFILE.splitlines())
    assert {line.strip() for line in changed} == {
        f"reverse_proxy {' '.join(f'{name}:{PORT}' for name in APPS)} {{",
        "reverse_proxy 127.0.0.1:1 127.0.0.1:2 {",
    }


def test_every_setting_in_the_guide_is_one_of_these_files_and_the_other_way_round():
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    settings = set(re.findall(r"\$\{(\w+)", compose))
    listed = set(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE))
    assert listed == settings


def test_the_guide_names_the_port_the_limits_and_the_promises():
    assert f"-p {PORT}:{PORT}" in GUIDE
    assert "--read-only --tmpfs /tmp" in GUIDE
    assert BUNDLED in GUIDE
    for promise in PROMISES.values():
        assert f"under {promise.peak:,} MB" in GUIDE
