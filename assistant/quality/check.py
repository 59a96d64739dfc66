"""`python -m assistant.quality.check`: refuses training examples that would teach something wrong.

Duplicates, contradictions, sentences that the tests measure with, sentences in another language, blocks that are not
whole; with --neighbours also sentences that stand among strangers, all of another intent (two minutes the first time,
half a minute afterwards; `make nlu-check` asks for it, `make data-check` does not).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from assistant.quality.confirmed import FILE, Confirmed, read_confirmed
from assistant.quality.examples import (
    ROOT,
    Block,
    Example,
    UnreadableFile,
    folded,
    is_short,
    place,
    read_blocks,
)
from assistant.quality.finding import Finding, shown
from assistant.quality.held_back import HeldBack, read_all, read_messages
from assistant.quality.neighbours import strangers
from assistant.quality.terminal import keep_quiet, show_progress

EMOTIONS = ("frustration", "anger", "calm")
_IDENTIFIER = "assistant.nlu.language.LanguageIdentifier"
_BRACKET = re.compile(r"[\[\]{}]")


def blocks_not_whole(blocks: Iterable[Block], intents: set[str], languages: list[str]) -> Iterator[Finding]:
    """Give what is wrong with blocks: their language, intent or emotion, and brackets in their examples."""
    for block in blocks:
        where = place(block.path, block.line)
        language, emotion = block.metadata.get("language"), block.metadata.get("emotion")
        if language not in languages:
            advice = f"its metadata say language: {language}. Write one of {', '.join(languages)}."
            yield Finding("block without a language", where, advice)
        elif language != block.path.parent.name:
            advice = f"it says language: {language}. Move it to {language}/{block.path.name}, or mend its metadata."
            yield Finding("block in another language's folder", where, advice)
        if block.intent not in intents:
            advice = f"domain.yml has no intent {block.intent}. Mend the name, or add it there."
            yield Finding("unknown intent", where, advice)
        if emotion is not None and emotion not in EMOTIONS:
            advice = f"its metadata say emotion: {emotion}. Write one of {', '.join(EMOTIONS)}, or none."
            yield Finding("unknown emotion", where, advice)
        for example in block.examples:
            if _BRACKET.search(example.text):
                advice = f"“{example.text}”: entities are not marked by hand here. Write it without brackets."
                yield Finding("brackets", example.place, advice)


def said_twice(examples: Iterable[Example]) -> Iterator[Finding]:
    """Give duplicates and contradictions within a language; between languages, what is contradicted to the letter.

    Rasa refuses that, too: it knows no languages. "ok" may mean the same in all of them.
    """
    first: dict[tuple[str | None, str], Example] = {}
    anywhere: dict[str, Example] = {}
    for example in examples:
        before = first.setdefault((example.language, folded(example.text) or example.text), example)
        elsewhere = anywhere.setdefault(example.text, example)
        if before is not example and before.intent == example.intent:
            advice = f"“{example.text}” stands in {before.place} already. Delete one of the two."
            yield Finding("duplicate", example.place, advice)
            continue
        other = next((one for one in (before, elsewhere) if one.intent != example.intent), None)
        if other:
            advice = (
                f"“{example.text}” is {example.intent} here and {other.intent} in {other.place}. "
                "Keep the one that data/nlu/README.md says, or delete both."
            )
            yield Finding("contradiction", example.place, advice)


def needs_unknown(messages: Iterable[HeldBack], intents: set[str]) -> Iterator[Finding]:
    """Give messages of `data/needs` that have no needs, or some that domain.yml does not know."""
    for message in messages:
        needs = message.expected.get("needs") or []
        if not needs or not set(needs) <= intents:
            advice = (
                f"“{message.text}” needs {', '.join(needs) or 'nothing'}. Write `needs:` with intents of domain.yml."
            )
            yield Finding("unknown needs", message.place, advice)


def leaks(examples: Iterable[Example | HeldBack], held_back: Iterable[HeldBack]) -> Iterator[Finding]:
    """Give examples that a test measures with: short ones, which everybody says, are allowed."""
    known = {folded(message.text): message for message in held_back}
    for example in examples:
        plain = folded(example.text)
        if plain in known and not is_short(plain):
            advice = (
                f"“{example.text}” is measured with in {known[plain].place}. "
                "Delete it here: a test of memory tells nothing."
            )
            yield Finding("leak", example.place, advice)


def wrong_languages(examples: Iterable[Example], languages: list[str], confirmed: Confirmed) -> Iterator[Finding]:
    """Give examples that are clearly in another language than their block says."""
    from assistant.quality.wrong_language import LanguageJudge  # reads Rasa, which takes seconds

    judge = LanguageJudge(languages)
    for example in examples:
        if example.language not in languages or confirmed.has_language(example):
            continue
        other = judge.other_language(example.text, example.language)
        if other:
            advice = (
                f"“{example.text}” looks like {other}, not {example.language}. "
                f"Move or delete it, or confirm it under languages in {FILE}."
            )
            yield Finding("wrong language", example.place, advice)


def among_strangers(examples: list[Example], confirmed: Confirmed, k: int) -> Iterator[Finding]:
    """Give examples whose nearest neighbours are all of another intent, the surest first."""
    from assistant.quality.vectors import joined_vectors

    rows = joined_vectors([example.text for example in examples], progress=show_progress)
    for stranger in strangers(rows, [example.intent for example in examples], k, show_progress):
        example, nearest = examples[stranger.number], examples[stranger.nearest]
        if not confirmed.has_intent(example):
            advice = (
                f"“{example.text}” is {example.intent}; {round(stranger.share * k)} of its {k} neighbours are "
                f"{stranger.label}, such as “{nearest.text}” ({nearest.place}). Move it, delete it when "
                f"one cannot tell, or confirm it in {FILE}."
            )
            yield Finding("among strangers", example.place, advice)


def check(root: Path = ROOT, neighbours: int = 0) -> list[Finding]:
    """Return what is wrong with the examples of a project.

    Args:
        root: the project's folder, with data/nlu, data/needs, tests, domain.yml (which intents) and config.yml (which
            languages).
        neighbours: how many neighbours are asked for each example; 0 for none, which is quick.

    Raises:
        UnreadableFile: a file is not YAML, or a block in it is not whole.
    """
    folder = root / "data" / "nlu"
    blocks = [block for path in sorted(folder.glob("*/*.yml")) for block in read_blocks(path)]
    examples = [example for block in blocks for example in block.examples]
    languages, confirmed = _languages(root / "config.yml"), read_confirmed(folder / FILE)
    intents = _intents(root / "domain.yml")
    several = [message for path in sorted((root / "data" / "needs").glob("*.yml")) for message in read_messages(path)]
    found = list(blocks_not_whole(blocks, intents, languages))
    found += needs_unknown(several, intents)
    found += said_twice(examples)
    found += leaks([*examples, *several], read_all(root / "tests"))
    found += wrong_languages(examples, languages, confirmed)
    if neighbours:
        found += among_strangers(examples, confirmed, neighbours)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Check and print what is refused; returns 1 when anything is."""
    parser = argparse.ArgumentParser(prog="python -m assistant.quality.check", description=__doc__)
    parser.add_argument("--neighbours", nargs="?", type=int, const=8, default=0, metavar="K", help="ask K (8)")
    parser.add_argument("--limit", type=int, default=20, help="how many of a kind are shown (20); 0 for all")
    options = parser.parse_args(arguments)
    keep_quiet()
    try:
        found = check(neighbours=options.neighbours)
    except UnreadableFile as error:
        sys.stderr.write(f"quayside: {error}\n")
        return 1
    show_progress("")
    sys.stdout.writelines(f"{line}\n" for line in shown(found, options.limit))
    verdict = f"{len(found)} training examples are refused." if found else "The training examples are in order."
    sys.stdout.write(f"{verdict}\n")
    return 1 if found else 0


def _intents(domain: Path) -> set[str]:
    listed = yaml.safe_load(domain.read_text(encoding="utf-8")).get("intents") or []
    return {str(next(iter(intent)) if isinstance(intent, dict) else intent) for intent in listed}


def _languages(config: Path) -> list[str]:
    pipeline: list[dict[str, Any]] = yaml.safe_load(config.read_text(encoding="utf-8"))["pipeline"]
    return [code for component in pipeline if component["name"] == _IDENTIFIER for code in component["languages"]]


if __name__ == "__main__":
    sys.exit(main())
