"""The page's contract with its links and saved files: one table of every parameter.

No Streamlit here. state.py asks the browser's address and the session, views.py saves
and restores what the table keeps.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from attention.lessons import lessons
from attention.pictures.colors import MAGMA, SCALES
from attention.reading import MAX_K, Head
from attention.showcase import DEFAULT_TEXT
from attention.views import SHOWN
from attention.views import SPECIALS as WAYS
from components.session.choices import (
    ALL_ROLES,
    BY_RELATION,
    HIDEABLE,
    ITS_LAYER,
    JUDGES,
    MAPS,
    OLD_TABS,
    OPEN_HEAD,
    ROLE_NAMES,
    TABS,
)
from model_cache.catalog import UnknownModel, find_model

TEXT, HEAD, K, MODEL = "text", "head", "k", "model"
LESSON, TEACH, HIDE = "lesson", "teach", "hide"
JOIN, SPECIALS, COLOURS = "join", "specials", "colours"
ROLE, CHECK, LINES, TABLE = "role", "check", "lines", "table"
TAB, SHOW_ROLE, LEAST, FROM, TO = "tab", "show_role", "least", "from", "to"
SILENT, RANK, WITH, WITH_MODEL = "silent", "rank", "with", "with_model"
MAP, HEADS, TOKEN, OF = "map", "heads", "token", "of"
EXAMPLES, CLAIM_WORDS = "examples", "claim_words"
BY, RELATION = "by", "relation"
JUDGE = "judge"
# What version 0.1 called them. Its links and files are read for ever.
OLD_IN_LINK = {"claim": EXAMPLES}
OLD_IN_FILE = {"claim": CLAIM_WORDS, "claim_lines": EXAMPLES}
# Until version 0.2 a head was two parameters, layer=3 and head=10.
LAYER = "layer"
MOST = 999  # layers, and heads of each: a larger model may yet be chosen

NEAREST = "the default one, or the nearest, is shown"
DEFAULT_HEAD = Head.numbered(3, 10)  # each word looks at the next one
# Of what people type; proxies in front of servers refuse URLs over 8 kB.
MOST_LINK_BYTES = 6_000


@dataclass(frozen=True)
class Parameter:
    """One thing that a link may say of the page."""

    name: str  # in the URL, in session state and in a saved view
    default: object  # None where it depends on the sentence or the server's files
    # Raises ValueError for what the page cannot show; it says what was wanted.
    parse: Callable[[str], object] = str
    kept_in_view: bool = False  # a file restores it
    in_class_link: bool = False  # the teacher's panel may put it there
    otherwise: str = "the default one is shown"  # than what was asked for


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if value not in map(str, range(least, most + 1)):
            raise ValueError(f"a number from {least} to {most}")
        return int(value)

    return parse


def _one_of(*values: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in values:
            raise ValueError("one of " + ", ".join(f"“{known}”" for known in values))
        return value

    return parse


def _like(pattern: str, example: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"of the form “{example}”")
        return value

    return parse


def _is_number(value: str) -> bool:
    # Not isdigit(), which other scripts' digits and superscripts are, too.
    return re.fullmatch("[0-9]{1,3}", value) is not None


def _head(value: str) -> str:
    return value if _is_number(value) else Head.from_short(value).short


def _head_of(shape: tuple[int, int]) -> Callable[[str], str]:
    def parse(value: str) -> str:
        numbers = map(int, _head(value).split("-"))
        most = shape if "-" in value else shape[1:]
        if all(1 <= n <= count for n, count in zip(numbers, most, strict=True)):
            return value
        raise ValueError(
            f"a head of this BERT, which has {shape[0]} layers of {shape[1]}"
        )

    return parse


def _tab(value: str) -> str:
    return _one_of(*TABS)(OLD_TABS.get(value, value))


def _switch(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError("true or false")
    return value.lower() == "true"


def _model(value: str) -> str:
    try:
        return find_model(value).id
    except UnknownModel:
        raise ValueError("on offer here") from None


def _lesson(value: str) -> str:
    if value not in lessons():
        raise ValueError("here")
    return value


def _hidden(value: str) -> frozenset[str]:
    if not (parts := frozenset(value.split(","))) <= HIDEABLE:
        raise ValueError("“words”, “roles” or “words,roles”")
    return parts


_token = _like("[0-9]+ .+", "3 dog")
_heads = _like("Layer [0-9]+(, head [0-9]+)?", "Layer 3, head 10")

# In the order that a link for a class has them.
_TABLE = (
    Parameter(LESSON, "", _lesson, in_class_link=True, otherwise="see “Lessons”"),
    Parameter(TEXT, DEFAULT_TEXT, kept_in_view=True, in_class_link=True),
    Parameter(
        HEAD,
        DEFAULT_HEAD.short,
        _head,
        kept_in_view=True,
        in_class_link=True,
        otherwise=NEAREST,
    ),
    Parameter(
        LAYER,
        None,
        _number(1, MOST),
        otherwise=NEAREST,
    ),
    Parameter(K, 3, _number(1, MAX_K), kept_in_view=True, in_class_link=True),
    Parameter(MODEL, None, _model, kept_in_view=True, in_class_link=True),
    Parameter(
        HIDE,
        frozenset(),
        _hidden,
        in_class_link=True,
        otherwise="nothing else can be hidden",
    ),
    Parameter(TEACH, "", _one_of("1", "0"), otherwise="the teacher's panel is closed"),
    Parameter(JOIN, False, _switch, kept_in_view=True),
    Parameter(SPECIALS, SHOWN, _one_of(*WAYS), kept_in_view=True),
    Parameter(COLOURS, MAGMA.name, _one_of(*SCALES), kept_in_view=True),
    Parameter(ROLE, "", _one_of(*ROLE_NAMES), otherwise="all roles are shown"),
    Parameter(CHECK, False, _switch),
    Parameter(LINES, False, _switch),
    Parameter(TABLE, False, _switch),
    Parameter(TAB, TABS[0], _tab, kept_in_view=True),
    Parameter(SHOW_ROLE, ALL_ROLES, _one_of(ALL_ROLES, *ROLE_NAMES)),
    Parameter(LEAST, 0, _number(0, 100)),
    Parameter(FROM, None, _token),
    Parameter(TO, None, _token),
    Parameter(SILENT, (), _heads, otherwise="it is left out"),
    Parameter(RANK, False, _switch),
    Parameter(WITH, None, kept_in_view=True),
    Parameter(WITH_MODEL, None, _model),
    Parameter(MAP, MAPS[0], _one_of(*MAPS)),
    Parameter(HEADS, (), _heads, otherwise="it is left out"),
    Parameter(TOKEN, None, _token),
    Parameter(OF, OPEN_HEAD, _one_of(OPEN_HEAD, ITS_LAYER)),
    Parameter(EXAMPLES, None, kept_in_view=True),
    Parameter(CLAIM_WORDS, None, kept_in_view=True),
    Parameter(JUDGE, JUDGES[0], _one_of(*JUDGES), kept_in_view=True),
    Parameter(BY, BY_RELATION, _one_of(BY_RELATION, OPEN_HEAD)),
    Parameter(RELATION, None, _like(".+ → its .+", "adverb → its verb")),
)
PARAMETERS: Mapping[str, Parameter] = {one.name: one for one in _TABLE}
KEPT_IN_VIEW = tuple(one.name for one in _TABLE if one.kept_in_view)


def invalid_parameters(link: Mapping[str, str], shape: tuple[int, int]) -> list[str]:
    """Say, in a sentence each, which values of a link cannot be shown as asked.

    link: the URL's parameters. shape: (layers, heads) of the model shown.

    >>> invalid_parameters({"k": "0", "tab": "Atlas", "lines": "false"}, (2, 4))
    ["The link's k is not a number from 1 to 20; the default one is shown."]
    """
    of_the_model = {HEAD: _head_of(shape), LAYER: _number(1, shape[0])}
    notices = []
    for one in PARAMETERS.values():
        if one.name in link:
            try:
                of_the_model.get(one.name, one.parse)(link[one.name])
            except ValueError as wanted:
                notices.append(
                    f"The link's {one.name} is not {wanted}; {one.otherwise}."
                )
    return notices


def values_of(view: Mapping[str, str]) -> dict[str, Any]:
    """Return a saved view as its widgets have it; invalid values are left out.

    >>> values_of({"k": "4", "head": "x", "lesson": "bias"})
    {'k': 4}
    """
    values: dict[str, Any] = {}
    for name in KEPT_IN_VIEW:
        with suppress(KeyError, ValueError):
            values[name] = PARAMETERS[name].parse(view[name])
    return values


def renamed(
    values: Mapping[str, str],
    old_names: Mapping[str, str],
    usual: Head = DEFAULT_HEAD,
) -> dict[str, str]:
    """Return a link's or a file's values by today's names, which win over old ones.

    usual: the head that an old link means where it names a layer or a head alone.

    >>> renamed({"claim": "An adverb …", "layer": "4", "head": "2"}, OLD_IN_FILE)
    {'claim_words': 'An adverb …', 'head': '4-2'}
    """
    old = {old_names[name]: values[name] for name in old_names if name in values}
    new = old | {name: values[name] for name in values if name not in old_names}
    layer, head = new.pop(LAYER, ""), new.get(HEAD, "")
    if (layer or _is_number(head)) and "-" not in head:
        # What is no number here, a notice tells of.
        numbers = zip((layer, head), usual.numbers, strict=True)
        new[HEAD] = "-".join(n if _is_number(n) else str(other) for n, other in numbers)
    return new


def fits_link(*texts: str) -> bool:
    """True if a link may carry these texts together."""
    length = sum(len(quote_plus(text, errors="replace")) for text in texts)
    return length <= MOST_LINK_BYTES


def compose(base: str, values: Mapping[str, str]) -> str:
    """Write a class's link: of these values the ones that may be in it.

    >>> values = {"hide": "words", "lesson": "bias", "text": "A [MASK].", "teach": "1"}
    >>> compose("https://x.org/", values)
    'https://x.org/?lesson=bias&text=A+%5BMASK%5D.&hide=words'
    """
    names = [one.name for one in PARAMETERS.values() if one.in_class_link]
    query = urlencode({name: values[name] for name in names if values.get(name)})
    return f"{base.rstrip('/')}/?{query}" if query else base


def is_own_computer(link: str) -> bool:
    """True if a link leads everyone who opens it to their own device.

    >>> is_own_computer("http://localhost:8501/?lesson=bias")
    True
    """
    host = urlsplit(link).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
