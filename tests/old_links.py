"""Where today's page shows what an old link or file is to show.

tests/data/old_links says it in a visitor's words, and never changes. Whoever changes
the page changes this file alone: SHOWS, and the few functions that open something.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import parse_qs

from streamlit.testing.v1 import AppTest

from attention.atlas.relations import DIRECTIONS, ENDS, relation_name
from attention.claims.ready import ready_claims
from attention.lessons import lessons
from attention.reading import Head
from components.session.choices import OLD_TABS
from model_cache import hub
from model_cache.catalog import BUNDLED, Model, find_model
from tests.support.on_the_page import components_data, has_picture, texts
from tests.support.random_bert import write_random_bert

FOLDER = Path(__file__).parent / "data" / "old_links"
FIXTURE = tomllib.loads((FOLDER / "links.toml").read_text("utf-8"))
THEN = FIXTURE["version_0_1"]
OF_THE_LESSON, OF_THE_FILE = "of the lesson", "of the file"
IN_A_VIEW = {"sentence": "text", "compared_with": "with", "claim_lines": "claim_lines"}
FIELDS = (
    *("text_input", "text_area", "number_input", "slider", "toggle", "radio"),
    *("selectbox", "multiselect", "file_uploader"),
)
# What stands in no other tab; only the open one is drawn.
SIGNS = {
    "Head": "Show as table",
    "Heads": "Show role",
    "Find heads for two words": "From",
    "What if": "Silent heads",
    "Compare": "Compare with",
    "Several heads": "Map",
    "One token": "Of the",
    "Test a claim": "Examples",
    "Atlas": "Look up by",
    "Report": "Continue from a saved file, or open a view that somebody saved",
}
# What that version told of; what else a link could not have, it left out in silence.
TOLD_OF = {
    "layer": "layer",
    "head": "head",
    "k": "number of predictions",
    "model": "model",
    "lesson": "lesson",
    "hide": "what to hide",
}


# Opening


def open_link(open_page: Callable[..., AppTest], query: str) -> AppTest:
    """Open a link, as its part behind the question mark is written."""
    values = parse_qs(query, keep_blank_values=True)
    link = {name: v[0] if len(v) == 1 else v for name, v in values.items()}
    return open_page(**link)


def open_file(open_page: Callable[..., AppTest], file: Mapping) -> AppTest:
    """Give a file to the tab that takes it."""
    page = open_page(tab=file["given_to"])
    field = {"Report": "report_file", "Atlas": "atlas_upload"}[file["given_to"]]
    content = (FOLDER / file["file"]).read_bytes()
    return page.file_uploader(key=field).upload(file["file"], content).run()


def go_to(page: AppTest, tab: str) -> AppTest:
    """Open a tab, by the name that version 0.1 had for it."""
    page.query_params.pop("tab", None)  # it would win over a click
    page.session_state["tab"] = OLD_TABS.get(tab, tab)
    return page.run()


def put_here(model_id: str, monkeypatch, folder: Path) -> None:
    """Let a random BERT of this model's shape stand in for it on this computer.

    Where nothing has been read yet; see the fixture fresh_caches.
    """
    model = find_model(model_id)
    random = write_random_bert(
        folder / "random",
        num_hidden_layers=model.layers,
        num_attention_heads=model.heads,
        hidden_size=2 * model.heads,
    )
    real = hub.find_local

    def find(wanted: Model) -> Path | None:
        return random if wanted == model else real(wanted)

    for place in ("components.session.answer", "model_cache.cache"):
        monkeypatch.setattr(f"{place}.find_local", find)


# Seeing


def seen(page: AppTest, wanted: Mapping) -> dict:
    """Return what a page shows of all that is wanted, by the same names."""
    return {name: SHOWS[name](page) for name in wanted}


def spelt_out(shows: Mapping, file: str = "") -> dict:
    """Return what a link or file shows, with what always is and what it refers to."""
    shows = FIXTURE["always"] | shows
    return {
        name: _meant(name, wanted, shows["lesson"], file)
        for name, wanted in shows.items()
    }


def _meant(name: str, wanted: object, lesson: str, file: str) -> object:
    if wanted == OF_THE_LESSON:
        return _lesson_start(lesson)[name]
    if wanted == OF_THE_FILE:
        return saved(file)["view"][IN_A_VIEW[name]]
    return wanted


def words_missing(page: AppTest, file: str) -> list[str]:
    """Return which of a report file's words are not to be read on the page."""
    shown = texts(page)
    return [
        words
        for finding in saved(file)["findings"]
        for words in (*finding["says"], *finding["sentences"])
        if words not in shown
    ]


def saved(file: str) -> dict:
    """Return what stands in a file of the page's."""
    return json.loads((FOLDER / file).read_text("utf-8"))


def _lesson_start(slug: str) -> dict[str, object]:
    lesson = lessons()[slug]
    parameters = dict(lesson.parameters)
    return {
        "sentence": lesson.sentence,
        # A lesson that names no head starts at the first, not at the one to find.
        "head": (lesson.head or Head(0, 0)).name,
        "tab": parameters.get("tab"),
        "compared_with": parameters.get("with"),
        "predictions": parameters.get("k") and int(parameters["k"]),
    }


def _field(page: AppTest, label: str):
    fields = [field for kind in FIELDS for field in getattr(page, kind)]
    return next((field for field in fields if field.label == label), None)


def _value(label: str) -> Callable[[AppTest], object]:
    def read(page: AppTest) -> object:
        return getattr(_field(page, label), "value", None)

    return read


def _token(label: str) -> Callable[[AppTest], str | None]:
    def read(page: AppTest) -> str | None:
        if (field := _field(page, label)) is None:
            return None
        tokens = [option.split(" ", 1)[1] for option in field.options]
        place = field.options.index(field.value)
        return f"{tokens[place]}#{tokens[: place + 1].count(tokens[place])}"

    return read


def _data(page: AppTest, name: str) -> dict:
    found = [data for data in components_data(page) if name in data]
    return found[0] if found else {}


def _head(page: AppTest) -> str:
    names = [h.value for h in page.header if re.match(r"Layer \d", h.value)]
    return ", ".join(names)


def _said(pattern: str) -> Callable[[AppTest], str]:
    def read(page: AppTest) -> str:
        found = re.search(pattern, texts(page))
        return found[1] if found else ""

    return read


def _count(
    pattern: str, read: Callable[[AppTest], str] = texts
) -> Callable[[AppTest], int | None]:
    def count(page: AppTest) -> int | None:
        found = re.search(pattern, read(page))
        return int(found[1].replace(",", "")) if found else None

    return count


def _named(model_id: str | None) -> str | None:
    return "bundled" if model_id == BUNDLED else model_id


def _tab(page: AppTest) -> str:
    return ", ".join(tab for tab, sign in SIGNS.items() if _field(page, sign))


def _told_of(page: AppTest) -> list[str]:
    told = set()
    for notice in page.info:
        named = re.match(r"The link's (\w+) is not ", notice.value)
        if named is None:
            told.add(notice.value)
        elif named[1] in TOLD_OF or named[1] not in THEN["parameters"]:
            told.add(TOLD_OF.get(named[1], named[1]))
    return sorted(told)


def _hidden(page: AppTest) -> list[str]:
    asks_guess = _field(page, "Your guess for [MASK]") is not None
    picture = _data(page, "sprite")
    hides = {
        "roles": bool(picture.get("sprite")) and not picture["labels"],
        "words": asks_guess and not _predictions(page),
    }
    return [what for what, is_hidden in hides.items() if is_hidden]


def _has_button(page: AppTest, label: str) -> bool:
    return any(button.label == label for button in page.button)


def _predictions(page: AppTest) -> int:
    masks = _data(page, "masks").get("masks", [])
    (count,) = {len(mask["rows"]) for mask in masks} or {0}
    return count


def _download(page: AppTest) -> str:
    labels = [button.label for button in page.button]
    offered = [re.match(r"Download (\S+) \(\d+ MB\)", label) for label in labels]
    return ", ".join(match[1] for match in offered if match)


def _lesson(page: AppTest) -> str:
    headings = {heading.value for heading in page.header}
    tasks = [words.value for words in page.markdown]
    return ", ".join(
        slug
        for slug, lesson in lessons().items()
        if lesson.title in headings and any(lesson.task in task for task in tasks)
    )


def _ready_claim(page: AppTest) -> str:
    lines = _value("Examples")(page)
    return ", ".join(title for title, text in ready_claims().items() if text == lines)


def _claim_lines(page: AppTest) -> str | None:
    lines = _value("Examples")(page)
    return lines and "\n".join(lines.splitlines())


def _relation(page: AppTest) -> list[str]:
    shown = _value("Relation")(page)
    return next(
        [relation, DIRECTIONS[direction]]
        for relation in ENDS
        for direction in range(len(DIRECTIONS))
        if relation_name(relation, direction) == shown
    )


def _relations(page: AppTest) -> list[str]:
    shown = _field(page, "Relation").options
    return sorted(name for name in ENDS if relation_name(name, 0) in shown)


def _findings(page: AppTest) -> list[dict[str, str]]:
    titles = re.findall(r"^\d+\. (.*)$", texts(page), re.MULTILINE)
    notes = [n.value for n in page.text_area if re.fullmatch(r"Note \d+", n.label)]
    return [
        {"title": title, "note": note}
        for title, note in zip(titles, notes, strict=True)
    ]


def _is_ranked_as_asked(page: AppTest) -> bool:
    # Of a short sentence the page ranks all heads without being asked.
    is_ranked = "Divergence: " in texts(page)
    return is_ranked and "true" in page.query_params.get("rank", "")


SHOWS: Mapping[str, Callable[[AppTest], object]] = {
    # Of every page.
    "is_read": has_picture,
    "complaints": lambda page: len(page.error),
    "told_of": _told_of,
    "sentence": _value("Sentence"),
    "head": _head,
    "layer": _count(r"Layer (\d+)", _head),
    "head_in_layer": _count(r"head (\d+)", _head),
    "predictions": _predictions,  # of each mask
    "model": lambda page: _named(_value("Model")(page)),  # that is asked for
    "answered_by": lambda page: _named(_said(r"Answered by (\S+):")(page)),
    "offers_download_of": _download,
    "words_joined": _value("Join word pieces to words"),
    "specials": _value("[CLS], [SEP] and punctuation"),
    "role_shown": lambda page: _data(page, "sprite")["role"],  # in the picture
    "as_lines": _value("Lines"),
    "as_table": _value("Show as table"),
    "on_more_sentences": lambda page: bool(
        _said(r"(Over \d+ other|None of the \d+) sentences")(page)
    ),
    "tab": _tab,
    # Of a tab.
    "role_listed": _value("Show role"),
    "least_share": _value("At least this share (%)"),
    "from": _token("From"),
    "to": _token("To"),
    "silent": _value("Silent heads"),
    "ranked_by_effect": _is_ranked_as_asked,
    "compared_with": _value("Compare with"),
    "compared_by": lambda page: _named(_value("Read by")(page)),
    "map": _value("Map"),
    "heads_combined": _value("Heads"),
    "token": _token("Token"),
    "token_of": _value("Of the"),
    "claim_words": _value("Claim"),
    "claim_lines": _claim_lines,
    "ready_claim": _ready_claim,
    "lines_tested": _count(r"it hits \d+ of ([\d,]+) "),
    "looked_up_by": _value("Look up by"),
    "relation": _relation,
    "relations": _relations,
    "atlas_sentences": _count(r"over ([\d,]+) sentences of:"),
    "findings": _findings,
    "finding_pictures": lambda page: len(page.get("image")),
    # Of a class.
    "lesson": _lesson,  # its title and its task
    "hidden": _hidden,
    "is_held_back": lambda page: "This would give away " in texts(page),
    "teachers_panel": lambda page: any(
        heading.value == "Teacher's panel" for heading in page.header
    ),
    "class_lesson": _value("Lesson to open"),
}
