"""The demo shop's generated orders: the same ones every time, drawn with a fixed seed by the rules of bulk.yml.

They are written as stories, like the ones a person wrote, so that both become orders in one way.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from commerce.embedded.demo.data import (
    CancelledData,
    CountryData,
    CustomerData,
    DeliveryData,
    DemoData,
    LineData,
    MethodData,
    PackedData,
    ParcelData,
    PaymentData,
    PickupData,
    RefundData,
    Story,
)
from commerce.handbook import Handbook
from commerce.parcel import CheckpointCode, DeliveryPlace, ParcelStatus
from commerce.product import Product

_MAIL_HOSTS = ("example.com", "example.org", "example.net")
_GIFT_CARD = Decimal(20)  # pounds
Scan = tuple[str, str, CheckpointCode]


@dataclass(frozen=True, slots=True)
class _Step:
    """A scan to come: days after the label, a time of the day, where and what."""

    day: int
    time: str
    place: str
    code: CheckpointCode


class Bulk:
    """Draws the generated orders and the customers who placed them."""

    def __init__(self, data: DemoData, products: tuple[Product, ...], handbook: Handbook) -> None:
        self._data, self._handbook = data, handbook
        # A fixed seed, not a secret: the same shop every time.
        self._draw = random.Random(data.bulk.seed)  # noqa: S311
        self._skus = [v.sku for p in products for v in p.variants if v.requires_shipping]
        self._made: dict[str, int] = {}
        self.customers: dict[str, CustomerData] = {}

    def stories(self) -> tuple[Story, ...]:
        """Return the generated orders; `customers` holds who placed them afterwards."""
        states = [state for state, count in self._data.bulk.states.items() for _ in range(count)]
        self._draw.shuffle(states)
        first = self._data.bulk.first
        return tuple(self._story(str(first + i), state) for i, state in enumerate(states))

    def _story(self, number: str, state: str) -> Story:
        codes = [code for code in self._data.countries if state != "in_customs" or self._data.countries[code].customs]
        weights = [self._data.bulk.countries[code] for code in codes]
        key, person = self._person(self._draw.choices(codes, weights)[0])
        country = self._data.countries[person.country]
        make: Callable[[CountryData, CustomerData, str], dict[str, object]] = getattr(self, f"_{state}")
        lines = self._lines(at_least=2 if state in {"split", "refunded_in_part"} else 1)
        if state in {"split", "cancelled"}:
            lines = lines[: 2 if state == "split" else 1]
        return Story(
            number=number,
            story=state.replace("_", " "),
            customer=key,
            lines=lines,
            pay=self._pay(country),
            **make(country, person, _town(person, country)),  # type: ignore[arg-type]
        )

    def _person(self, code: str) -> tuple[str, CustomerData]:
        known = [key for key, person in self.customers.items() if person.country == code]
        country = self._data.countries[code]
        made = self._made.get(code, 0)
        if known and (self._draw.random() < self._data.bulk.returning or made >= len(country.names) * 3):
            key = self._draw.choice(known)
            return key, self.customers[key]
        self._made[code] = made + 1
        name = country.names[made % len(country.names)]
        place, region, postcode, street = country.towns[made % len(country.towns)]
        key = f"{code.lower()}-{made + 1}"
        person = CustomerData(
            name=name,
            email=f"{_mailbox(name) or key}.{made + 1}@{_MAIL_HOSTS[made % len(_MAIL_HOSTS)]}",
            phone=country.phone.format(n=country.phone_from + made),
            language=country.language,
            line1=street,
            city=place.split(",")[0],
            region=region,
            postcode=postcode,
            country=code,
            zone=self._data.places[place][1],
            methods=(MethodData(kind="card", label="Visa", last4="4242", expires="2028-12"),),
        )
        self.customers[key] = person
        return key, person

    def _lines(self, at_least: int) -> tuple[LineData, ...]:
        count = max(at_least, self._draw.choices((1, 2, 3), (6, 3, 1))[0])
        skus = self._draw.sample(self._skus, count)
        return tuple(LineData(sku=sku, quantity=self._draw.choices((1, 2), (9, 1))[0]) for sku in skus)

    def _pay(self, country: CountryData) -> tuple[PaymentData, ...]:
        weights = self._data.bulk.payments
        kind = self._draw.choices(list(weights), list(weights.values()))[0]
        label, last4 = self._draw.choice(self._data.bulk.cards)
        card = PaymentData(card=label, last4=last4)
        if kind == "gift_card":
            code = "".join(self._draw.choices("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=4))
            return (PaymentData(gift_card=code, amount=_GIFT_CARD * self._data.currencies[country.currency].rate), card)
        return (PaymentData(paypal=True),) if kind == "paypal" else (card,)

    # What each state looks like: everything of a story but its number, customer, lines and payment.

    def _delivered(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        places = (DeliveryPlace.recipient, DeliveryPlace.household, DeliveryPlace.mailbox, DeliveryPlace.reception)
        return self._arrived(country, town, -self._draw.randint(1, 25), self._draw.choice(places))

    def _delivered_neighbour(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        return self._arrived(country, town, -self._draw.randint(1, 5), DeliveryPlace.neighbour, "next door")

    def _delivered_not_received(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        return self._arrived(country, town, -self._draw.randint(3, 6), DeliveryPlace.safe_place, "front door")

    def _in_transit(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        start = -self._draw.randint(1, max(1, country.days - 1))
        scans = _until_yesterday(self._way(country, town), start)
        in_customs = scans[-1][2] is CheckpointCode.customs_started
        status = ParcelStatus.in_customs if in_customs else ParcelStatus.in_transit
        return self._sent(country, start, scans, status, estimate=start + country.days + 1)

    def _in_customs(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        way = self._way(country, town)
        entered = next(i for i, step in enumerate(way) if step.code is CheckpointCode.customs_started)
        start = -1 - way[entered].day
        scans = _scans(way[: entered + 1], start)
        return self._sent(country, start, scans, ParcelStatus.in_customs, estimate=start + country.days + 2)

    def _out_for_delivery(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        start = -country.days
        scans = _scans(self._way(country, town)[:-1], start)
        return self._sent(country, start, scans, ParcelStatus.out_for_delivery, estimate=0)

    def _late(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        late = self._draw.randint(1, 6)
        start = -country.days - late
        way = self._to_last_hub(country, town)
        scans = [*_scans(way, start), ("-1d 10:20", way[-1].place, CheckpointCode.delayed)]
        return self._sent(country, start, scans, ParcelStatus.in_transit, estimate=-late)

    def _not_updated(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        way = self._to_last_hub(country, town)
        silent = self._handbook.delivery_for(person.country).not_updated_after_days + 1
        start = -silent - way[-1].day
        return self._sent(country, start, _scans(way, start), ParcelStatus.in_transit, estimate=2)

    def _lost(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        way = self._to_last_hub(country, town)
        rule = self._handbook.delivery_for(person.country)
        silent = max(rule.lost_after_days_domestic, rule.lost_after_days_international) + self._draw.randint(1, 4)
        start = -silent - way[-1].day
        return self._sent(country, start, _scans(way, start), ParcelStatus.in_transit, estimate=start + country.days)

    def _ready_for_pickup(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        since = self._draw.randint(1, 3)
        start = -country.days - since
        scans = _scans(self._way(country, town)[:-2], start)
        scans.append((f"-{since}d 11:30", town, CheckpointCode.ready_for_pickup))
        pickup = PickupData(name="Parcel shop", address=f"{person.city}, {person.postcode}", until="+5d")
        return self._sent(country, start, scans, ParcelStatus.ready_for_pickup, estimate=-since, pickup=pickup)

    def _delivery_failed(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        start = -country.days - 1
        scans = _scans(self._way(country, town)[:-1], start)
        scans.append(("-1d 16:10", town, CheckpointCode.delivery_attempted))
        return self._sent(country, start, scans, ParcelStatus.delivery_failed, estimate=-1)

    def _exception(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        start = -country.days - 1
        scans = _scans(self._way(country, town)[:-2], start)
        code = self._draw.choice((CheckpointCode.damaged, CheckpointCode.address_problem, CheckpointCode.refused))
        scans.append(("-1d 09:40", town, code))
        return self._sent(country, start, scans, ParcelStatus.exception, estimate=-1)

    def _returned(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        start = -country.days - 14
        scans = _scans(self._way(country, town)[:-1], start)
        scans.append(("-14d 16:10", town, CheckpointCode.delivery_attempted))
        scans.append(("-6d 09:00", town, CheckpointCode.return_started))
        home = self._data.warehouses[country.warehouse].place
        scans.append(("-1d 11:00", home, CheckpointCode.returned))
        return self._sent(country, start, scans, ParcelStatus.returned_to_sender, estimate=-14)

    def _split(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        first = self._arrived(country, town, -1, DeliveryPlace.recipient)
        start = -1
        scans = _until_yesterday(self._way(country, town), start)
        second = self._sent(country, start, scans, ParcelStatus.in_transit, estimate=country.days)
        parcels: list[ParcelData] = []
        for lines, part in (((1,), first), ((2,), second)):
            parcel = part["parcels"][0]  # type: ignore[index]
            parcels.append(parcel.model_copy(update={"lines": lines}))
        return {**first, "parcels": tuple(parcels), "promised": second["promised"]}

    def _paid(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        return {"placed": f"-{self._draw.randint(2, 20)}h"}

    def _packed(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        packed = PackedData(when="0d 08:30", warehouse=country.warehouse)
        return {"placed": "-1d 10:05", "packed": packed}

    def _awaiting_payment(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        return {"placed": "-1d 12:40", "paid": False}

    def _cancelled(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        day = self._draw.randint(2, 12)
        return {
            "placed": f"-{day}d 09:15",
            "promised": _days(country.days - day),
            "cancelled": CancelledData(when=f"-{day}d 14:20", reason="customer"),
            "refunds": (RefundData(lines=(1,), shipping=True, when=f"-{day}d 14:21", reason="cancelled"),),
        }

    def _refunded_in_part(self, country: CountryData, person: CustomerData, town: str) -> dict[str, object]:
        order = self._arrived(country, town, -self._draw.randint(14, 25), DeliveryPlace.recipient)
        return {**order, "refunds": (RefundData(lines=(1,), when="-3d 10:30", reason="returned"),)}

    def _arrived(
        self, country: CountryData, town: str, day: int, place: DeliveryPlace, note: str | None = None
    ) -> dict[str, object]:
        start = day - country.days
        scans = _scans(self._way(country, town), start)
        delivery = DeliveryData(place=place, note=note)
        return self._sent(country, start, scans, ParcelStatus.delivered, estimate=day, delivery=delivery)

    def _sent(  # noqa: PLR0913
        self,
        country: CountryData,
        start: int,
        scans: list[Scan],
        status: ParcelStatus,
        *,
        estimate: int,
        delivery: DeliveryData | None = None,
        pickup: PickupData | None = None,
    ) -> dict[str, object]:
        parcel = ParcelData(
            carrier=country.carrier,
            warehouse=country.warehouse,
            status=status,
            estimate=_days(estimate),
            scans=tuple(scans),
            delivery=delivery,
            pickup=pickup,
        )
        return {"placed": f"{start - 1}d 13:15", "promised": _days(estimate), "parcels": (parcel,)}

    def _way(self, country: CountryData, town: str) -> list[_Step]:
        """All scans from the label to the door, over the days that the way takes."""
        draw, last = self._draw, country.days
        home = self._data.warehouses[country.warehouse].place
        steps = [
            _Step(0, f"09:{draw.randint(0, 59):02d}", home, CheckpointCode.label_created),
            _Step(0, f"17:{draw.randint(0, 59):02d}", country.via[0], CheckpointCode.handed_over),
        ]
        for i, place in enumerate(country.via[1:], start=1):
            day = max(1, last * i // (len(country.via) + 1))
            steps.append(_Step(day, f"06:{draw.randint(0, 59):02d}", place, CheckpointCode.arrived))
            if place == country.customs:
                steps.append(_Step(day, f"10:{draw.randint(0, 59):02d}", place, CheckpointCode.customs_started))
                steps.append(_Step(day + 1, f"15:{draw.randint(0, 59):02d}", place, CheckpointCode.customs_cleared))
        steps.append(_Step(last, f"08:{draw.randint(0, 59):02d}", town, CheckpointCode.out_for_delivery))
        steps.append(_Step(last, f"1{draw.randint(1, 6)}:{draw.randint(0, 59):02d}", town, CheckpointCode.delivered))
        return steps

    def _to_last_hub(self, country: CountryData, town: str) -> list[_Step]:
        return self._way(country, town)[:-2]


def _town(person: CustomerData, country: CountryData) -> str:
    return next(town[0] for town in country.towns if town[0].split(",")[0] == person.city)


def _scans(steps: list[_Step], start: int) -> list[Scan]:
    return [(f"{_days(start + step.day)} {step.time}", step.place, step.code) for step in steps]


def _until_yesterday(steps: list[_Step], start: int) -> list[Scan]:
    """Scans up to yesterday, and never as far as the door."""
    doors = {CheckpointCode.out_for_delivery, CheckpointCode.delivered}
    return _scans([s for s in steps if start + s.day < 0 and s.code not in doors], start)


def _days(count: int) -> str:
    return f"{count:+d}d"


def _mailbox(name: str) -> str:
    """ "Álvaro Quintanar" → "alvaro.quintanar"; names in other scripts have no such form."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join(plain.replace("-", " ").split())
