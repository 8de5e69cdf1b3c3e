"""Which model answers where nobody has chosen one."""

from model_cache import hub
from model_cache.catalog import BERT_BASE, BUNDLED, Model, UnknownModel, find_model


def default_model(wanted: str | None) -> tuple[Model, str]:
    """Return the model that answers, and a notice for the operator, "" if all is well.

    wanted: the setting ATTENTION_MODEL; its model may still have to be downloaded.
    Without it BERT base answers where it is on this computer, else the bundled model.
    """
    if wanted:
        try:
            return find_model(wanted), ""
        except UnknownModel as error:
            notice = f"ATTENTION_MODEL is set to something else. {error}"
            return find_model(BUNDLED), notice
    has_bert_base = hub.find_local(find_model(BERT_BASE)) is not None
    return find_model(BERT_BASE if has_bert_base else BUNDLED), ""
