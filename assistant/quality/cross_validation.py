"""Cross-validation on the training examples: each is understood by a classifier that was fitted without it.

It takes the classifier alone, on features that are made once, so that five folds take minutes and not an hour. Examples
that say the same in other words, or in another language (a few word for word), stand in both parts: the figures are
kinder than the truth, and good for comparing two classifiers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix
from sklearn.model_selection import StratifiedKFold

from assistant.nlu.encoders.changes import LEARNT
from assistant.nlu.encoders.known import known_vectors, no_progress
from assistant.nlu.encoders.reading import encode
from assistant.nlu.features import Inputs, inputs_of
from assistant.nlu.intents import NetworkIntentClassifier
from assistant.nlu.spelling import WordPieces
from assistant.nlu.vectors import SentenceVectors, encoder_names
from assistant.nlu.wording import wording
from assistant.quality.examples import UnreadableFile, compose, place, plain, read_examples
from assistant.quality.figures import intent_figures, intent_rows
from assistant.quality.measured import ALL, CrossValidated
from assistant.quality.understanding import Understood

# Encoders that were taught with all examples: their vectors would know the answers of those that are kept back.
LEARNT_FROM_EXAMPLES = (LEARNT,)
_SEED = 7


class CannotCrossValidate(Exception):
    """Examples cannot be cut so, or no encoder is left; the message says what to do."""


class Classifier(Protocol):
    """An intent classifier without its pipeline."""

    intents: list[str]

    def fit(self, inputs: Inputs, labels: list[str]) -> None:
        """Learn from labelled messages."""
        ...

    def probabilities(self, inputs: Inputs) -> np.ndarray:
        """Return one row per message, one column per intent of `intents`."""
        ...


class CrossValidation:
    """The examples of a project and its pipeline, as they stand in its files now; no trained model is asked.

    Args:
        project: the folder with data/nlu and config.yml.
        folds: into how many parts the examples are cut.

    Raises:
        UnreadableFile: a file of examples or the pipeline is not what it should be.
        CannotCrossValidate: there are too few examples, or all encoders have learnt from them.
    """

    def __init__(self, project: Path, folds: int) -> None:
        self._folds, self._examples = folds, read_examples(project / "data" / "nlu")
        if not self._examples:
            raise CannotCrossValidate(f"There are no examples in {project / 'data' / 'nlu'} to cross-validate with.")
        self._labels = [example.intent for example in self._examples]
        _check(self._labels, folds)
        config = project / "config.yml"
        self._spelling = component_options(config, WordPieces)[0]
        joined = {
            str(options.get("alias") or number): encoder_names({**SentenceVectors.get_default_config(), **options})
            for number, options in enumerate(component_options(config, SentenceVectors))
        }
        learnt = {name for names in joined.values() for name in names if name in LEARNT_FROM_EXAMPLES}
        left = {alias: [name for name in names if name not in learnt] for alias, names in joined.items()}
        self._encoders = {alias: names for alias, names in left.items() if names}
        self._left_out = sorted(learnt)
        self._classifier = self._without_answers(component_options(config, NetworkIntentClassifier)[0])

    def _without_answers(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the classifier's options with those networks that see no vectors which know the answers."""
        networks = [
            network
            for network in options.get("networks") or [{}]
            if set(network.get("vectors") or self._encoders) <= set(self._encoders)
        ]
        if not networks or not self._encoders:
            raise CannotCrossValidate(
                f"No network is left to cross-validate: all see {', '.join(self._left_out)}, which learnt from the "
                "examples. Let one see other vectors in config.yml."
            )
        return {**options, "networks": networks}

    def run(self, progress: Callable[[str], None] = no_progress) -> CrossValidated:
        """Return the figures, by language and of all examples together."""
        texts = [example.text for example in self._examples]
        vectors = {alias: _vectors(names, texts, progress) for alias, names in self._encoders.items()}
        progress(f"word pieces of {len(texts)} sentences")
        inputs = Inputs(vectors, _pieces(self._spelling, texts))
        found = cross_validate(self._new_classifier, inputs, self._labels, self._folds, progress)
        languages = [example.language or "unknown" for example in self._examples]
        chosen = {name: [i for i, language in enumerate(languages) if language == name] for name in set(languages)}
        return CrossValidated(
            folds=self._folds,
            encoders=[name for names in self._encoders.values() for name in names],
            left_out=self._left_out,
            languages={
                name: intent_figures([self._labels[i] for i in rows], [found[i] for i in rows])
                for name, rows in [*sorted(chosen.items()), (ALL, range(len(found)))]
            },
            intents=intent_rows(self._labels, [got.intent for got in found]),
        )

    def _new_classifier(self) -> Classifier:
        # Rasa wants to know where it would be kept; it is fitted here without that, and nothing is written.
        classifier: Classifier = NetworkIntentClassifier(
            self._classifier, LocalModelStorage(Path()), Resource("cross-validation")
        )
        return classifier


def cross_validate(
    new_classifier: Callable[[], Classifier],
    inputs: Inputs,
    labels: Sequence[str],
    folds: int = 5,
    progress: Callable[[str], None] = no_progress,
) -> list[Understood]:
    """Return what is understood of each example when it is not among those that were fitted.

    Args:
        new_classifier: makes one; it is asked once a fold.
        inputs: a row per example.
        labels: the intent of each example.
        folds: into how many parts the examples are cut, each with all intents.
        progress: is told in a few words how far it is.

    Raises:
        CannotCrossValidate: an intent has fewer examples than there are parts.
    """
    _check(labels, folds)
    found: dict[int, Understood] = {}
    split = StratifiedKFold(folds, shuffle=True, random_state=_SEED).split(np.zeros(len(labels)), labels)
    for number, (fitted, kept) in enumerate(split):
        progress(f"cross-validation: fold {number + 1} of {folds}")
        classifier = new_classifier()
        classifier.fit(inputs.rows(fitted), [labels[i] for i in fitted])
        rows = classifier.probabilities(inputs.rows(kept))
        found.update(
            (int(i), _understood(classifier.intents[row.argmax()], float(row.max())))
            for i, row in zip(kept, rows, strict=True)
        )
    return [found[i] for i in range(len(labels))]


def component_options(config: Path, component: type) -> list[dict[str, Any]]:
    """Return what a pipeline sets of one of our components, each time that it stands there.

    Raises:
        UnreadableFile: it is not YAML, or its pipeline lacks the component.
    """
    node, name = compose(config), f"{component.__module__}.{component.__qualname__}"
    content = plain(node) if node else None
    pipeline = content.get("pipeline") if isinstance(content, dict) else None
    entries = [entry for entry in pipeline or [] if isinstance(entry, dict) and entry.get("name") == name]
    if entries:
        return [{option: value for option, value in entry.items() if option != "name"} for entry in entries]
    raise UnreadableFile(f"{place(config, 1)}: its pipeline has no {name}, which is what is cross-validated.")


def _check(labels: Sequence[str], folds: int) -> None:
    if folds < 2:
        raise CannotCrossValidate(f"Examples cannot be cut into {folds}: give two folds or more.")
    counts = Counter(labels)
    if len(counts) < 2:
        raise CannotCrossValidate("Cross-validation needs examples of two intents at least.")
    rarest = min(counts, key=lambda intent: (counts[intent], intent))
    if counts[rarest] < folds:
        raise CannotCrossValidate(
            f"{folds} folds need {folds} examples of each intent at least, and {rarest} has {counts[rarest]}. "
            "Write more of them, or choose fewer folds."
        )


def _vectors(encoders: list[str], texts: list[str], progress: Callable[[str], None]) -> np.ndarray:
    """As SentenceVectors gives them in a training, from the same files, but by these encoders only."""
    read = [wording(text) for text in texts]
    return np.hstack([known_vectors(name, read, partial(encode, name), progress=progress) for name in encoders])


def _pieces(options: dict[str, Any], texts: list[str]) -> csr_matrix:
    # As incoming messages: training data would drop a text that stands in two languages.
    messages = WordPieces(options, "pieces").process([Message({TEXT: text}) for text in texts])
    return inputs_of(messages).pieces


def _understood(intent: str, confidence: float) -> Understood:
    return Understood(intent, confidence, False, (intent,), None, Counter(), 0.0)
