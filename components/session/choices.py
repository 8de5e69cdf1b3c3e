"""What links choose from, in words that they have for good.

Renaming one breaks the links that name it: the page then shows the default.
"""

from attention.heads.roles import LEGEND

# Tabs.
ONE_HEAD, ALL_HEADS = "Head", "All heads"
TWO_WORDS, ONE_TOKEN, SEVERAL = "Two words", "One token", "Several heads"
WHAT_IF, COMPARE = "What if", "Compare"
CLAIM, ATLAS, REPORT = "Test a claim", "Atlas", "Report"
TABS = (
    *(ONE_HEAD, ALL_HEADS, TWO_WORDS, ONE_TOKEN, SEVERAL),
    *(WHAT_IF, COMPARE, CLAIM, ATLAS, REPORT),
)
# What version 0.2 and those before called them.
OLD_TABS = {"Heads": ALL_HEADS, "Find heads for two words": TWO_WORDS}

# What is hidden at first, until a student has guessed, or found out.
WORDS, ROLES = "words", "roles"
HIDEABLE = frozenset({WORDS, ROLES})

ROLE_NAMES = tuple(role.name for role in LEGEND)
ALL_ROLES = "all"  # the tab All heads lists every head

MEAN_OF_CHOSEN, MEAN_OF_ALL = "mean of chosen heads", "mean of all heads"
ROLLOUT = "attention rollout"
MAPS = (MEAN_OF_CHOSEN, MEAN_OF_ALL, ROLLOUT)

OPEN_HEAD = "open head"
ITS_LAYER = "mean of its layer"  # One token, of the open head or of this
BY_RELATION = "relation"  # Atlas, by this or for the open head

# Whose hits a claim's verdict is about.
BEST_OF_ALL, CHOSEN_HEAD = "the best of all heads", "the open head, chosen beforehand"
JUDGES = BEST_OF_ALL, CHOSEN_HEAD
