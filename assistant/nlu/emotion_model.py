"""The trained half of reading emotion: probabilities from what a message means, how it is spelled and its signs.

Two models that err differently, and the (geometric) mean of what they say:
- a small network on the vectors, brought down to a few hundred numbers, beside the signs: it learns that a swear word
  beside delight is none;
- a logistic regression on pieces of words beside the signs: it learns the words that the lists do not have.

Together they find more of the angry, among examples not used in training, than each alone. What is stored is plain
numbers, so a model file cannot run code.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from assistant.nlu.features import softmax

Weights = dict[str, np.ndarray]

# The order of columns in what is learnt and said.
FEELINGS = ("calm", "frustration", "anger")

_DIRECTIONS = 300  # of the vectors: more said no more in cross-validation
_HIDDEN = 64
_EPOCHS = 6
_SEEDS = (0, 1)  # two networks that start differently: their mean is steadier
_RARELY = 3  # a piece of a word in fewer examples says nothing
# Angry and frustrated examples are few; calm ones that sound angry ("damn good") are what goes wrong.
_TIMES_ANGRY, _TIMES_FRUSTRATED, _TIMES_TRAP = 3, 2, 6
_PIECES_SCALE, _SIGNS_SCALE = 3.0, 0.3
_CLIP = 5.0
_SURE = 1e-9


def fit(vectors: np.ndarray, pieces: csr_matrix, signs: np.ndarray, labels: np.ndarray, traps: np.ndarray) -> Weights:
    """Return the trained weights.

    Args:
        vectors, pieces, signs: one row per example.
        labels: positions in `FEELINGS`.
        traps: whether a calm example sounds angry.
    """
    times = np.choose(labels, [np.where(traps, _TIMES_TRAP, 1), _TIMES_FRUSTRATED, _TIMES_ANGRY])
    taught = np.bincount(labels, weights=times, minlength=len(FEELINGS))
    return {
        **_fit_network(vectors, signs, labels, times),
        **_fit_spelling(pieces, signs, labels, times),
        # How often each feeling was met in training, on the scale of what the models say.
        "commonness": np.log(taught / taught.sum()),
    }


def probabilities(weights: Weights, vectors: np.ndarray, pieces: csr_matrix, signs: np.ndarray) -> np.ndarray:
    """Return one row per message with the probability of each of `FEELINGS`, were all three equally frequent.

    An angry message that is missed costs more than a calm one that a person reads.
    """
    network = _network(weights, _network_input(weights, vectors, signs))
    spelled, scaled = _spelling_input(weights, pieces, signs)
    places = spelled.shape[1]
    spelling = softmax(
        spelled @ weights["spelling_weights"][:places]
        + scaled @ weights["spelling_weights"][places:]
        + weights["spelling_start"]
    )
    return softmax((np.log(network + _SURE) + np.log(spelling + _SURE)) / 2 - weights["commonness"])


def _fit_network(vectors: np.ndarray, signs: np.ndarray, labels: np.ndarray, times: np.ndarray) -> Weights:
    directions = min(_DIRECTIONS, *vectors.shape)
    reduced = PCA(directions, svd_solver="randomized", random_state=0).fit(vectors)
    weights: Weights = {
        "vector_centre": reduced.mean_.astype(np.float32),
        "vector_directions": reduced.components_.T.astype(np.float32),
        "centre": np.zeros(directions + signs.shape[1], dtype=np.float32),
        "scale": np.ones(directions + signs.shape[1], dtype=np.float32),
    }
    raw = np.hstack([_directions(weights, vectors), signs])
    weights["centre"], weights["scale"] = raw.mean(axis=0), raw.std(axis=0) + 1e-6
    inputs = _network_input(weights, vectors, signs)
    chosen = np.repeat(np.arange(len(labels)), times)
    for seed in _SEEDS:
        network = MLPClassifier((_HIDDEN,), alpha=0.3, batch_size=min(256, len(chosen)), random_state=seed)
        # So few rounds do not converge, on purpose: later ones learn the examples by heart.
        for _ in range(_EPOCHS):
            network.partial_fit(inputs[chosen], labels[chosen], classes=range(len(FEELINGS)))
        (weights[f"first_{seed}"], weights[f"second_{seed}"]) = (w.astype(np.float32) for w in network.coefs_)
        (weights[f"first_start_{seed}"], weights[f"second_start_{seed}"]) = (
            start.astype(np.float32) for start in network.intercepts_
        )
    return weights


def _directions(weights: Weights, vectors: np.ndarray) -> np.ndarray:
    return np.asarray((vectors - weights["vector_centre"]) @ weights["vector_directions"])


def _network_input(weights: Weights, vectors: np.ndarray, signs: np.ndarray) -> np.ndarray:
    raw = np.hstack([_directions(weights, vectors), signs])
    return np.clip((raw - weights["centre"]) / weights["scale"], -_CLIP, _CLIP).astype(np.float32)


def _network(weights: Weights, inputs: np.ndarray) -> np.ndarray:
    said = [
        softmax(
            np.maximum(inputs @ weights[f"first_{seed}"] + weights[f"first_start_{seed}"], 0)
            @ weights[f"second_{seed}"]
            + weights[f"second_start_{seed}"]
        )
        for seed in _SEEDS
    ]
    return np.asarray(sum(said) / len(said))


def _fit_spelling(pieces: csr_matrix, signs: np.ndarray, labels: np.ndarray, times: np.ndarray) -> Weights:
    found = pieces.getnnz(axis=0)
    rarity = np.where(found >= _RARELY, np.log((1 + pieces.shape[0]) / (1 + found)) + 1, 0)
    weights: Weights = {
        "rarity": rarity.astype(np.float32),
        "signs_centre": signs.mean(axis=0),
        "signs_scale": signs.std(axis=0) + 1e-6,
    }
    spelled, scaled = _spelling_input(weights, pieces, signs)
    inputs = hstack([spelled, csr_matrix(scaled)]).tocsr()
    # Only pieces that were seen often enough are learnt; the others keep the weight 0.
    known = np.flatnonzero(np.concatenate([rarity, np.ones(signs.shape[1])]))
    model = LogisticRegression(C=0.3, max_iter=100, tol=1e-3)
    model.fit(inputs[:, known], labels, sample_weight=times)
    learnt = np.zeros((inputs.shape[1], len(FEELINGS)), dtype=np.float32)
    learnt[known] = model.coef_.T
    return {**weights, "spelling_weights": learnt, "spelling_start": model.intercept_.astype(np.float32)}


def _spelling_input(weights: Weights, pieces: csr_matrix, signs: np.ndarray) -> tuple[csr_matrix, np.ndarray]:
    """Return rare pieces weighted, each message to the same length, and signs on a scale beside them."""
    spelled = pieces.astype(np.float32)
    spelled.data = (1 + np.log(spelled.data)) * weights["rarity"][spelled.indices]
    rows = np.repeat(np.arange(spelled.shape[0]), np.diff(spelled.indptr))
    lengths = np.sqrt(np.bincount(rows, spelled.data**2, minlength=spelled.shape[0])) + _SURE
    spelled.data *= (_PIECES_SCALE / lengths)[rows]
    scaled = (signs - weights["signs_centre"]) / weights["signs_scale"] * _SIGNS_SCALE
    return spelled, scaled
