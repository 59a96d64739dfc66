"""All figures of one model, from the held-back messages below tests/nlu."""

from __future__ import annotations

import hashlib
import resource
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.nlu.encoders.known import no_progress
from assistant.quality.examples import folded, read_examples
from assistant.quality.figures import (
    EmotionFigures,
    IntentFigures,
    IntentRow,
    KindRow,
    NeedsFigures,
    emotion_figures,
    entity_rows,
    intent_figures,
    intent_rows,
    needs_figures,
)
from assistant.quality.held_back import HeldBack, read_messages
from assistant.quality.typing_errors import mistyped
from assistant.quality.understanding import Reader, Understood

ALL = "all"
Read = tuple[HeldBack, Understood]


@dataclass(frozen=True)
class CrossValidated:
    """Figures on the training examples, each understood by a classifier that was fitted without it.

    The classifier is alone, without what would ask back: what acts rightly is what is right.

    Attributes:
        folds: into how many parts the examples were cut.
        encoders: whose vectors it was fitted on.
        left_out: the encoders of the pipeline that have learnt from the examples themselves.
        languages: the figures by language, and under "all" of all together.
        intents: the rows of all intents, all languages together.
    """

    folds: int
    encoders: list[str]
    left_out: list[str]
    languages: dict[str, IntentFigures]
    intents: list[IntentRow]


@dataclass
class Measured:
    """Figures by language, and under "all" of all messages together.

    Attributes:
        model: the model's name.
        every: one message in so many was read.
        unseen: on tests/nlu/unseen, written by somebody who had not read the training data.
        mistyped: on the same with typing errors.
        older: on tests/nlu/<language>.yml, which was seen while examples were written.
        intents: the rows of all intents on `unseen`, all languages together.
        entities, emotions, needs: on tests/nlu/entities, feelings and compound.
        cross_validated: on the training examples; None when that was not asked for.
        known: of `unseen`, how many stand word for word in the examples: short ones, which everybody says.
        seconds: of each message that was read.
        resident_mb: the process's peak memory when all was read: cross-validation after it takes more than a model.
    """

    model: str
    every: int = 1
    unseen: dict[str, IntentFigures] = field(default_factory=dict)
    mistyped: dict[str, IntentFigures] = field(default_factory=dict)
    older: dict[str, IntentFigures] = field(default_factory=dict)
    cross_validated: CrossValidated | None = None
    intents: list[IntentRow] = field(default_factory=list)
    entities: dict[str, list[KindRow]] = field(default_factory=dict)
    emotions: dict[str, EmotionFigures] = field(default_factory=dict)
    needs: dict[str, NeedsFigures] = field(default_factory=dict)
    known: int = 0
    seconds: list[float] = field(default_factory=list)
    resident_mb: float = 0.0


def measure(
    reader: Reader,
    model: str,
    project: Path,
    every: int = 1,
    progress: Callable[[str], None] = no_progress,
) -> Measured:
    """Return the figures of a model.

    Args:
        reader: reads messages with it.
        model: its name.
        project: the folder with tests/nlu and data/nlu.
        every: one message in so many is read, chosen by its text: 10 for a quick look.
        progress: is told in a few words how far it is.
    """
    measured, folder = Measured(model, every), project / "tests" / "nlu"
    session = _Session(reader, every, progress, measured.seconds)
    unseen = session.read(folder / "unseen")
    measured.unseen = _intents(unseen)
    rows = [read for found in unseen.values() for read in found]
    measured.intents = intent_rows([want.expected["intent"] for want, _ in rows], [got.intent for _, got in rows])
    examples = {folded(example.text) for example in read_examples(project / "data" / "nlu")}
    measured.known = sum(folded(want.text) in examples for want, _ in rows)
    measured.mistyped = _intents(session.read(folder / "unseen", mistype=True))
    measured.older = _intents(session.read(folder))
    measured.entities = {language: _entities(found) for language, found in _with_all(session.read(folder / "entities"))}
    measured.emotions = {
        language: emotion_figures([want.expected["emotion"] for want, _ in found], [got for _, got in found])
        for language, found in _with_all(session.read(folder / "feelings"))
    }
    measured.needs = {
        language: needs_figures([want.expected["needs"] for want, _ in found], [got for _, got in found])
        for language, found in _with_all(session.read(folder / "compound"))
    }
    measured.resident_mb = _resident_mb()
    return measured


def is_chosen(text: str, every: int) -> bool:
    """Tell whether a message is in a sample of one in `every`, by a digest of its text.

    Not every N-th line: blocks have fifteen messages each, the easiest first, and a step of fifteen took just those.
    """
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % every == 0


def _resident_mb() -> float:
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest / (1024 * 1024 if sys.platform == "darwin" else 1024)


class _Session:
    def __init__(self, reader: Reader, every: int, progress: Callable[[str], None], seconds: list[float]) -> None:
        self._reader, self._every, self._progress, self._seconds = reader, every, progress, seconds

    def read(self, folder: Path, mistype: bool = False) -> dict[str, list[Read]]:
        """Read the messages of a folder's files, one file a language."""
        found: dict[str, list[Read]] = {}
        for path in sorted(folder.glob("*.yml")):
            messages = [message for message in read_messages(path) if is_chosen(message.text, self._every)]
            found[path.stem] = []
            for number, message in enumerate(messages):
                if number % 20 == 0:
                    named = f"{folder.name}{', mistyped' if mistype else ''}"
                    self._progress(f"{named}: {path.stem} {number} of {len(messages)}")
                text = mistyped(message.text, path.stem) if mistype else message.text
                understood = self._reader.read(text, path.stem)
                self._seconds.append(understood.seconds)
                found[path.stem].append((message, understood))
        return found


def _with_all(read: dict[str, list[Read]]) -> Iterable[tuple[str, list[Read]]]:
    yield from read.items()
    yield ALL, [one for found in read.values() for one in found]


def _intents(read: dict[str, list[Read]]) -> dict[str, IntentFigures]:
    return {
        language: intent_figures([want.expected["intent"] for want, _ in found], [got for _, got in found])
        for language, found in _with_all(read)
    }


def _entities(found: list[Read]) -> list[KindRow]:
    named = [
        [(str(entity["entity"]), str(entity["value"])) for entity in want.expected.get("entities") or []]
        for want, _ in found
    ]
    return entity_rows(named, [got for _, got in found])
