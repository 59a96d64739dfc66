"""What shoppers answer to the claim's question, in their words: only a plain yes may write."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.claim_answer import Answer, answer_of, is_explicit_yes, says_found, wants_report
from actions.turn import Turn
from tests.actions.conftest import Conversation


def said(language: str, text: str, intent: str = "nlu_fallback", confidence: float = 0.4) -> Turn:
    conversation = Conversation().knows(language=language).hears(text, intent, confidence=confidence)
    return Turn(CollectingDispatcher(), conversation.tracker())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yep, checked everything"),
        ("en", "yes please report it"),
        ("en", "yes please, report it as missing"),
        ("en", "yes, i've looked everywhere"),
        ("en", "actually yes please report it"),
        ("en", "please do"),
        ("en", "ok i looked, it's not there, report it"),
        ("de", "ja überall nachgesehen, adresse passt"),
        ("de", "ja, melden sie es"),
        ("de", "ja hab ich alles geprüft"),
        ("es", "sí la dirección es correcta"),
        ("es", "si, ya pregunté a los vecinos y nada"),
        ("fr", "oui l’adresse est bonne"),
        ("fr", "oui, déclarez-le svp"),
        ("zh-Hans", "好的，帮我登记一下"),
        ("zh-Hans", "对，地址没错，都找过了"),
        ("zh-Hans", "地址也没问题的，请登记吧"),
    ],
)
def test_a_yes_with_its_reason(language: str, text: str) -> None:
    assert answer_of(said(language, text)) is Answer.YES


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "ok the address is right and i looked everywhere", "change_address"),
        ("en", "i looked everywhere and found nothing", "dont_know"),
        ("en", "no, I've looked everywhere", "deny"),
        ("de", "Adresse stimmt", "change_address"),
        ("es", "la dirección está bien", "change_address"),
        ("es", "ya he mirado en todas partes y nada", "delivered_not_received"),
        ("fr", "j'ai cherché partout, rien", "dont_know"),
        ("zh-Hans", "地址没错", "change_address"),
        ("zh-Hans", "地址是对的", "change_address"),
        ("zh-Hans", "都找过了", "parcel_found"),
        ("zh-Hans", "都找过了没有", "dont_know"),
    ],
)
def test_the_first_half_is_no_yes(language: str, text: str, intent: str) -> None:
    assert answer_of(said(language, text, intent, 0.99)) is Answer.CHECKED


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "the address is wrong"),
        ("en", "yes but that's my old address"),
        ("de", "die Adresse stimmt nicht"),
        ("es", "la dirección está mal"),
        ("fr", "c'est mon ancienne adresse"),
        ("zh-Hans", "地址写错了"),
    ],
)
def test_a_wrong_address(language: str, text: str) -> None:
    assert answer_of(said(language, text, "affirm", 0.95)) is Answer.WRONG_ADDRESS


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes but i haven't looked everywhere yet"),
        ("en", "yes if it isn't here tomorrow"),
        ("en", "yes?"),
        ("de", "ja vielleicht"),
        ("de", "ja, ich werde mich melden"),
        ("es", "sí, pero espera"),
        ("fr", "oui je crois"),
        ("zh-Hans", "好像是"),
    ],
)
def test_what_takes_a_yes_back(language: str, text: str) -> None:
    assert answer_of(said(language, text, "affirm", 0.95)) is Answer.UNCLEAR


def test_where_the_words_are_not_known_the_classifier_decides() -> None:
    assert answer_of(said("en", "👍", "affirm", 0.9)) is Answer.YES
    assert answer_of(said("en", "righty", "affirm", 0.6)) is Answer.UNCLEAR
    assert answer_of(said("en", "nah", "deny", 0.9)) is Answer.NO
    assert answer_of(said("en", "what do you think", "repeat", 0.9)) is Answer.NONE


def test_the_wish_for_the_report_outweighs_the_classifier() -> None:
    assert answer_of(said("en", "yes, report the package please", "parcel_found", 0.9)) is Answer.YES


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "yes, my neighbour had it", "affirm"),
        ("de", "doch da, sorry", "stop"),
        ("fr", "en fait je l'ai", "affirm"),
        ("zh-Hans", "原来在门卫那里", "inform"),
    ],
)
def test_it_is_there(language: str, text: str, intent: str) -> None:
    assert answer_of(said(language, text, intent, 0.95)) is Answer.FOUND


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "no dont report it", "delivered_not_received"),
        ("en", "close the case", "nlu_fallback"),
        ("de", "nicht melden bitte", "delivered_not_received"),
        ("es", "mejor no lo declares", "nlu_fallback"),
        ("fr", "ne le déclarez pas", "nlu_fallback"),
        ("zh-Hans", "先别登记", "affirm"),
    ],
)
def test_a_no_in_words(language: str, text: str, intent: str) -> None:
    assert answer_of(said(language, text, intent, 0.95)) is Answer.NO


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "its here now sorry! order 1013", True),
        ("en", "found it! my order 1146", True),
        ("de", "mein paket ist doch noch angekommen!", True),
        ("es", "ya ha llegado, pedido 1010", True),
        ("fr", "colis bien arrivé finalement", True),
        ("zh-Hans", "快递找到了", True),
        ("en", "I haven't found it", False),
        ("en", "it hasn't turned up", False),
        ("en", "the tracking says it showed up yesterday", False),
        ("en", "it turned up but the bowl is broken", False),
        ("en", "has it turned up?", False),
        ("de", "wurde nicht aufgetaucht, nichts da", False),
        ("es", "todavía no ha aparecido", False),
        ("fr", "je ne l'ai pas retrouvé", False),
        ("zh-Hans", "还没找到了", False),
        ("zh-Hans", "显示收到了", False),
    ],
)
def test_it_turned_up_by_its_words(language: str, text: str, found: bool) -> None:
    assert says_found(said(language, text), lately=False) is found


def test_its_here_is_news_only_where_a_missing_parcel_was_talked_about() -> None:
    assert says_found(said("en", "it's here"), lately=True)
    assert not says_found(said("en", "it's here"), lately=False)
    assert not says_found(said("en", "it isn't here, I have it nowhere"), lately=True)


@pytest.mark.parametrize(
    ("language", "text", "explicit"),
    [
        ("en", "yes report it", True),
        ("es", "bueno si, declaralo", True),
        ("en", "yes", False),
        ("en", "right, had a look, so report it", False),
        ("en", "yes, but don't report it", False),
    ],
)
def test_a_yes_that_says_to_what(language: str, text: str, explicit: bool) -> None:
    assert is_explicit_yes(said(language, text, "affirm", 0.95)) is explicit


def test_news_that_it_is_there_is_never_a_yes() -> None:
    assert answer_of(said("en", "yes, asked around and they took it in", "parcel_found", 0.9)) is not Answer.YES
    assert answer_of(said("en", "I looked everywhere and I want my money", "request_refund", 0.95)) is Answer.NONE


@pytest.mark.parametrize(
    ("language", "text", "wants"),
    [
        ("en", "hm ok report it after all", True),
        ("de", "ok, ja melden", True),
        ("en", "I won't report it, don't worry", False),
        ("en", "should i report it?", False),
        ("en", "thanks", False),
    ],
)
def test_the_wish_to_report_it_after_all(language: str, text: str, wants: bool) -> None:
    assert wants_report(said(language, text)) is wants
