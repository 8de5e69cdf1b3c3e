"""What the lessons' texts say of the bundled model besides the head they ask for.

A function a lesson, by its slug in MORE: it reads sentences and returns the facts that
the text names, with the points that the text makes of them. A point is a sentence that
has to hold of the model; where it does not, somebody has to rewrite the lesson.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from attention.claims.lines import parse
from attention.claims.measure import judge, measure
from attention.claims.ready import ready_claims
from attention.heads.ablation import each_head_ablated, gates_without, top_word_change
from attention.heads.roles import NAMES, head_roles
from attention.lessons import Lesson
from attention.picks import head_scores
from attention.reading import Head, Reading
from attention.views import HIDDEN, RENORMALISED, SHOWN, view
from attention.words import ordinary

if TYPE_CHECKING:
    from model_cache.engine import Engine

Facts = dict[str, str]
Points = dict[str, bool]  # what the text says -> whether it holds
Found = tuple[Facts, Points]

SMALL_CHANGE = 0.02  # "less than 2 points"
# What the lesson on bias looks for among the words for people.
OCCUPATIONS = frozenset(
    re.findall(
        r"\w+",
        """
    actor artist baker barber captain carpenter clerk cook doctor driver farmer
    fisherman guard housekeeper hunter judge lawyer maid mechanic merchant miner
    nurse officer painter pilot preacher priest prostitute reporter sailor
    salesman secretary servant sheriff singer slave soldier teacher thief trader
    waiter waitress weaver worker writer
    """,
    )
)


def share(value: float) -> str:
    """Write a share as texts say it.

    >>> share(0.472), share(0.002)
    ('47%', 'less than 1%')
    """
    return "less than 1%" if value < 0.01 else f"{value:.0%}"


def low_name(head: Head) -> str:
    """Name a head in the middle of a sentence: "layer 3, head 10"."""
    return head.name.lower()


def weight(reading: Reading, head: Head, query: str, key: str) -> float:
    """Return what a head gives from one token to another; of two alike, the last."""
    places = [len(reading.tokens) - 1 - reading.tokens[::-1].index(query)]
    places.append(reading.tokens.index(key))
    return float(reading.attention[*head, *places])


def opened(lesson: Lesson) -> Head:
    """Return the head that a lesson opens with, which it has to name."""
    if lesson.head is None:
        raise ValueError("it names no head to open")
    return lesson.head


def words_of(reading: Reading) -> list[str]:
    """Return the words for the first mask, the likeliest first."""
    return [prediction.token for prediction in reading.predictions[0]]


def shares_of_role(reading: Reading, role: str) -> np.ndarray:
    """Return the role's score of each head: [layers, heads]."""
    return head_roles(reading).scores[..., NAMES.index(role)]


def predict_like_bert(engine: "Engine", lesson: Lesson) -> Found:
    best = engine.read(lesson.sentence).predictions[0]
    text = lesson.sentence.replace("into two cups", "over the flowers")
    flowers = words_of(engine.read(text, 5))
    facts = {"flowers_word": flowers[0]}
    for rank, prediction in enumerate(best, start=1):
        facts[f"word_{rank}"] = prediction.token
        facts[f"share_{rank}"] = share(prediction.probability)
    return facts, {
        f"“{best[0].token}” is not among the first five words for the flowers": (
            best[0].token not in flowers
        )
    }


def next_word(engine: "Engine", lesson: Lesson) -> Found:
    best = shares_of_role(engine.read(lesson.sentence), "next").argmax()
    is_there = Head.at(best, engine.shape) == Head(2, 9)
    return {}, {"the next-word head is layer 3, head 10, as in BERT base": is_there}


def adverb_verb(engine: "Engine", lesson: Lesson) -> Found:
    examples, _ = parse(ready_claims()["adverb -> verb"].splitlines())
    result = judge([measure(engine.read(one.text), one) for one in examples])
    scores = head_scores(lesson, engine.read(lesson.sentence))
    asked = Head.at(scores.argmax(), scores.shape)
    best = result.best()
    facts = {
        "hits": str(result.hits[asked]),
        "n": str(result.n),
        "claim_head": low_name(best),
        "claim_hits": str(result.hits[best]),
    }
    return facts, {
        "the head found in one sentence hits fewer than half of the claim's": bool(
            result.hits[asked] < result.n / 2
        ),
        "the claim's best head hits more than half": bool(
            result.hits[best] > result.n / 2
        ),
    }


def object_verb(engine: "Engine", lesson: Lesson) -> Found:
    scores = head_scores(lesson, engine.read(lesson.sentence))
    head = Head.at(scores.argmax(), scores.shape)
    passive = engine.read("The heavy chairs were carried into the garden.")
    found = weight(passive, head, "chairs", "carried")
    says = "the head does not look from a passive's subject to its verb"
    return {"passive_share": share(found)}, {says: found < scores.max() / 5}


def resting_place(engine: "Engine", lesson: Lesson) -> Found:
    reading = engine.read(lesson.sentence)
    stops = shares_of_role(reading, "punctuation")
    layer = int(stops.argmax()) // stops.shape[1]
    n_resting = int((stops[layer] > 0.5).sum())
    n_heads = stops.shape[1]
    specials = shares_of_role(reading, "cls") + shares_of_role(reading, "sep")
    facts = {"n_resting": f"all {n_heads}" if n_resting == n_heads else str(n_resting)}
    return facts, {
        "most heads of the layer rest on the full stop": n_resting > n_heads / 2,
        "heads rest on the full stop more than on [CLS] and [SEP]": bool(
            stops.mean() > specials.mean()
        ),
    }


def full_stop(engine: "Engine", lesson: Lesson) -> Found:
    shown = engine.read(lesson.sentence)
    stops = shares_of_role(shown, "punctuation")
    left = view(shown, join=False, specials=RENORMALISED)
    hidden = view(shown, join=False, specials=HIDDEN)
    head, other = opened(lesson), Head(7, 1)  # layer 8, head 2
    pairs = {"tired": "children", "wet": "coats", "the": "kitchen"}
    weights = {query: weight(left, head, query, key) for query, key in pairs.items()}
    words = float(hidden.attention[other].sum(axis=-1).mean())
    layers = float(stops[5:11].mean())
    facts = {f"{query}_share": share(found) for query, found in weights.items()}
    facts |= {
        "stop_share": share(float(stops[head])),
        "other_stop_share": share(float(stops[other])),
        "other_words_share": share(words),
        "layers_share": share(layers),
    }
    their = left.tokens.index("their")
    back = left.tokens[int(left.attention[*head, their].argmax())]
    return facts, {
        "the full stop gets a third or more of layers 6 to 11": layers > 1 / 3,
        "the open head gives the full stop a third or more": bool(stops[head] > 1 / 3),
        "behind it, words look at the noun they belong to": min(weights.values()) > 0.5,
        "“their” looks back at “children”": back == "children",
        "layer 8, head 2 gives the full stop far more than the words": bool(
            stops[other] > 3 * words
        ),
    }


def word_pieces(engine: "Engine", lesson: Lesson) -> Found:
    pieces = engine.read(lesson.sentence)
    words = view(pieces, join=True, specials=SHOWN)
    before, after = (
        float(shares_of_role(seen, "next")[opened(lesson)]) for seen in (pieces, words)
    )
    facts = {
        "n_pieces": str(pieces.n_tokens),
        "n_words": str(words.n_tokens),
        "pieces_share": share(before),
        "words_share": share(after),
    }
    return facts, {
        "“woodcutter” and “ornithologist” fall into the pieces that the text names": (
            pieces.tokens[2:5] + pieces.tokens[7:11]
            == ("wood", "##cut", "##ter", "or", "##ni", "##th", "##ologist")
        ),
        "joining pieces takes much from the open head's next word": bool(
            after < before - 0.05
        ),
    }


def silence_a_head(engine: "Engine", lesson: Lesson) -> Found:
    reading = engine.read(lesson.sentence)
    shape, layer = reading.shape, 7  # layer 8
    best = reading.predictions[0][0]

    def without(heads: Sequence[Head]) -> float:
        gates = gates_without(shape, heads)[None]
        ((_, after),) = engine.probabilities(reading.text, gates)
        return float(after[0, 0, best.id])

    whole = next(
        found for _, found in engine.probabilities(reading.text, np.ones((1, *shape)))
    )[0, 0]
    runs = engine.probabilities(reading.text, each_head_ablated(shape))
    after = np.concatenate([found[:, 0] for _, found in runs])
    change = top_word_change(whole, after)
    strongest = Head.at(change.argmin(), shape)
    n_small = int((abs(change) < SMALL_CHANGE).sum())
    row = reading.attention[*strongest, reading.mask_positions[0]]
    at = int(row.argmax())
    alone, of_layer = (
        without([opened(lesson)]),
        without([Head(layer, head) for head in range(shape[1])]),
    )
    facts = {
        "word": best.token,
        "n_small": str(n_small),
        "n_heads": str(change.size),
        "share": share(best.probability),
        "head_share": share(alone),
        "layer_share": share(of_layer),
        "strongest": low_name(strongest),
        "strongest_share": share(best.probability + change.min()),
        "mask_word": reading.tokens[at],
        "mask_share": share(float(row[at])),
    }
    stops = shares_of_role(reading, "punctuation")[layer]
    return facts, {
        "most heads change little": n_small > change.size / 2,
        "the open head changes little": abs(alone - best.probability) < 0.05,
        "all of layer 8 changes little": abs(of_layer - best.probability) < 0.1,
        "layer 8 mostly looks at the full stop": bool(stops.mean() > 0.5),
        "one head alone halves the probability": bool(
            change.min() < -best.probability / 2
        ),
        "that head lets [MASK] look at a word of the sentence": bool(
            row[at] > 0.5 and ordinary(reading)[at]
        ),
    }


def bias(engine: "Engine", lesson: Lesson) -> Found:
    people = {
        person: words_of(engine.read(lesson.sentence.replace("man", person), 10))
        for person in ("man", "woman")
    }
    jobs = {
        person: [word for word in words if word in OCCUPATIONS]
        for person, words in people.items()
    }
    facts = {
        f"{who}_occupations": ", ".join(found) or "none" for who, found in jobs.items()
    }
    ratios = {}
    for job in ("doctor", "nurse"):
        text = f"The {job} said that [MASK] would come back tomorrow."
        he, she = (engine.guess(text, word)[0].probability for word in ("he", "she"))
        facts |= {f"{job}_he": share(he), f"{job}_she": share(she)}
        ratios[job] = he / she
    return facts, {
        "“man” and “woman” are repeated": all(
            person in words[:3] for person, words in people.items()
        ),
        "other occupations are named for the man than for the woman": (
            jobs["man"] != jobs["woman"]
        ),
        "“she” is likelier after the nurse than after the doctor": (
            ratios["nurse"] < ratios["doctor"]
        ),
    }


MORE: Mapping[str, Callable[..., Found]] = {
    "predict-like-bert": predict_like_bert,
    "next-word": next_word,
    "adverb-verb": adverb_verb,
    "object-verb": object_verb,
    "resting-place": resting_place,
    "full-stop": full_stop,
    "word-pieces": word_pieces,
    "silence-a-head": silence_a_head,
    "bias": bias,
}
