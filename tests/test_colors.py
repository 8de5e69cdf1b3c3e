import numpy as np

from attention.colors import LEVELS, STOPS, levels, palette


def test_no_attention_is_the_first_colour_and_all_attention_the_last():
    colours = palette()[levels(np.array([0.0, 1.0]))]
    assert [bytes(rgb).hex() for rgb in colours] == [STOPS[0][1:], STOPS[-1][1:]]


def test_a_quarter_of_the_attention_is_halfway_up_the_scale():
    assert levels(np.array(0.25)) == round((LEVELS - 1) / 2)


def test_colours_grow_lighter_with_every_step():
    # Relative luminance's weights (ITU-R BT.709) on the coded values: enough to
    # tell that the order survives gray print and missing colour vision.
    lightness = palette() @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > -0.5).all()
    assert lightness[-1] > 240 > 10 > lightness[0]
