"""What "Add to report" adds: each part of the page as a finding with its figures."""

import math
from collections.abc import Collection, Sequence

import pandas as pd

from attention.claims.frames import claim_frame
from attention.claims.measure import Measured, Result
from attention.claims.verdict import describe_claim
from attention.evidence import tenths
from attention.fields import cut
from attention.heads.effects import compare_words
from attention.heads.roles import HeadRoles, head_roles
from attention.heads.summary import describe_role, describe_strongest
from attention.pictures.bars import words_chart
from attention.pictures.colors import MAGMA, ColourScale
from attention.pictures.head import head_png, unlabelled_png
from attention.pictures.map_of_heads import head_map
from attention.reading import MASK, MAX_MASKS, Head, Reading
from attention.report.finding import Figure, Finding
from attention.views import describe_view

# Of a claim's sentences: enough to see what it is about, misses among them.
MOST_SENTENCES, MOST_MISSES = 10, 4
MOST_NAMES = 5  # of heads in a title
MOST_LETTERS = 200  # of a sentence where it only tells which one is meant
# In a report's width more could not be read, and ten heads would fill its file.
LABELLED_TOKENS = 128


def head_finding(
    reading: Reading,
    roles: HeadRoles | None,
    head: Head,
    colours: ColourScale = MAGMA,
) -> Finding:
    """Return what one head does in one sentence; roles: None hides its role."""
    return Finding(
        title=heading(head),
        model=reading.model,
        says=measured_in(name_of(reading), head_says(reading, roles, head)),
        sentences=(reading.text,),
        figures=(head_figure(reading, roles, head, colours),),
    )


def comparison_finding(
    pair: Sequence[Reading], head: Head, k: int, colours: ColourScale = MAGMA
) -> Finding:
    """Return each reading's k likeliest words, and what a head of both does in it."""
    roles = [head_roles(reading) for reading in pair]
    both = list(zip(pair, roles, strict=True))
    models = list(dict.fromkeys(reading.model for reading in pair))
    return Finding(
        title=heading(head),
        model=" and ".join(models),
        says=tuple(
            line
            for reading, its_roles in both
            for says in (*words_say(reading, k), head_says(reading, its_roles, head))
            for line in measured_in(name_of(reading, names_model=len(models) > 1), says)
        ),
        sentences=tuple(dict.fromkeys(reading.text for reading in pair)),
        figures=tuple(head_figure(*one, head, colours) for one in both),
    )


def what_if_finding(
    before: Reading, after: Reading, silent: Collection[Head], k: int
) -> Finding:
    """Return what silent heads change at each mask."""
    from attention.pictures.paper import chart_png  # loads vl-convert

    heads = names_of(silent, before.shape)
    masks = mask_names(before)
    pairs = zip(before.predictions, after.predictions, strict=True)
    # Of more masks than the page lists, those that it lists.
    frames = [compare_words(*pair, k) for _, pair in zip(masks, pairs, strict=False)]
    says = [
        f"At {mask}, as trained and with {heads} silent: {changes_say(frame)}."
        for mask, frame in zip(masks, frames, strict=True)
    ]
    figures = [
        Figure(
            chart_png(words_chart(frame), before.text, f"{mask}, silent: {heads}"),
            f"Words at {mask} in {name_of(before)} as trained and with {heads} silent "
            f"({before.model}).",
            f"Bars of each word's probability before and after. {line}",
        )
        for mask, frame, line in zip(masks, frames, says, strict=True)
    ]
    return Finding(
        title=f"What if {heads} were silent",
        model=before.model,
        says=tuple(
            line for one in says for line in measured_in(name_of(before), [one])
        ),
        sentences=(before.text,),
        figures=tuple(figures),
    )


def mask_names(reading: Reading) -> list[str]:
    """Name each mask that the page lists."""
    count = len(reading.mask_positions)
    if count == 1:
        return [MASK]
    return [f"mask {n} of {count}" for n in range(1, min(count, MAX_MASKS) + 1)]


def words_say(reading: Reading, k: int) -> list[list[str]]:
    """Say the likeliest words of each mask that the page lists, a mask each."""
    words = [
        ", ".join(f"“{one.token}” {share(one.probability)}" for one in predictions[:k])
        for predictions in reading.predictions
    ]
    named = zip(mask_names(reading), words, strict=False)
    return [[f"At {mask}: {likeliest}."] for mask, likeliest in named]


def changes_say(frame: pd.DataFrame) -> str:
    rows = zip(frame["word"], frame["before"], frame["after"], strict=True)
    return ", ".join(
        f"“{word}” {share(before)} and {share(after)}" for word, before, after in rows
    )


def names_of(heads: Collection[Head], shape: tuple[int, int]) -> str:
    """Name several heads, whole layers as such, a crowd by its number.

    >>> names_of({Head(0, 0), Head(0, 1), Head(2, 1)}, shape=(3, 2))
    'layer 1 and layer 3, head 2'
    """
    names = []
    for layer in range(shape[0]):
        chosen = sorted(head for head in heads if head.layer == layer)
        if len(chosen) == shape[1]:
            names.append(f"layer {layer + 1}")
        else:
            names += [head.name.lower() for head in chosen]
    return " and ".join(names) if len(names) <= MOST_NAMES else f"{len(heads)} heads"


def claim_finding(
    result: Result,
    model: str,
    claim: str,
    n_untested: int = 0,
    judged: Head | None = None,
) -> Finding:
    """Return how one head does on a claim's sentences.

    claim: in words, "" if it has none. n_untested: sentences that were left when
    somebody stopped the test; to stop at a good moment is a choice, too. judged: the
    head, if it was chosen beforehand; else it is the best of all.
    """
    from attention.pictures.paper import chart_png  # loads vl-convert

    head = judged or result.best()
    chart = head_map(claim_frame(result), "rate", "hit rate", "viridis", limit=1)
    pair = result.measured[0].example.pair
    about = (
        f"Claim: {ended(claim)}" if claim else f"A claim of my own, such as “{pair}”."
    )
    which = "a head chosen beforehand" if judged else "the best of all heads"
    verdict = f"Judged: {which}. {' '.join(describe_claim(result, judged))}"
    if n_untested:
        verdict = f"The test was stopped with {n_untested:,} sentences to go. {verdict}"
    return Finding(
        title=heading(head),
        model=model,
        # One line: of two claims about this head, each keeps its own verdict.
        says=(f"{about} {verdict}",),
        sentences=tuple(examples_of(result, head)),
        figures=(
            Figure(
                chart_png(chart, about, f"{result.n} sentences read by {model}"),
                f"Hit rate of every head over {result.n} sentences ({model}). {about}",
                f"Map of heads, a row a layer and a column a head. {verdict}",
            ),
        ),
    )


def ended(sentence: str) -> str:
    """End a sentence of somebody's, unless it has an end.

    >>> ended("An adverb looks back"), ended("Does it?")
    ('An adverb looks back.', 'Does it?')
    """
    return sentence if sentence[-1:] in {*".!?…。"} else f"{sentence}."


def examples_of(result: Result, head: Head) -> list[str]:
    """Return some of a claim's sentences with what the head did, misses included."""
    misses = [one for one in result.measured if not one.hits[head]][:MOST_MISSES]
    hits = [one for one in result.measured if one.hits[head]]
    chosen = hits[: MOST_SENTENCES - len(misses)] + misses
    return [
        f"{one.example.text} ({one.example.pair}: {_did(one, head)})" for one in chosen
    ]


def _did(one: Measured, head: Head) -> str:
    if one.hits[head]:
        return "hit"
    return f"miss, looks at “{one.words[one.looked[head]]}”"


def heading(head: Head) -> str:
    """Name a head as CS50's analysis.md does.

    >>> heading(Head(3, 10))
    'Layer 4, Head 11'
    """
    return head.name.replace("head", "Head")


def head_says(reading: Reading, roles: HeadRoles | None, head: Head) -> tuple[str, ...]:
    says = (
        describe_role(roles, head) if roles else "",
        describe_strongest(reading, head),
        describe_view(reading.view),
    )
    return tuple(sentence for sentence in says if sentence)


def name_of(reading: Reading, names_model: bool = False) -> str:
    """Name a reading by its sentence, which may be long, and by its model."""
    sentence = f"“{cut(reading.text, MOST_LETTERS)}”"
    return f"{sentence} ({reading.model})" if names_model else sentence


def measured_in(name: str, says: Sequence[str]) -> tuple[str, ...]:
    """Say in one line what was measured where: a section may have many sentences.

    >>> measured_in("“A dog.”", ["It looks back.", "Strongest here: …"])
    ('In “A dog.”: It looks back. Strongest here: …',)
    """
    return (f"In {name}: {' '.join(says)}",) if says else ()


def head_figure(
    reading: Reading, roles: HeadRoles | None, head: Head, colours: ColourScale
) -> Figure:
    name = head.name
    if reading.n_tokens <= LABELLED_TOKENS:
        picture = head_png(reading, head, colours)
    else:
        picture = unlabelled_png(reading, head, colours)
    return Figure(
        picture,
        f"{name} of {reading.model} in {name_of(reading)}: a row is the token that "
        "attends, a column the token attended to; brighter is more.",
        f"Heatmap of {name.lower()}. {' '.join(head_says(reading, roles, head))}",
    )


def share(probability: float) -> str:
    """Write a probability; NaN stands for one too small to be listed."""
    return "not listed" if math.isnan(probability) else tenths(probability)
