"""Ask a model for a reading; whatever goes wrong becomes a sentence to act on."""

import logging

from attention.reading import Reading
from model_cache import cache
from model_cache.catalog import BUNDLED, Model, find_model

logger = logging.getLogger(__name__)


def read_or_explain(model: Model, text: str) -> tuple[Reading | None, str]:
    """Return the reading, or None and a sentence for the visitor.

    A model whose files are broken is replaced by the bundled one: then there are
    both a reading and a sentence.
    """
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
        reading, fault = read_or_explain(find_model(BUNDLED), text)
        return reading, fault or f"{error} Meanwhile the bundled small model answers."
    except Exception:
        logger.exception("cannot read a text of %d characters", len(text))
        return None, (
            "Something went wrong while reading this sentence, and the server's log "
            "says what. Change the sentence or try again."
        )
