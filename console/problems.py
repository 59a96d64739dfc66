"""What to tell somebody when something they did at the desk did not work: what happened, and what to do now."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from console.texts import N_, Texts
from desk.cases import CaseClosed, CaseNotFound, CaseTaken, NotYourCase
from desk.gateway_client import DoorDown, HeldByAnother, NotFound

logger = logging.getLogger(__name__)


_SENTENCES: dict[type[Exception], str] = {
    DoorDown: N_("The gateway does not answer. Wait a moment and try again."),
    NotFound: N_("The gateway no longer knows this conversation."),
    CaseClosed: N_("This case is closed already."),
    NotYourCase: N_("This case is not yours any more."),
    CaseNotFound: N_("There is no such case."),
    PermissionError: N_("Your role does not allow this."),
}


def explain(t: Texts, error: Exception, names: Mapping[str, str]) -> str:
    """Return a sentence for people; `names` maps accounts to the names people know."""
    if isinstance(error, CaseTaken):
        return t("{name} has this case.", name=names.get(error.agent, error.agent))
    if isinstance(error, HeldByAnother):
        if error.agent is None:
            return t("Nobody has this conversation now. Take it over first.")
        return t("{name} has this conversation already.", name=names.get(error.agent, error.agent))
    for kind, sentence in _SENTENCES.items():
        if isinstance(error, kind):
            return t(sentence)
    logger.error("an action of the console failed", exc_info=error)
    return t("Something went wrong on our side. Try again; if it stays, tell your administrator.")


def too_many_tries(t: Texts, minutes: int) -> str:
    """Say how long somebody has to wait who has tried too many passwords."""
    return t.plural(
        "Too many tries. Please wait {count} minute.", "Too many tries. Please wait {count} minutes.", minutes
    )
