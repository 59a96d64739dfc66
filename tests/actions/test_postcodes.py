"""Every order of the demo shop, in 17 countries, is proved by its postcode, as the understanding reads the message."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from actions.routing import ActionRoute
from core.settings import ROOT
from tests.actions.conftest import Conversation, run
from tests.stack import ASSISTANT_PYTHON

_READ = """
import json, sys
from assistant.nlu.entities import ShopEntities
entities = ShopEntities({})
print(json.dumps([entities.find(text, "en", asked) for text, asked in json.load(sys.stdin)]))
"""
# What is written of an order, and what had been asked for.
FORMS = (
    ("{number} {postcode} where is it", None),
    ("{postcode}, order {number}", None),
    ("it's {number}, {postcode}", "order_number"),
    ("{postcode}", "contact"),
)


@pytest.fixture(scope="module")
def written(demo_database: Any) -> list[tuple[str, str, str, str | None]]:
    """Order number, postcode, message and what was asked for, for every order and form."""
    from commerce.embedded.demo.shop import demo_orders

    orders = [(item.order.number, item.order.shipping_address.postcode or "") for item in demo_orders("demo")]
    return [(n, p, form.format(number=n, postcode=p), asked) for n, p in orders for form, asked in FORMS]


def test_every_postcode_of_the_shop_proves_its_order(
    shop: str, written: list[tuple[str, str, str, str | None]]
) -> None:
    texts = json.dumps([(text, asked) for _, _, text, asked in written])
    read = subprocess.run(
        [ASSISTANT_PYTHON, "-c", _READ], input=texts, capture_output=True, text=True, check=True, cwd=ROOT
    )
    not_proved = []
    for case, entities in zip(written, json.loads(read.stdout.splitlines()[-1]), strict=True):
        number, _, text, asked = case
        conversation = Conversation(id=f"{number} {text}").hears(text, "track_order" if asked is None else "inform")
        conversation.latest["entities"].extend(entities)
        if asked:
            conversation.form = "identity_form"
            known = {"order_number": number} if asked == "contact" else {}
            conversation.knows(need="track_order", requested_slot=asked, **known)
        slots = run(ActionRoute(), conversation).slots
        if not slots.get("proof") or slots["order_number"] != number or slots["more_orders"]:
            not_proved.append((text, asked, [(e["entity"], e["value"]) for e in entities]))
    assert len(written) > 800 and not_proved == []
