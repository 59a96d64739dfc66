"""The parts of an order, and which of them a message speaks of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from actions import parcel_words as words
from actions.turn import Turn
from actions.values import Typed, reply
from actions.word_lists import folded
from commerce.delivery import Condition, DeliveryAssessment, ParcelAssessment, UnshippedAssessment, UntrackedAssessment

# Shorter words of a title ("of", "in") name nothing.
_NAMING_LETTERS = 3


@dataclass(frozen=True)
class Part:
    """What comes together: a parcel, what has not left the warehouse, or what left it untracked."""

    assessed: ParcelAssessment | UnshippedAssessment | UntrackedAssessment
    goods: tuple[tuple[str, str | None, int], ...]  # title, variant, quantity

    @property
    def parcel(self) -> ParcelAssessment | None:
        """The parcel that it is, if it is one."""
        return self.assessed if isinstance(self.assessed, ParcelAssessment) else None

    @property
    def unshipped(self) -> UnshippedAssessment | None:
        """What has not left the warehouse, if it is that."""
        return self.assessed if isinstance(self.assessed, UnshippedAssessment) else None

    @property
    def has_arrived(self) -> bool:
        """Whether nothing of it is still to come."""
        return self.parcel is not None and self.parcel.condition is Condition.delivered

    @property
    def expected(self) -> date | None:
        """The day it should come, even when that is past."""
        return self.assessed.due if isinstance(self.assessed, UntrackedAssessment) else self.assessed.expected


def parts_of(assessment: DeliveryAssessment) -> list[Part]:
    """Return all parts of an order, the parcels first."""
    parts = [
        Part(assessed, tuple((item.title, item.variant, item.quantity) for item in assessed.parcel.items))
        for assessed in assessment.parcels
    ]
    for rest in (assessment.unshipped, assessment.untracked):
        if rest:
            parts.append(Part(rest, tuple((line.title, line.variant, quantity) for line, quantity in rest.lines)))
    return parts


def named(part: Part, parts: list[Part]) -> Typed:
    """Return what to call one of these parts: by what is in it, unless it is the only one."""
    if len(parts) > 1 and part.goods:
        return reply("term_parcel_with", items=words.goods(part.goods))
    return reply("term_the_parcel")


def parts_named(turn: Turn, parts: list[Part]) -> list[Part]:
    """Return the parts whose articles a message names by a word of their titles that is not in the others'."""
    titles = [_words(part) for part in parts]
    frequency = Counter(word for own in titles for word in own)
    said = {word for word in folded(turn.text).split() if frequency[word] == 1}
    return [part for part, own in zip(parts, titles, strict=True) if own & said]


def _words(part: Part) -> set[str]:
    """The words of the titles, each as one and as several."""
    words = {w for title, _, _ in part.goods for w in folded(title).split() if len(w) >= _NAMING_LETTERS}
    return words | {f"{word}s" for word in words} | {word.removesuffix("s") for word in words}
