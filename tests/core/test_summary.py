import numpy as np

from attention.heads.roles import head_roles
from attention.heads.summary import describe_role, describe_strongest, strongest_pair
from attention.reading import Head
from tests.support.making import make_reading


def attention_with(query: int, key: int, weight: float, n: int = 6) -> np.ndarray:
    """Even rows, but for one that gives `weight` to `key`."""
    rows = np.full((1, 1, n, n), 1 / n)
    rows[0, 0, query] = (1 - weight) / (n - 1)
    rows[0, 0, query, key] = weight
    return rows


def test_the_strongest_pair_is_where_the_largest_weight_stands():
    reading = make_reading(attention_with(query=2, key=4, weight=0.75))
    assert strongest_pair(reading, Head(0, 0)) == (2, 4, 0.75)


def test_specials_do_not_count_as_lookers_but_count_as_targets():
    reading = make_reading(attention_with(query=0, key=3, weight=0.9))
    query, _, weight = strongest_pair(reading, Head(0, 0))
    assert query not in (0, 5)
    assert weight < 0.2
    resting = make_reading(attention_with(query=1, key=5, weight=0.9))
    assert strongest_pair(resting, Head(0, 0))[:2] == (1, 5)


def test_the_sentence_names_repeated_tokens_by_their_turn_and_says_chance():
    reading = make_reading(attention_with(query=2, key=3, weight=0.75))
    assert describe_strongest(reading, Head(0, 0)) == (
        "Strongest here: “dog” looks at the second “the” with 75% of its attention; "
        "spread evenly it would be 17%."
    )


def test_a_token_that_looks_at_itself_is_said_to():
    reading = make_reading(attention_with(query=4, key=4, weight=0.5))
    assert "“cat” looks at itself with 50%" in describe_strongest(reading, Head(0, 0))


def test_a_heads_role_is_said_with_its_share_and_chance():
    rows = attention_with(query=1, key=2, weight=0.9)
    for query in (2, 3):
        rows[0, 0, query] = 0.02
        rows[0, 0, query, query + 1] = 0.9
    assert describe_role(head_roles(make_reading(rows)), Head(0, 0)) == (
        "Each word looks at the next word: 90% of its attention; "
        "spread evenly it would be 17%."
    )


def test_a_head_without_a_role_is_said_to_be_broad_or_mixed():
    even = head_roles(make_reading(np.full((1, 1, 6, 6), 1 / 6)))
    assert describe_role(even, Head(0, 0)) == (
        "Each word looks nearly everywhere: its attention is 100% as spread out as "
        "can be."
    )
    rows = np.full((1, 1, 6, 6), 0.0)
    rows[..., [0, 3, 5]] = 0.35, 0.3, 0.35
    assert describe_role(head_roles(make_reading(rows)), Head(0, 0)).startswith(
        "Mixed: "
    )
