"""The sentences that the page offers with one click."""

# The first four are the sentences of CS50's project; the others surprise.
EXAMPLES = {
    "a narrow lane": "We turned down a narrow lane and passed through a small [MASK].",
    "from the table": "Then I picked up a [MASK] from the table.",
    "moved slowly": "The turtle moved slowly across the [MASK].",
    "slowly moved": "The turtle slowly moved across the [MASK].",
    "half a word": "He walked slow[MASK] across the road.",
    "not happy": "The child was not happy; she was [MASK].",
    "two plus two": "Two plus two is [MASK].",
    "keys to the cabinet": "The keys to the cabinet [MASK] on the table.",
}
DEFAULT_TEXT = EXAMPLES["from the table"]
