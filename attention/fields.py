"""Fields that people write into a file by hand, checked by the types of a Struct.

msgspec finds what is wrong. The sentence here adds what was found, and what the field
needs: its type's own description.
"""

import re
from typing import Any, TypeVar, get_type_hints

import msgspec

SHOWN = 40  # characters of what was found; a file or a URL can carry thousands
PLACE = re.compile(r" - at `(?:key` in `)?\$\.(\w+)[^`]*`$")

Kind = TypeVar("Kind", bound=msgspec.Struct)


def checked(fields: Any, kind: type[Kind]) -> Kind:
    """Return fields, names and values as TOML or YAML has them, as a Struct.

    kind: each of its fields has a Meta with a description, "it needs …".
    Raises ValueError, which names the field at fault.
    """
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise ValueError(_fault(str(error), fields, kind)) from error


def _fault(said: str, fields: Any, kind: type[Kind]) -> str:
    if said.startswith("Object contains unknown field"):
        known = ", ".join(kind.__struct_fields__)
        return f"{said.removeprefix('Object contains ')}; known: {known}"
    if place := PLACE.search(said):
        name = place[1]
        (meta,) = get_type_hints(kind, include_extras=True)[name].__metadata__
        return f"field `{name}` is {shown(fields[name])}; it needs {meta.description}"
    return said.removeprefix("Object ")


def shown(value: object) -> str:
    """Return value as Python writes it, cut short, fit for a one-line message."""
    if isinstance(value, str):
        return repr(cut(value, SHOWN))
    return cut(repr(value), SHOWN)


def cut(words: str, length: int) -> str:
    """Return at most this many characters of a text.

    >>> cut("The turtle moved.", 11)
    'The turtle…'
    """
    return words if len(words) <= length else words[: length - 1] + "…"
