"""`python -m bench.understanding`: how long a message takes to be understood, beside stock Rasa in the same run.

Ours is the newest model in models/. The other is the pipeline that `rasa init` writes (count vectors and DIET), trained
for one round on a part of our examples: how long it answers does not depend on how well it has learnt. Both read the
same messages, in turns. Runs with the assistant's Python.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from assistant.quality.terminal import keep_quiet, show_progress
from bench.figures import Row, table

ROOT = Path(__file__).resolve().parents[1]
_EVERY = 20  # of our examples, one in so many is learnt by the other
_MESSAGES = 60  # a language
_STOCK: dict[str, Any] = {
    "recipe": "default.v1",
    "assistant_id": "stock",
    "language": "en",
    "pipeline": [
        {"name": "WhitespaceTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": 1, "constrain_similarities": True},
        {"name": "EntitySynonymMapper"},
        {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
    ],
    "policies": [],
}


def _stock_model(folder: Path) -> Path:
    """Train the other pipeline and return its model."""
    from rasa.model_training import train_nlu

    from assistant.quality.examples import read_examples

    blocks: dict[str, list[str]] = {}
    for example in read_examples(ROOT / "data" / "nlu")[::_EVERY]:
        blocks.setdefault(example.intent, []).append(example.text)
    nlu = [{"intent": i, "examples": "".join(f"- {text}\n" for text in texts)} for i, texts in blocks.items()]
    (folder / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True))
    (folder / "config.yml").write_text(yaml.safe_dump(_STOCK, sort_keys=False))
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder / "models"))
    return Path(str(model))


def _messages() -> list[str]:
    from assistant.quality.held_back import read_messages

    files = sorted((ROOT / "tests" / "nlu" / "unseen").glob("*.yml"))
    return [message.text for path in files for message in read_messages(path)[:: max(1, 900 // _MESSAGES)]]


def _seconds(agent: Any, text: str) -> float:
    began = time.perf_counter()
    asyncio.run(agent.parse_message(text))
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    keep_quiet()
    from rasa.core.agent import Agent

    from assistant.quality.understanding import newest_model

    folder = Path(tempfile.mkdtemp())
    try:
        show_progress("training the other pipeline")
        agents = [Agent.load(str(path)) for path in (newest_model(ROOT / "models"), _stock_model(folder))]
    finally:
        shutil.rmtree(folder)
    texts = _messages()
    for agent in agents:
        _seconds(agent, "hello")
    show_progress("reading")
    ours, other = zip(*([_seconds(agent, text) for agent in agents] for text in texts), strict=True)
    show_progress("")
    sys.stdout.write(table("quayside", "stock Rasa", [Row("understanding a message", ours, other)]) + "\n")


if __name__ == "__main__":
    main()
