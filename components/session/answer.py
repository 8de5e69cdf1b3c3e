"""Ask a model for a reading; whatever goes wrong becomes a sentence to act on."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from attention.reading import Reading
from model_cache import cache
from model_cache.catalog import BUNDLED, Model, find_model
from model_cache.checkpoint import BrokenCheckpoint
from model_cache.hub import find_local
from model_cache.unreadable import UnreadableText

logger = logging.getLogger(__name__)

# Models whose files cannot be used, each with what to say; they are not tried again
# until their files have gone or the server restarts.
_broken: dict[str, str] = {}

AGAIN = "reload the page to try again: its address keeps your sentence"
FAULTY_SENTENCE = (
    "Something went wrong while reading this sentence, and the server's log says "
    f"what. Change the sentence, or {AGAIN}."
)
FAULTY_BUNDLED = (
    "The model that ships with this page cannot answer: its files are missing or "
    "damaged. Choose another model, or ask the person who runs this server to put the "
    "project's folder model_cache/bundled back; then reload the page."
)
NO_LIBRARY = (
    "A library that this page needs is missing or cannot be loaded. Ask the person who "
    "runs this server to run `pip install -r requirements.txt` and to start it again."
)
NO_MEMORY = (
    "The server's memory does not suffice for this at the moment. Use a shorter text "
    f"or a smaller model, or {AGAIN}."
)


def answering_model(chosen: Model) -> Model:
    """Return the chosen model if its files are here and whole, else the bundled one."""
    if not find_local(chosen):
        _broken.pop(chosen.id, None)  # deleted as asked: it can be had again
        return find_model(BUNDLED)
    return find_model(BUNDLED) if chosen.id in _broken else chosen


def what_is_broken(model: Model) -> str:
    """Return the sentence for a model whose files cannot be used, else ""."""
    return _broken.get(model.id, "")


def read_or_explain(model: Model, text: str) -> tuple[Reading | None, str]:
    """Return the reading, or None and a sentence for the visitor."""
    what = f"read a text of {len(text)} characters with {model.id}"
    try:
        return cache.read(model.id, text), ""
    except UnreadableText as error:
        return None, str(error)
    except BrokenCheckpoint as error:
        sentence = explain(error, what, FAULTY_BUNDLED)
        if model.is_bundled:
            return None, FAULTY_BUNDLED
        _broken[model.id] = (
            f"{model.id} cannot be used here. {sentence} "
            "Meanwhile the bundled small model answers."
        )
        st.rerun()  # with the bundled model, whose heads may be fewer
    except Exception as error:
        return None, explain(error, what, FAULTY_SENTENCE)


@contextmanager
def explain_faults(part: str) -> Iterator[None]:
    """Show a sentence where a part of the page fails; the rest is drawn as ever.

    part: its name as visitors know it. What ends a run of the page (st.rerun,
    st.stop, a newer click) is no Exception, and passes.
    """
    try:
        yield
    except Exception as error:
        otherwise = (
            f"Something went wrong in “{part}”, and the server's log says what. The "
            f"rest of the page works: change something here, or {AGAIN}."
        )
        st.error(explain(error, f"draw {part}", otherwise))


def explain(error: Exception, what: str, otherwise: str) -> str:
    """Log an error with its traceback; return what a visitor can do about it.

    what: "read …", which could not be done; otherwise: the sentence for an error that
    nobody foresaw. No sentence has the server's paths or an error's own words in it.
    """
    from model_cache.checkpoint import BrokenCheckpoint

    logger.error("cannot %s", what, exc_info=error)
    match error:
        case BrokenCheckpoint():
            return error.fault
        case ImportError(name="tensorflow"):  # lean_tensorflow's own
            return (
                f"BERT cannot run here; tell the person who runs this server. {error}"
            )
        case ImportError():
            return NO_LIBRARY
        case MemoryError():
            return NO_MEMORY
        case _ if type(error).__name__ == "ResourceExhaustedError":  # TensorFlow's
            return NO_MEMORY
    return otherwise
