import numpy as np
import pytest

from attention.heads.compare import changed_heads, difference_frame, role_change
from attention.heads.roles import NAMES, HeadRoles
from attention.reading import Head
from tests.support.making import make_reading


def roles(*scores: dict[str, float], label: str = "mixed") -> HeadRoles:
    """One layer of heads with these scores; roles not named have no target."""
    table = np.full((1, len(scores), len(NAMES)), np.nan)
    for head, named in enumerate(scores):
        for name, score in named.items():
            table[0, head, NAMES.index(name)] = score
    labels = np.full((1, len(scores)), label)
    return HeadRoles(table, np.zeros(len(NAMES)), np.zeros((1, len(scores))), labels)


def test_change_is_the_mean_difference_of_shared_roles():
    one = roles({"next": 0.9, "self": 0.1, "repeat": 0.5})
    other = roles({"next": 0.5, "self": 0.3, "mask": 0.7})
    assert role_change(one, other)[0, 0] == pytest.approx((0.4 + 0.2) / 2)


def test_readings_that_share_no_role_do_not_change():
    assert role_change(roles({"word": 1}), roles({"mask": 1}))[0, 0] == 0


def test_heads_are_ranked_by_their_change_and_say_both_labels():
    one = roles({"next": 0.5}, {"next": 0.9}, label="next")
    other = roles({"next": 0.4}, {"next": 0.1}, label="broad")
    frame = changed_heads(one, other)
    assert frame["head"].tolist() == [2, 1]
    assert frame["change"].tolist() == pytest.approx([0.8, 0.1])
    assert frame.iloc[0][["here", "there"]].tolist() == ["next", "broad"]


def test_the_difference_is_second_minus_first_and_names_both_tokens():
    one = make_reading(np.full((1, 1, 4, 4), 0.25), "moved slowly")
    rows = np.full((1, 1, 4, 4), 0.25)
    rows[0, 0, 1] = [0, 0, 1, 0]
    frame = difference_frame(one, make_reading(rows, "slowly moved"), Head(0, 0))
    cell = frame[(frame["query"] == 1) & (frame["key"] == 2)].iloc[0]
    assert cell["score"] == pytest.approx(0.75)
    assert cell["query_token"] == "moved / slowly"
    assert cell["key_token"] == "slowly / moved"
    assert frame.iloc[0]["query_token"] == "[CLS]"


def test_a_difference_of_unequal_lengths_is_refused():
    one = make_reading(np.full((1, 1, 4, 4), 0.25), "moved slowly")
    other = make_reading(np.full((1, 1, 3, 3), 1 / 3), "moved")
    with pytest.raises(ValueError, match="got 4 and 3"):
        difference_frame(one, other, Head(0, 0))
