"""Countries in five languages, and words that only look like one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.component import word_starts
from assistant.nlu.country import CountryFinder
from assistant.nlu.entities import ShopEntities
from assistant.nlu.phrases import lexicons
from assistant.nlu.tokens import MultilingualTokenizer

FINDER = CountryFinder({})
TOKENIZER = MultilingualTokenizer(MultilingualTokenizer.get_default_config())


def found(text: str, language: str, locale: str | None = None) -> list[dict[str, Any]]:
    """Return the countries of a message that went through the pipeline's finders, cut into words as there."""
    message = Message({"text": text, "language": {"code": language}, "metadata": {"locale": locale}})
    for component in (TOKENIZER, ShopEntities({}), FINDER):
        component.process([message])
    assert word_starts(message) or not text
    return [entity for entity in message.get("entities") if entity["entity"] == "country"]


def codes(text: str, language: str, locale: str | None = None) -> list[str]:
    return [entity["value"] for entity in found(text, language, locale)]


@pytest.mark.parametrize(
    ("text", "language", "countries"),
    [
        ("How long to Germany?", "en", ["DE"]),
        ("do you ship to brazil", "en", ["BR"]),
        ("is delivery to the Netherlands or holland the same", "en", ["NL", "NL"]),
        ("england, scotland and northern ireland", "en", ["GB", "GB", "GB"]),
        ("Germany's customs", "en", ["DE"]),
        ("do you ship to the US?", "en", ["US"]),
        ("shipping to us, the us I mean", "en", ["US"]),
        ("to the u.s. please", "en", ["US"]),
        ("anywhere in the States?", "en", ["US"]),
        ("UK?", "en", ["GB"]),
        ("US", "en", ["US"]),
        ("DO YOU SHIP TO THE USA", "en", ["US"]),
        ("united   arab emirates", "en", ["AE"]),
        ("South Korea or North Korea", "en", ["KR", "KP"]),
        ("Papua New Guinea and Guinea-Bissau", "en", ["PG", "GW"]),
        ("do you post to Turkey, Jordan or Georgia?", "en", ["TR", "JO", "GE"]),
        ("Chad?", "en", ["TD"]),
        ("is shipping to Jersey extra", "en", ["JE"]),
        ("do you ship to 🇧🇷?", "en", ["BR"]),
        ("do you ship to Antarctica", "en", ["AQ"]),
        ("¿y a la Antártida?", "es", ["AQ"]),
        ("vous livrez en Antarctique ?", "fr", ["AQ"]),
        ("auch in die Antarktis?", "de", ["AQ"]),
        ("能不能寄到南极", "zh-Hans", ["AQ"]),
        ("shipping to the Canary Islands", "en", ["IC"]),
        ("enviáis a Canarias? vivo en Tenerife", "es", ["IC", "IC"]),
        ("llega a Ceuta", "es", ["EA"]),
        ("vous livrez aux îles Canaries", "fr", ["IC"]),
        ("liefert ihr auf die Kanaren", "de", ["IC"]),
        ("寄到加那利群岛多少钱", "zh-Hans", ["IC"]),
        ("livraison en Guyane et à Mayotte ?", "fr", ["GF", "YT"]),
        ("do you deliver to the Channel Islands", "en", ["JE"]),
        ("¿envían a los Estados Unidos?", "es", ["US"]),
        ("y a EE. UU. o USA", "es", ["US", "US"]),
        ("envio a mexico y peru", "es", ["MX", "PE"]),
        ("vivo en Suiza", "es", ["CH"]),
        ("mandáis a República Dominicana?", "es", ["DO"]),
        ("enviais a Turquía desde el Reino Unido", "es", ["TR", "GB"]),
        ("faites-vous la livraison au Canada ?", "fr", ["CA"]),
        ("aux etats unis ou aux Pays Bas", "fr", ["US", "NL"]),
        ("j'habite en Suisse, retour depuis l'Allemagne", "fr", ["CH", "DE"]),
        ("vers la Suède", "fr", ["SE"]),
        ("combien pour l'île Maurice", "fr", ["MU"]),
        ("livraison à La Réunion", "fr", ["RE"]),
        ("Rückgabe aus der Schweiz?", "de", ["CH"]),
        ("Versand nach Großbritannien oder Grossbritannien", "de", ["GB", "GB"]),
        ("in den Niederlanden, ins Vereinigte Königreich", "de", ["NL", "GB"]),
        ("Oesterreich", "de", ["AT"]),
        ("nach Island", "de", ["IS"]),
        ("in die Tuerkei", "de", ["TR"]),
        ("寄到日本多少钱", "zh-Hans", ["JP"]),
        ("可以寄到中国大陆吗", "zh-Hans", ["CN"]),
        ("从英国寄美国要多久", "zh-Hans", ["GB", "US"]),
        ("寄香港和台湾", "zh-Hans", ["HK", "TW"]),
        ("寄印度尼西亚", "zh-Hans", ["ID"]),
        ("寄到韩国，不是朝鲜", "zh-Hans", ["KR", "KP"]),
        ("寄US多少钱", "zh-Hans", ["US"]),
        ("do you ship to Österreich", "en", ["AT"]),
        ("liefert ihr nach Germany", "de", ["DE"]),
    ],
)
def test_countries(text: str, language: str, countries: list[str]) -> None:
    entities = found(text, language)
    assert [entity["value"] for entity in entities] == countries
    for entity in entities:
        assert text[entity["start"] : entity["end"]] == entity["text"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("send it to us", "en"),
        ("SEND IT TO US", "en"),
        ("can you help us with the women's coat", "en"),
        ("a turkey platter for a roman dinner", "en"),
        ("I'd like the jersey, is it real jersey?", "en"),
        ("does it come in jersey", "en"),
        ("jordan sneakers, jordan 1s", "en"),
        ("Chad is out today", "en"),
        ("a guinea pig house", "en"),
        ("suede boots for the island", "en"),
        ("bone china cups and a panama hat", "en"),
        ("is that UK 8 or US 9?", "en"),
        ("the 64 GB one", "en"),
        ("I live in New Jersey", "en"),
        ("what are the states of my order", "en"),
        ("made in Italy?", "en"),
        ("write to anna@chile.example", "en"),
        ("¿cómo se usa?", "es"),
        ("soy de Granada", "es"),
        ("tinta china y un jersey", "es"),
        ("quiero catar el vino de la reunión", "es"),
        ("de nada, es para mí", "es"),
        ("Maurice et Dominique de la réunion", "fr"),
        ("une robe en jersey, une grenade", "fr"),
        ("de l'eau", "fr"),
        ("noix du Brésil", "fr"),
        ("ein Kleid aus Jersey", "de"),
        ("Malte sagt, das ist es", "de"),
        ("Größe US oder UK 8", "de"),
        ("上海地址可以吗", "zh-Hans"),
        ("很多哥们都买了", "zh-Hans"),
        ("有没有办法国内发货", "zh-Hans"),
        ("中国风的裙子", "zh-Hans"),
        ("", "en"),
    ],
)
def test_words_that_are_no_country(text: str, language: str) -> None:
    assert codes(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "countries"),
    [
        ("how long from the UK to Spain?", "en", {"GB": True, "ES": False}),
        ("¿cuánto tarda desde Francia a Perú?", "es", {"FR": True, "PE": False}),
        ("depuis l'Italie vers la Belgique", "fr", {"IT": True, "BE": False}),
        ("aus der Schweiz nach Polen", "de", {"CH": True, "PL": False}),
        ("从英国寄到日本", "zh-Hans", {"GB": True, "JP": False}),
        ("is that coming from China?", "en", {"CN": True}),
        ("viene de China", "es", {"CN": True}),
        ("mi paquete sale del Reino Unido", "es", {"GB": True}),
        ("il vient de Chine", "fr", {"CN": True}),
        ("le colis vient des États-Unis ou vient d'Allemagne", "fr", {"US": True, "DE": True}),
        ("das kommt aus China", "de", {"CN": True}),
        ("从中国寄来的", "zh-Hans", {"CN": True}),
        ("日本寄过来的，不是寄到中国", "zh-Hans", {"JP": True, "CN": False}),
        ("来自英国的包裹", "zh-Hans", {"GB": True}),
        ("could you send it to me from Italy", "en", {"IT": True}),
        ("I'm ordering from Canada", "en", {"CA": False}),
        ("¿puedo comprar desde México?", "es", {"MX": False}),
        ("je commande depuis la Suisse", "fr", {"CH": False}),
        ("ich komme aus Österreich", "de", {"AT": False}),
        ("我从加拿大下单", "zh-Hans", {"CA": False}),
    ],
)
def test_where_something_comes_from(text: str, language: str, countries: dict[str, bool]) -> None:
    said = {e["value"]: bool(e.get("additional_info", {}).get("from")) for e in found(text, language)}
    assert said == countries


@pytest.mark.parametrize(
    ("text", "language", "own"),
    [
        ("I fly to Japan on Friday, will it be here by then?", "en", True),
        ("when does my parcel from China arrive", "en", True),
        ("will my new blue boots arrive before I leave for Spain", "en", True),
        ("how long does it take to Japan?", "en", False),
        ("is it possible to get something to my sister in Japan", "en", False),
        ("vuelo a Japón el viernes, ¿estará aquí?", "es", True),
        ("¿cuánto tarda un pedido a México?", "es", False),
        ("mon colis arrivera avant que je parte au Japon ?", "fr", True),
        ("vous livrez en Italie ?", "fr", False),
        ("ich fliege nach Japan, ist es bis dahin da?", "de", True),
        ("wie lange dauert es nach Japan", "de", False),
        ("我周五飞日本，我的包裹到得了吗", "zh-Hans", True),
        ("那寄到加拿大要多久", "zh-Hans", False),
    ],
)
def test_a_country_beside_an_order_of_ones_own(text: str, language: str, own: bool) -> None:
    assert [bool(e.get("additional_info", {}).get("own_order")) for e in found(text, language)] == [own]


@pytest.mark.parametrize(
    ("text", "language", "country"),
    [
        ("Norway?", "en", "NO"),
        ("And what about the UK then", "en", "GB"),
        ("is it the same for Ireland", "en", "IE"),
        ("Und nach Teneriffa?", "de", "IC"),
        ("und wie sieht's aus mit der Schweiz", "de", "CH"),
        ("Je suis au Luxembourg", "fr", "LU"),
        ("et la Réunion ?", "fr", "RE"),
        ("¿y desde Portugal es igual?", "es", "PT"),
        ("y a chile", "es", "CL"),
        ("那加拿大呢", "zh-Hans", "CA"),
        ("如果我住在法国的话呢？", "zh-Hans", "FR"),
        ("and Jordan", "en", "JO"),
    ],
)
def test_a_country_and_nothing_else(text: str, language: str, country: str) -> None:
    message = Message({"text": text, "language": {"code": language}, "intent": {"name": "greet", "confidence": 0.9}})
    for component in (TOKENIZER, FINDER):
        component.process([message])
    (entity,) = message.get("entities")
    assert entity["value"] == country and entity["additional_info"]["alone"]
    assert message.get("intent")["name"] == "inform"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("is it in France", "en"),  # the parcel, perhaps
        ("refund to Norway", "en"),
        ("mein Geschenk nach Italien", "de"),
        ("un cadeau pour la Suisse", "fr"),
        ("我要退货到法国", "zh-Hans"),
        ("hi Jordan", "en"),
        ("I'm Georgia", "en"),
    ],
)
def test_more_than_a_country(text: str, language: str) -> None:
    message = Message({"text": text, "language": {"code": language}, "intent": {"name": "greet", "confidence": 0.9}})
    for component in (TOKENIZER, FINDER):
        component.process([message])
    assert message.get("intent")["name"] == "greet"


@pytest.mark.parametrize(
    ("text", "language", "countries"),
    [
        ("livrez-vous au Québec", "fr", ["CA"]),
        ("do you ship to Texas", "en", ["US"]),
        ("why is it in Texas", "en", []),
        ("the Madeira chair in oak", "en", []),
        ("enviáis a Mallorca?", "es", ["ES"]),
        ("Versand nach Bayern", "de", ["DE"]),
        ("寄到广东", "zh-Hans", ["CN"]),
    ],
)
def test_provinces_and_regions(text: str, language: str, countries: list[str]) -> None:
    assert codes(text, language) == countries


def test_to_an_american_georgia_is_a_state() -> None:
    assert codes("do you ship to Georgia", "en", "en-US") == []
    assert codes("do you ship to Georgia", "en", "en-GB") == ["GE"]


@given(text=st.text(max_size=200), language=st.sampled_from([*lexicons(), "xx"]))
def test_any_text_is_read(text: str, language: str) -> None:
    for entity in FINDER.find(text, language):
        assert 0 <= entity["start"] < entity["end"] <= len(text) and len(entity["value"]) == 2


@given(
    text=st.lists(
        st.sampled_from(["to", "Turkey", "US", "🇨🇦", "🇨", "UK 9", "from", "-", "中国", "大陆", "(", "l'", "Île", "IT"])
    ).map(" ".join)
)
def test_pieces_of_names_in_any_order_are_read_without_overlap(text: str) -> None:
    ends = 0
    for entity in FINDER.find(text):
        assert entity["start"] >= ends
        ends = entity["end"]
