"""Conversations and cases as the gateway and the actions leave them, for the console's tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.database import transaction
from desk import accounts, cases
from desk.summary import statement
from transcripts.entries import Speaker, attach_understanding, record

SHOP = "demo"
PASSWORD = "harbour-light-42"
MARIA, CHEN, DUPONT = "conversation-maria-0001", "conversation-chen-00001", "conversation-dupont-001"
HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">${window.hacked=1} {{ 7*7 }}'


def add_staff() -> None:
    """Accounts of every role that the tests log in with; all have the same password."""
    with transaction() as session:
        for name, role in (("anna", "agent"), ("bei", "agent"), ("lena", "lead"), ("tom", "trainer")):
            accounts.add(session, shop=SHOP, name=name, password=PASSWORD, role=role)


def say(conversation_id: str, speaker: Speaker, text: str, **more: Any) -> int:
    """Add an entry to a transcript, as the gateway does."""
    with transaction() as session:
        return record(session, shop=SHOP, conversation_id=conversation_id, speaker=speaker, text=text, **more)


def shopper_says(conversation_id: str, text: str, message_id: str, understood: dict[str, Any] | None = None) -> None:
    """A shopper's message, understood at once if `understood` (parts of a turn) is given."""
    say(conversation_id, Speaker.SHOPPER, text, message_id=message_id)
    if understood is not None:
        understand(message_id, text, understood)


def understand(message_id: str, text: str, parts: dict[str, Any]) -> None:
    """The assistant's turn ends: attach how it understood a message."""
    name = parts.get("intent", {}).get("name", "track_order")
    whole = {
        "text": text,
        "language": "es",
        "intent": {"name": "track_order", "confidence": 0.93},
        "intent_ranking": [
            {"name": name, "confidence": 0.88},
            {"name": "delivery_estimate", "confidence": 0.04},
            {"name": "tracking_problem", "confidence": 0.02},
        ],
        "entities": [],
        "emotion": {"name": "calm", "score": 0.9},
        "risk": [],
        "actions": [
            {"name": "identity_form", "policy": "RulePolicy", "confidence": 1.0},
            {"name": "action_listen", "policy": "RulePolicy", "confidence": 1.0},
        ],
        "slots": {},
        "latency_ms": 84,
        **parts,
    }
    with transaction() as session:
        attach_understanding(session, SHOP, message_id, whole)


def open_case(conversation_id: str, key: str, **more: Any) -> str:
    """Open a case and return its number."""
    values: dict[str, Any] = {
        "reason": "requested",
        "priority": "normal",
        "language": "es",
        "summary": [statement("requested")],
        **more,
    }
    with transaction() as session:
        return cases.open_case(session, shop=SHOP, conversation_id=conversation_id, key=key, **values).number


def add_maria() -> str:
    """A Spanish shopper whose parcel is said to be delivered and is not there, and who gets angry. Returns the case."""
    say(
        MARIA,
        Speaker.ASSISTANT,
        "¡Hola! Soy el asistente virtual de Harbour & Pine, no una persona. ¿En qué puedo ayudarte?",
        content={"buttons": [{"title": "¿Dónde está mi pedido?"}, {"title": "Hablar con una persona"}]},
    )
    order = {"entity": "order_number", "value": "1042", "start": 20, "end": 24}
    shopper_says(MARIA, "¿Dónde está mi pedido 1042?", "m-maria-1", {"entities": [order]})
    say(
        MARIA,
        Speaker.ASSISTANT,
        "Para mostrarte el pedido necesito comprobar que es tuyo. ¿Cuál es tu correo o tu código postal?",
        content={"reply": "utter_ask_contact"},
    )
    email = {"entity": "email", "value": "maria@example.com"}
    shopper_says(
        MARIA,
        "maria@example.com",
        "m-maria-2",
        {
            "intent": {"name": "inform", "confidence": 0.58},
            "entities": [email],
            "slots": {"contact": "maria@example.com"},
        },
    )
    say(
        MARIA,
        Speaker.ASSISTANT,
        "El paquete consta como entregado el martes 24 de noviembre a las 11:20 en Sevilla.",
        content={
            "reply": "utter_order",
            "card": {
                "type": "parcel",
                "title": "Pedido #1042",
                "subtitle": "Correos · PK7712345678ES",
                "status": "Entregado",
                "progress": {"step": 5, "of": 5},
                "fields": [
                    {"label": "Entregado", "value": "mar, 24 nov, 11:20"},
                    {"label": "Lugar", "value": "Sevilla"},
                ],
                "items": [{"title": "Botas Harbour", "detail": "talla 39"}],
                "link": None,
            },
        },
    )
    shopper_says(
        MARIA,
        "¡¡NO me ha llegado NADA!! Ya es la tercera vez. Voy a llamar a mi banco.",
        "m-maria-3",
        {
            "intent": {"name": "delivered_not_received", "confidence": 0.88},
            "emotion": {"name": "anger", "score": 0.91},
            "risk": ["chargeback"],
            "actions": [{"name": "action_hand_over", "policy": "EscalationPolicy", "confidence": 1.0}],
        },
    )
    number = open_case(
        MARIA,
        "m-maria-3",
        reason="risk",
        priority="urgent",
        order_number="1042",
        summary=[
            statement("risk", risk="chargeback"),
            statement("need", need="delivered_not_received"),
            statement("order_proved", order="1042"),
        ],
        facts={
            "order": {
                "number": "1042",
                "placed_at": "2026-11-17T09:12:00+00:00",
                "customer": "María Ortega",
                "email": "maria@example.com",
                "phone": "+34 600 111 222",
                "address": "María Ortega, Calle Sierpes 12, 41004 Sevilla",
                "country": "ES",
                "stage": "shipped",
                "payment": "paid",
                "total": "129.90 EUR",
                "items": ["1 × Botas Harbour, talla 39", "2 × Calcetines de lana"],
                "refunds": [
                    {
                        "amount": "12.00 EUR",
                        "status": "succeeded",
                        "refunded_at": "2026-11-20T09:00:00+00:00",
                        "method": "Visa 4411",
                        "items": ["1 × Calcetines de lana"],
                    }
                ],
            },
            "parcels": [
                {
                    "tracking_number": "PK7712345678ES",
                    "carrier": "Correos",
                    "status": "delivered",
                    "expected": "2026-11-25",
                    "last_scan": {
                        "at": "2026-11-24T11:20:00+01:00",
                        "zone": "Europe/Madrid",
                        "place": "Sevilla",
                        "code": "delivered",
                        "text": "Entregado",
                    },
                    "items": ["1 × Botas Harbour, talla 39"],
                    "tracking_url": "https://tracking.example.com/PK7712345678ES",
                }
            ],
        },
    )
    say(
        MARIA,
        Speaker.ASSISTANT,
        "Lo siento mucho. He pasado tu caso a mi equipo; una persona te responde aquí.",
        content={"reply": "utter_hand_over_risk"},
    )
    return number


def add_others() -> list[str]:
    """Two more conversations with cases of other kinds, and one without. Returns the cases' numbers."""
    shopper_says(
        CHEN,
        "我的包裹卡在海关了吗?",
        "m-chen-1",
        {"language": "zh-Hans", "intent": {"name": "customs_and_duties", "confidence": 0.81}},
    )
    chen = open_case(
        CHEN,
        "m-chen-1",
        reason="customs",
        priority="high",
        language="zh-Hans",
        order_number="1077",
        summary=[
            statement("order_proved", order="1077"),
            statement("order_to", order="1077", country="CN"),
            statement(
                "parcel",
                parcel="LX123456785CN",
                carrier="EMS",
                condition="customs_overdue",
                expected=date(2026, 11, 25),
                silent=9,
            ),
        ],
    )
    fischer = open_case(
        "conversation-fischer-01",
        "m-fischer-1",
        reason="failed_attempts",
        priority="low",
        language="de",
        summary=[statement("failed_attempts")],
    )
    shopper_says(DUPONT, "Bonjour, où est ma commande ?", "m-dupont-1", {"language": "fr"})
    say(DUPONT, Speaker.ASSISTANT, "Bonjour ! Quel est votre numéro de commande ?")
    return [chen, fischer]
