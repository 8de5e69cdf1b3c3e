"""Grammatical relations in plain words.

Universal Dependencies' own (https://universaldependencies.org/u/dep/), and the pair
that a class begins with: an adverb and the verb it modifies, near and far apart.
"""

# From a dependent to its governor, and back.
TO_GOVERNOR, TO_DEPENDENT = 0, 1
DIRECTIONS = ("to governor", "to dependent")  # as files have them

ADVERB_VERB, NEAR, FAR = "advmod.verb", "advmod.verb.near", "advmod.verb.far"

# A relation's dependent and its governor, as in "an adverb looks at its verb".
ENDS = {
    ADVERB_VERB: ("adverb", "verb"),
    NEAR: ("adverb", "adjacent verb"),
    FAR: ("adverb", "distant verb"),
    "acl": ("describing clause", "noun"),
    "acl:relcl": ("relative clause", "noun"),
    "advcl": ("adverbial clause", "verb"),
    "advmod": ("adverb", "modified word"),
    "amod": ("adjective", "noun"),
    "appos": ("apposition", "noun"),
    "aux": ("auxiliary", "verb"),
    "aux:pass": ("passive auxiliary", "verb"),
    "case": ("preposition", "object"),
    "cc": ("conjunction", "following part"),
    "ccomp": ("complement clause", "verb"),
    "compound": ("noun modifier", "noun"),
    "compound:prt": ("particle", "verb"),
    "conj": ("coordinated part", "first part"),
    "cop": ("copula", "predicate"),
    "csubj": ("subject clause", "verb"),
    "det": ("determiner", "noun"),
    "discourse": ("interjection", "clause"),
    "expl": ("expletive", "verb"),
    "fixed": ("later word of a phrase", "first word"),
    "flat": ("later part of a name", "first part"),
    "iobj": ("indirect object", "verb"),
    "list": ("list item", "first item"),
    "mark": ("subordinator", "clause"),
    "nmod": ("prepositional noun", "noun"),
    "nmod:desc": ("title", "name"),
    "nmod:poss": ("possessor", "noun"),
    "nmod:unmarked": ("bare noun", "noun"),
    "nsubj": ("subject", "verb"),
    "nsubj:pass": ("passive subject", "verb"),
    "nummod": ("number", "noun"),
    "obj": ("direct object", "verb"),
    "obl": ("prepositional noun", "verb"),
    "obl:agent": ("passive agent", "verb"),
    "obl:unmarked": ("bare noun", "verb"),
    "parataxis": ("inserted clause", "verb"),
    "punct": ("punctuation mark", "clause"),
    "vocative": ("addressee", "verb"),
    "xcomp": ("open complement", "verb"),
}


def ends(relation: str, direction: int) -> tuple[str, str]:
    """Name the word that looks and the one that is looked at.

    >>> ends("det", TO_DEPENDENT)
    ('noun', 'determiner')
    """
    both = ENDS.get(relation, (relation, "governor"))
    return both if direction == TO_GOVERNOR else both[::-1]


def relation_name(relation: str, direction: int) -> str:
    """Name a relation as the page lists it.

    >>> relation_name("advmod.verb", TO_GOVERNOR)
    'adverb → its verb'
    """
    looking, looked_at = ends(relation, direction)
    return f"{looking} → its {looked_at}"
