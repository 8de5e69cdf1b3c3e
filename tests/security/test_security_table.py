"""SECURITY.md's threats and the tests that it names, held to each other."""

import ast
import re
from pathlib import Path

from tests.support.security_document import threats
from tests.support.serving import ROOT


def names_of_tests(path: Path) -> set[str]:
    nodes = ast.parse(path.read_text(encoding="utf-8")).body
    return {
        node.name
        for node in nodes
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_threat_names_its_tests_and_every_test_here_stands_in_the_table():
    there = {
        path.name: names_of_tests(path) for path in (ROOT / "tests").rglob("test_*.py")
    }
    every = set().union(*there.values())
    named = set()
    for threat, answer, tests in threats():
        cited = re.findall(r"`(\w+)`", tests)
        assert cited, f"no test for: {threat}"
        assert answer
        assert set(cited) <= every, set(cited) - every
        named |= set(cited)
    here = [there[name] for name in there if name.startswith("test_security_")]
    assert len(here) > 5
    assert set().union(*here) <= named
    assert len(threats()) > 20
