"""Grammatical relations in plain words.

Universal Dependencies' own (https://universaldependencies.org/u/dep/), and the pair
that a class begins with: an adverb and the verb it modifies, near and far apart.
"""

from collections.abc import Iterable

# From a dependent to its governor, and back.
TO_GOVERNOR, TO_DEPENDENT = 0, 1
DIRECTIONS = ("to governor", "to dependent")  # as files have them

ADVERB_VERB, NEAR, FAR = "advmod.verb", "advmod.verb.near", "advmod.verb.far"

# Layout more than grammar: a head that always attends to the full stop already scores
# half of "punct", one that always attends to the first word a third of "list".
LAYOUT = ("punct", "list")
# What the ready claims of claims/ are about, each from a dependent to its governor.
# Universal Dependencies has no relation from a pronoun to the noun it stands for.
OF_CLAIMS = {
    "adverb -> verb": ADVERB_VERB,
    "determiner -> noun": "det",
    "object -> verb": "obj",
    "preposition -> object": "case",
}

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


def relation_of(claim: str, relations: Iterable[str]) -> tuple[str, int] | None:
    """Find the relation that a claim names, as a ready one or as the page lists it.

    >>> relation_of("Noun -> its determiner", ["det", "obj"])
    ('det', 1)
    """
    known = set(relations)
    if OF_CLAIMS.get(claim) in known:
        return OF_CLAIMS[claim], TO_GOVERNOR
    wanted = claim.replace("->", "→").lower()
    for relation in known:
        for direction in range(len(DIRECTIONS)):
            if relation_name(relation, direction).lower() == wanted:
                return relation, direction
    return None


def with_article(noun: str) -> str:
    """Put "a" or "an" before a noun.

    >>> with_article("adverb"), with_article("noun")
    ('an adverb', 'a noun')
    """
    return f"a{'n' * noun.lower().startswith(tuple('aeiou'))} {noun}"
