"""Ask a model for a reading; whatever goes wrong becomes a sentence to act on."""

import logging

import streamlit as st

from attention.reading import Reading
from model_cache import cache
from model_cache.catalog import BUNDLED, Model, find_model
from model_cache.hub import find_local

logger = logging.getLogger(__name__)

# Models whose files cannot be used, each with what to say; they are not tried again
# until the server starts anew.
_broken: dict[str, str] = {}


def answering_model(chosen: Model) -> Model:
    """Return the chosen model if its files are here and whole, else the bundled one."""
    usable = chosen.id not in _broken and find_local(chosen)
    return chosen if usable else find_model(BUNDLED)


def what_is_broken(model: Model) -> str:
    """Return the sentence for a model whose files cannot be used, else ""."""
    return _broken.get(model.id, "")


def read_or_explain(model: Model, text: str) -> tuple[Reading | None, str]:
    """Return the reading, or None and a sentence for the visitor."""
    from model_cache.checkpoint import BrokenCheckpoint
    from model_cache.engine import UnreadableText

    try:
        return cache.read(model.id, text), ""
    except UnreadableText as error:
        return None, str(error)
    except BrokenCheckpoint as error:
        logger.exception("cannot load %s", model.id)
        if model.is_bundled:
            return None, str(error)
        _broken[model.id] = f"{error} Meanwhile the bundled small model answers."
        st.rerun()  # with the bundled model, whose heads may be fewer
    except Exception:
        logger.exception("cannot read a text of %d characters", len(text))
        return None, (
            "Something went wrong while reading this sentence, and the server's log "
            "says what. Change the sentence or try again."
        )
