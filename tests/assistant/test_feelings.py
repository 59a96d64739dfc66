"""Emotion and risk: what is angry or dangerous, and what only sounds so."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from assistant.nlu.emotion import EmotionReader, read_emotion
from assistant.nlu.risk import RISKS, RiskReader, read_risks
from assistant.nlu.tokens import MultilingualTokenizer

HAND_OVER_FROM = 0.6  # escalation.yml


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "THIS IS UNACCEPTABLE, YOU ARE A SCAM!!!"),
        ("en", "you bunch of thieves, where is my money"),
        ("en", "I'm absolutely furious, this is a disgrace"),
        ("en", "worst company ever, liars"),
        ("es", "sois unos ladrones, esto es una vergüenza"),
        ("es", "ESTOY HARTO, SON UNOS ESTAFADORES"),
        ("es", "me cago en todo, qué asco de servicio"),
        ("fr", "bande d'escrocs, c'est inadmissible"),
        ("fr", "J'EN AI MARRE, VOUS VOUS FOUTEZ DE MOI !!!"),
        ("de", "das ist eine Frechheit, ihr seid Betrüger"),
        ("de", "ICH BIN STINKSAUER, SAFTLADEN!"),
        ("zh-Hans", "你们就是骗子公司，气死我了"),
        ("zh-Hans", "垃圾服务，太过分了！！！"),
    ],
)
def test_anger_that_is_handed_over(language: str, text: str) -> None:
    emotion = read_emotion(text, language)
    assert emotion.name == "anger" and emotion.score >= HAND_OVER_FROM, emotion


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I'm really disappointed, this is the third time I ask"),
        ("en", "still waiting, nobody answers"),
        ("es", "estoy decepcionada, llevo semanas sin respuesta"),
        ("fr", "je suis très déçue, toujours rien"),
        ("de", "ich bin enttäuscht, warte seit Wochen"),
        ("zh-Hans", "太失望了，等了好久"),
        ("en", "WHERE IS MY ORDER ??? nobody replies 😤"),
    ],
)
def test_frustration_is_seen_and_is_not_yet_anger(language: str, text: str) -> None:
    emotion = read_emotion(text, language)
    assert emotion.name == "frustration" or (emotion.name == "anger" and emotion.score < HAND_OVER_FROM), emotion


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "this jacket is killer, I love it"),
        ("en", "I'm mad about these shoes"),
        ("en", "damn good boots, holy shit I love them"),
        ("en", "I'm not angry, just asking where it is"),
        ("en", "no rush, when you have a minute"),
        ("en", "it was a joke gift for my dad lol"),
        ("en", "WHERE IS MY ORDER"),
        ("en", "stupid question: what size should I take?"),
        ("es", "estas botas son de puta madre"),
        ("es", "me vuelven loca estos zapatos"),
        ("es", "disculpe la molestia, ¿dónde está mi pedido?"),
        ("fr", "cette veste c'est une tuerie, putain de belle"),
        ("fr", "je ne suis pas fâchée, je voulais juste savoir"),
        ("de", "die Schuhe sind verdammt gut"),
        ("de", "ich bin nicht sauer, nur neugierig"),
        ("de", "verrückt nach diesem Mantel"),
        ("zh-Hans", "这件衣服好看死了，爱死了"),
        ("zh-Hans", "辛苦客服了"),
        ("zh-Hans", "有没有大一点的垃圾桶"),
        ("en", ""),
        ("zh-Hans", "订单1042"),
    ],
)
def test_calm_messages_stay_calm(language: str, text: str) -> None:
    message = Message({"text": text, "language": {"code": language}})
    MultilingualTokenizer({**MultilingualTokenizer.get_default_config()}).process([message])
    EmotionReader({}).process([message])
    assert message.get("emotion")["name"] != "anger", message.get("emotion")
    if text != "WHERE IS MY ORDER":
        assert message.get("emotion")["name"] == "calm", message.get("emotion")


def test_shouting_makes_words_count_for_more() -> None:
    assert (
        read_emotion("USELESS SERVICE, I AM FED UP", "en").score > read_emotion("useless service, fed up", "en").score
    )


@pytest.mark.parametrize(
    ("language", "text", "risk"),
    [
        ("en", "I'll do a chargeback", "chargeback"),
        ("en", "I'll open a PayPal dispute", "chargeback"),
        ("es", "voy a pedir un contracargo", "chargeback"),
        ("fr", "je vais ouvrir un litige PayPal", "chargeback"),
        ("de", "ich lasse das Geld zurückbuchen", "chargeback"),
        ("zh-Hans", "我要找银行拒付", "chargeback"),
        ("en", "you will hear from my lawyer", "lawyer"),
        ("es", "os voy a denunciar", "lawyer"),
        ("fr", "je vais porter plainte", "lawyer"),
        ("de", "mein Anwalt meldet sich", "lawyer"),
        ("zh-Hans", "我要起诉你们", "lawyer"),
        ("en", "I'm reporting this to Trading Standards", "authority"),
        ("es", "quiero la hoja de reclamaciones", "authority"),
        ("fr", "je préviens la DGCCRF", "authority"),
        ("de", "ich gehe zur Verbraucherzentrale", "authority"),
        ("zh-Hans", "我打12315投诉", "authority"),
        ("en", "you sold me a fake", "counterfeit"),
        ("es", "esto es una falsificación", "counterfeit"),
        ("fr", "c'est de la contrefaçon", "counterfeit"),
        ("de", "die Tasche ist gefälscht", "counterfeit"),
        ("zh-Hans", "收到的是假货", "counterfeit"),
        ("en", "the charger caught fire", "safety"),
        ("es", "el cargador explotó", "safety"),
        ("fr", "j'ai pris une décharge électrique", "safety"),
        ("de", "das Gerät hat gequalmt, Stromschlag bekommen", "safety"),
        ("zh-Hans", "充电器爆炸了", "safety"),
        ("en", "I'll post this on TikTok", "public_exposure"),
        ("es", "voy a hacerlo viral", "public_exposure"),
        ("fr", "je vais contacter la presse", "public_exposure"),
        ("de", "ich gehe damit an die Presse", "public_exposure"),
        ("zh-Hans", "我要发微博曝光你们", "public_exposure"),
        ("en", "I want to kill myself", "self_harm"),
        ("es", "me quiero matar", "self_harm"),
        ("fr", "j'ai envie de mourir", "self_harm"),
        ("de", "ich will nicht mehr leben", "self_harm"),
        ("zh-Hans", "我不想活了", "self_harm"),
    ],
)
def test_risks_are_named(language: str, text: str, risk: str) -> None:
    assert risk in RISKS and risk in read_risks(text, language)


@pytest.mark.parametrize(
    ("language", "text", "dangerous"),
    [
        ("en", "the carton basically exploded on the way, plates everywhere", False),
        ("en", "the box had exploded open when it got here", False),
        ("en", "I was handed an exploded parcel", False),
        ("en", "the battery exploded", True),
        ("en", "the battery in the box exploded", True),
        ("en", "the carton exploded open and then the battery exploded", True),
        ("es", "la caja se reventó... bueno, reventó la caja por el camino", False),
        ("es", "el paquete llegó explotado", False),
        ("es", "la batería explotó", True),
        ("es", "dentro de la caja explotó la batería", True),
        ("fr", "le carton a complètement explosé pendant le transport", False),
        ("fr", "le colis est explosé", False),
        ("fr", "la batterie a explosé", True),
        ("fr", "la batterie a explosé dans le carton", True),
        ("de", "der Karton ist unterwegs geplatzt", False),
        ("de", "das Paket ist beim Transport regelrecht explodiert", False),
        ("de", "der Akku ist explodiert", True),
        ("de", "im Karton ist der Akku geplatzt", True),
        ("zh-Hans", "箱子在路上直接炸开了，外包装都炸了", False),
        ("zh-Hans", "电池炸了", True),
        ("zh-Hans", "箱子里的电池炸了", True),
    ],
)
def test_a_carton_that_burst_is_no_danger_and_a_battery_is(language: str, text: str, dangerous: bool) -> None:
    assert ("safety" in read_risks(text, language)) is dangerous


@pytest.mark.parametrize(
    ("language", "text", "dangerous"),
    [
        ("en", "The box exploded in my face", True),
        ("en", "the package exploded, it was a battery", True),
        ("en", "box exploded and the battery is smoking", True),
        ("en", "The envelope blew up in my hands", True),
        ("en", "the parcel exploded with a bang and it's hot", True),
        ("en", "the carton burst open", False),
        ("en", "the parcel exploded and the scarf and the chest of drawers got wet", False),
        ("es", "el paquete explotó en mis manos", True),
        ("es", "la caja explotó, era una batería", True),
        ("es", "reventó el sobre y salían llamas", True),
        ("es", "explotó la caja y el bolso de piel, que es cara, está roto", False),
        ("fr", "le colis a explosé entre mes mains", True),
        ("fr", "l'enveloppe a explosé, ça sent le brûlé", True),
        ("fr", "le colis a explosé, c'était un chargeur", True),
        ("fr", "le carton a explosé, il y a des assiettes partout", False),
        ("de", "das Paket ist mir in der Hand explodiert", True),
        ("de", "der Karton ist explodiert, da war ein Akku drin", True),
        ("de", "das Paket ist geplatzt und ganz heiß", True),
        ("de", "das Paket ist aufgeplatzt", False),
        ("de", "der Karton ist geplatzt, er beinhaltete Ohrringe", False),
        ("zh-Hans", "包裹炸了，里面是充电宝", True),
        ("zh-Hans", "包裹在我手里炸了", True),
        ("zh-Hans", "箱子炸了，还冒烟", True),
        ("zh-Hans", "箱子炸了，东西撒了一地", False),
    ],
)
def test_a_carton_that_burst_is_a_danger_with_somebody_hurt_or_a_battery(
    language: str, text: str, dangerous: bool
) -> None:
    assert ("safety" in read_risks(text, language)) is dangerous


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what about my burned hand?"),
        ("en", "my hand is burned"),
        ("en", "my arm is burned and hurts"),
        ("en", "I am hurt"),
        ("en", "my son got hurt by the lamp"),
        ("es", "¿y qué pasa con mi mano quemada?"),
        ("es", "tengo quemaduras en el brazo"),
        ("es", "me duele mucho la mano desde entonces"),
        ("es", "mi hija se ha hecho daño con la lámpara"),
        ("fr", "et ma main brûlée alors ?"),
        ("fr", "je me suis brûlée avec la bouilloire"),
        ("fr", "mon bras me fait mal depuis"),
        ("fr", "mon fils est blessé"),
        ("de", "Und was ist mit meiner verbrannten Hand?"),
        ("de", "ich habe mich an dem Kocher verbrüht"),
        ("de", "mein Arm ist verbrannt und tut weh"),
        ("de", "ich bin verletzt"),
        ("zh-Hans", "那我的手被烫了怎么办"),
        ("zh-Hans", "胳膊烧伤了，很疼"),
        ("zh-Hans", "我受伤了"),
        ("zh-Hans", "手好疼"),
    ],
)
def test_an_injured_person_is_a_matter_of_safety(language: str, text: str) -> None:
    assert read_risks(text, language) == ["safety"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I burned the midnight oil waiting for you"),
        ("en", "that price hurts my wallet"),
        ("en", "my feet hurt in these shoes"),
        ("en", "these shoes hurt my feet, can I return them"),
        ("en", "I feel hurt by your reply"),
        ("en", "does the hand cream come in a candle set"),
        ("es", "me quemé las pestañas buscando el pedido"),
        ("es", "ese precio me duele el bolsillo"),
        ("es", "me duelen los pies con estos zapatos"),
        ("fr", "j'ai brûlé la chandelle par les deux bouts"),
        ("fr", "avez-vous le moule à crème brûlée ?"),
        ("fr", "j'ai mal aux pieds dans ces chaussures"),
        ("fr", "ça fait mal au portefeuille"),
        ("de", "ich habe mir schon mal die Finger verbrannt mit Onlineshops"),
        ("de", "der Preis tut meinem Geldbeutel weh"),
        ("de", "in den Schuhen tun mir die Füße weh"),
        ("de", "das hat meine Gefühle verletzt"),
        ("zh-Hans", "我的钱包受伤了"),
        ("zh-Hans", "这鞋穿着脚疼"),
        ("zh-Hans", "真伤脑筋"),
    ],
)
def test_what_only_sounds_like_an_injury(language: str, text: str) -> None:
    assert read_risks(text, language) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "1042, bbb@example.com"),
        ("en", "it is my.lawyer@chargeback-mail.example and nothing comes"),
        ("en", "see https://shop.example/reviews/trustpilot?bbb=1"),
        ("es", "mi correo es abogado@denuncia.example"),
        ("fr", "voici : avocat@danger.example"),
        ("de", "meine Adresse: anwalt.polizei@gefahr.example"),
        ("zh-Hans", "我的邮箱bbb@example.com"),
        ("zh-Hans", "链接https://example.com/bbb/lawyer在这里"),
    ],
)
def test_words_inside_of_addresses_and_links_are_no_risk(language: str, text: str) -> None:
    message = Message({"text": text, "language": {"code": language}})
    RiskReader({}).process([message])
    assert message.get("risk") == []


def test_a_threat_beside_an_address_is_one() -> None:
    message = Message({"text": "anna@example.com, or I go to the BBB", "language": {"code": "en"}})
    RiskReader({}).process([message])
    assert message.get("risk") == ["authority"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "do you have court shoes in black"),
        ("en", "is the fake fur coat warm"),
        ("en", "great fire sale, these boots are fire"),
        ("en", "I'm dying to get this bag"),
        ("en", "saw it announced on instagram, which code is it"),
        ("en", "my bank declined the card, what now"),
        ("en", "I read good reviews about it"),
        ("en", "can you deliver to the hospital where I work"),
        ("es", "¿es piel falsa o polipiel?"),
        ("es", "lo vi en tiktok y me encanta"),
        ("es", "quiero una copia de la factura"),
        ("fr", "c'est du faux cuir ?"),
        ("fr", "comment profiter du rabais annoncé sur instagram"),
        ("fr", "une copie de ma facture s'il vous plaît"),
        ("de", "ist das Kunstleder oder fake fur"),
        ("de", "auf instagram gesehen, welcher Code gilt"),
        ("zh-Hans", "这个是仿皮的吗"),
        ("zh-Hans", "放假期间发货吗"),
        ("zh-Hans", "空气炸锅有货吗"),
        ("zh-Hans", "真的假的，这么快"),
    ],
)
def test_what_only_sounds_like_a_risk(language: str, text: str) -> None:
    assert read_risks(text, language) == []


def test_both_reach_the_parsed_message() -> None:
    message = Message({"text": "fix it or I call my lawyer", "language": {"code": "en"}})
    RiskReader({}).process(EmotionReader({}).process([message]))
    parsed = message.as_dict(only_output_properties=True)
    assert parsed["risk"] == ["lawyer"] and parsed["emotion"]["name"] == "calm"
