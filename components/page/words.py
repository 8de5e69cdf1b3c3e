"""What BERT puts at [MASK]: its words, or what comes before there are any."""

from attention.reading import Reading
from components.page.guess import ask_guess
from components.page.hide_words import explain_unknown, show_words_to_hide
from components.page.predictions import show_predictions


def show_words(reading: Reading, k: int, hides_words: bool) -> bool:
    """Draw BERT's words; return whether nothing of them is to be hidden any more.

    hides_words: until a student has guessed.
    """
    if not reading.mask_positions:
        show_words_to_hide(reading)
    is_shown = not hides_words or ask_guess(reading)
    if reading.mask_positions and is_shown:
        show_predictions(reading, k)
    explain_unknown(reading)
    return is_shown
