"""The table of the demo shop's stories, as it stands in README.md (`python -m commerce.embedded.demo table`)."""

from __future__ import annotations

from commerce.embedded.demo.data import FOLDER
from commerce.embedded.demo.shop import demo_orders

_MARK = "<!-- made by: python -m commerce.embedded.demo table -->\n"
_HEAD = (
    "| order | situation | what is true of it | language | e-mail | phone | postcode | tracking |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def readme() -> str:
    """Return README.md with its table made anew; what stands above the mark is a person's."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    written, _, _ = text.partition(_MARK)
    return written + _MARK + "\n" + _HEAD + "".join(_rows())


def _rows() -> list[str]:
    rows = []
    for item in demo_orders("demo"):
        if not item.story.says:
            continue
        customer, address = item.order.customer, item.order.shipping_address
        numbers = "<br>".join(p.tracking_number or "" for p in item.parcels)
        cells = [
            f"#{item.order.number}",
            item.story.story,
            item.story.says,
            customer.language,
            customer.email,
            customer.phone,
            f"{address.postcode} ({address.country})",
            numbers,
        ]
        rows.append("| " + " | ".join(str(cell) for cell in cells) + " |\n")
    return rows
