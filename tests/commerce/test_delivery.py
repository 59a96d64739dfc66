"""What the tracking action will tell: every threshold of the handbook, one day before it and on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commerce.delivery import (
    Arrival,
    ClaimAssessment,
    ClaimVerdict,
    Condition,
    NextStep,
    ParcelAssessment,
    assess,
    assess_parcel,
    claim_assessment,
    will_arrive_by,
)
from commerce.handbook import Handbook
from commerce.money import Money
from commerce.order import FinancialStatus, Fulfilment, FulfilmentStatus, LineQuantity, Order, OrderLine
from commerce.parcel import (
    Checkpoint,
    CheckpointCode,
    CustomsFacts,
    CustomsState,
    DeliveryDetail,
    DeliveryPlace,
    DutiesPaidBy,
    Parcel,
    ParcelStatus,
    PickupPoint,
)

MakeOrder, MakeParcel = Callable[..., Order], Callable[..., Parcel]
Look = Callable[..., ParcelAssessment]
DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def look(a_parcel: MakeParcel, now: datetime, rules: Handbook) -> Look:
    """Assess a parcel made with these changes, now."""
    return lambda **changes: assess_parcel(a_parcel(**changes), now, rules)


def judged(assessed: ParcelAssessment) -> tuple[Condition, NextStep]:
    return assessed.condition, assessed.next_step


class TestOnItsWay:
    """In transit from Leipzig to Lyon; France: silent from 4 days on, lost from 14, looked into from 3 days late."""

    @pytest.mark.parametrize(
        ("expected", "silent", "condition", "step"),
        [
            (2, 1, Condition.on_time, NextStep.wait),
            (0, 1, Condition.on_time, NextStep.wait),
            (-1, 1, Condition.late, NextStep.wait),
            (-2, 1, Condition.late, NextStep.wait),
            (-3, 1, Condition.late, NextStep.open_case),
            (2, 3, Condition.on_time, NextStep.wait),
            (2, 4, Condition.not_updated, NextStep.wait),
            (-1, 5, Condition.late, NextStep.wait),
            (5, 13, Condition.not_updated, NextStep.wait),
            (5, 14, Condition.overdue_lost, NextStep.open_case),
            (None, 1, Condition.on_time, NextStep.wait),
            (None, 6, Condition.not_updated, NextStep.wait),
        ],
    )
    def test_days_late_and_days_silent(
        self, look: Look, expected: int | None, silent: int, condition: Condition, step: NextStep
    ) -> None:
        assert judged(look(scanned=silent * DAY, expected=expected)) == (condition, step)

    def test_it_says_how_late_how_silent_and_until_when_to_wait(self, look: Look) -> None:
        assessed = look(scanned=2 * DAY, expected=-2)
        assert (assessed.days_late, assessed.days_silent) == (2, 2)
        assert assessed.expected == date(2026, 11, 30)
        assert assessed.act_on == date(2026, 12, 3)

    def test_within_germany_it_counts_as_lost_sooner(self, look: Look) -> None:
        at_home = {"destination": "DE", "destination_zone": "Europe/Berlin"}
        assert look(scanned=7 * DAY, **at_home).condition is Condition.not_updated
        assert look(scanned=8 * DAY, **at_home).condition is Condition.overdue_lost

    def test_days_are_counted_where_the_shopper_is(self, a_parcel: MakeParcel, rules: Handbook) -> None:
        parcel = a_parcel(destination_zone="Asia/Tokyo", estimated_delivery=date(2026, 12, 2))
        # Still the second of December in Europe, already the third in Tokyo.
        assert assess_parcel(parcel, datetime(2026, 12, 2, 14, 59, tzinfo=UTC), rules).days_late == 0
        assert assess_parcel(parcel, datetime(2026, 12, 2, 15, 0, tzinfo=UTC), rules).days_late == 1

    def test_the_carrier_says_lost(self, look: Look) -> None:
        assert judged(look(status=ParcelStatus.lost)) == (Condition.overdue_lost, NextStep.open_case)


@pytest.mark.parametrize(
    ("expected", "silent", "act_on"),
    [
        (2, 5, date(2026, 12, 7)),  # three days after it is expected
        (None, 5, date(2026, 12, 11)),  # lost after 14 days
        (8, 5, date(2026, 12, 11)),
    ],
)
def test_a_silent_parcel_is_looked_for_as_soon_as_any_other(
    look: Look, expected: int | None, silent: int, act_on: date
) -> None:
    assessed = look(scanned=silent * DAY, expected=expected)
    assert (assessed.condition, assessed.act_on) == (Condition.not_updated, act_on)


@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        (0, (Condition.label_only, NextStep.wait)),
        (3, (Condition.label_only, NextStep.wait)),
        (4, (Condition.dispatch_late, NextStep.open_case)),
    ],
)
def test_a_label_without_a_parcel(look: Look, now: datetime, age: int, verdict: tuple[Condition, NextStep]) -> None:
    label = {"status": ParcelStatus.label_created, "checkpoints": (), "label_created_at": now - age * DAY}
    assert judged(look(**label)) == verdict


class TestCustoms:
    """From Bristol to Toronto; Canada: one to five working days are usual."""

    def in_canada(self, look: Look, now: datetime, days: int, state: CustomsState) -> ParcelAssessment:
        return look(
            scanned=days * DAY,
            status=ParcelStatus.in_customs,
            origin="GB",
            destination="CA",
            destination_zone="America/Toronto",
            customs=CustomsFacts(DutiesPaidBy.shopper, state, entered_at=now - days * DAY),
        )

    @pytest.mark.parametrize(
        ("days", "verdict"),
        [
            (0, (Condition.in_customs, NextStep.wait)),
            # Back from Wednesday, 2 December: five working days are 25 November, six the 24th.
            (7, (Condition.in_customs, NextStep.wait)),
            (8, (Condition.customs_overdue, NextStep.open_case)),
        ],
    )
    def test_working_days_in_customs(
        self, look: Look, now: datetime, days: int, verdict: tuple[Condition, NextStep]
    ) -> None:
        assessed = self.in_canada(look, now, days, CustomsState.clearing)
        assert judged(assessed) == verdict
        assert assessed.customs_days == (1, 5)

    @pytest.mark.parametrize(
        ("state", "step"),
        [(CustomsState.payment_due, NextStep.pay_duties), (CustomsState.documents_needed, NextStep.send_documents)],
    )
    def test_the_shopper_has_to_do_something_however_long_it_takes(
        self, look: Look, now: datetime, state: CustomsState, step: NextStep
    ) -> None:
        for days in (1, 12):
            assert judged(self.in_canada(look, now, days, state)) == (Condition.customs_action_needed, step)

    def test_no_customs_within_the_eu(self, look: Look) -> None:
        assert look().customs_days is None


class TestAtTheDoor:
    def test_out_for_delivery_today(self, look: Look) -> None:
        assessed = look(status=ParcelStatus.out_for_delivery, scanned=timedelta(hours=3), expected=0)
        assert judged(assessed) == (Condition.out_for_delivery, NextStep.be_there)

    def test_yesterdays_van_did_not_come(self, look: Look) -> None:
        assessed = look(status=ParcelStatus.out_for_delivery, scanned=DAY, expected=-1)
        assert judged(assessed) == (Condition.late, NextStep.wait)

    def test_nobody_home(self, look: Look) -> None:
        tried = look(status=ParcelStatus.delivery_failed, scanned=DAY)
        forgotten = look(status=ParcelStatus.delivery_failed, scanned=4 * DAY)
        assert judged(tried) == (Condition.delivery_failed, NextStep.arrange_redelivery)
        assert judged(forgotten) == (Condition.delivery_failed, NextStep.open_case)

    def test_waiting_at_a_pick_up_point(self, look: Look) -> None:
        until = date(2026, 12, 9)
        known = look(status=ParcelStatus.ready_for_pickup, pickup=PickupPoint("Relais", "Lyon", until))
        unknown = look(status=ParcelStatus.ready_for_pickup)
        assert judged(known) == (Condition.ready_for_pickup, NextStep.collect)
        assert known.act_on == until
        assert unknown.act_on == date(2026, 12, 16)  # France keeps parcels for 15 days

    @pytest.mark.parametrize(
        ("status", "verdict"),
        [
            (ParcelStatus.delivered, (Condition.delivered, NextStep.nothing)),
            (ParcelStatus.exception, (Condition.exception, NextStep.open_case)),
            (ParcelStatus.returned_to_sender, (Condition.returned, NextStep.open_case)),
        ],
    )
    def test_how_it_ends(self, look: Look, status: ParcelStatus, verdict: tuple[Condition, NextStep]) -> None:
        assert judged(look(status=status, scanned=9 * DAY, expected=-9)) == verdict

    def test_what_has_come_is_not_late_any_more(self, look: Look) -> None:
        assert look(status=ParcelStatus.delivered, scanned=9 * DAY, expected=-20).days_late == 0


class TestWholeOrder:
    def test_the_worst_news_comes_first(
        self, an_order: MakeOrder, a_parcel: MakeParcel, now: datetime, rules: Handbook
    ) -> None:
        fine, lost = a_parcel(id="1042-1"), a_parcel(id="1042-2", status=ParcelStatus.lost)
        assessment = assess(an_order(), (fine, lost), now, rules)
        assert assessment.headline is Condition.overdue_lost
        assert [p.condition for p in assessment.parcels] == [Condition.on_time, Condition.overdue_lost]
        assert assessment.needs_case

    @pytest.mark.parametrize(
        ("placed", "condition", "late"),
        # Two working days: placed on Monday, 30 November it has to leave by Wednesday.
        [("2026-11-30", Condition.preparing, 0), ("2026-11-27", Condition.dispatch_late, 1)],
    )
    def test_not_shipped_yet(
        self, an_order: MakeOrder, rules: Handbook, placed: str, condition: Condition, late: int
    ) -> None:
        now = datetime(2026, 12, 2, 11, 0, tzinfo=UTC)
        placed_at = datetime.fromisoformat(f"{placed}T10:00:00+00:00")
        assessment = assess(an_order(placed_at=placed_at, fulfilments=()), (), now, rules)
        assert assessment.headline is condition
        assert assessment.unshipped is not None
        assert assessment.unshipped.days_late == late
        assert [(line.title, n) for line, n in assessment.unshipped.lines] == [("Mug", 1), ("Lamp", 2)]
        assert assessment.needs_case is bool(late)

    def test_a_line_with_a_label_is_told_once(
        self, an_order: MakeOrder, a_parcel: MakeParcel, now: datetime, rules: Handbook
    ) -> None:
        labelled = Fulfilment("F1", FulfilmentStatus.packed, (LineQuantity("1", 1),), parcel_ids=("1042-1",))
        label = a_parcel(status=ParcelStatus.label_created, checkpoints=(), label_created_at=now)
        assessment = assess(an_order(placed_at=now, fulfilments=(labelled,)), (label,), now, rules)
        assert assessment.unshipped is not None
        assert [(line.title, n) for line, n in assessment.unshipped.lines] == [("Lamp", 2)]

    @pytest.mark.parametrize(
        ("changes", "headline"),
        [
            ({"cancelled_at": datetime(2026, 12, 1, tzinfo=UTC), "fulfilments": ()}, Condition.cancelled),
            ({"financial_status": FinancialStatus.pending, "fulfilments": ()}, Condition.awaiting_payment),
            (
                {
                    "lines": (OrderLine("1", "Gift Card", 1, Money.of("5", "EUR"), requires_shipping=False),),
                    "fulfilments": (),
                },
                Condition.nothing_to_ship,
            ),
            (
                {
                    "fulfilments": (
                        Fulfilment("F1", FulfilmentStatus.shipped, (LineQuantity("1", 1), LineQuantity("2", 2))),
                    )
                },
                Condition.shipped_untracked,
            ),
        ],
    )
    def test_orders_without_parcels(
        self, an_order: MakeOrder, now: datetime, rules: Handbook, changes: dict[str, Any], headline: Condition
    ) -> None:
        assessment = assess(an_order(**changes), (), now, rules)
        assert assessment.headline is headline
        assert not assessment.needs_case


@given(
    status=st.sampled_from(ParcelStatus),
    silent=st.integers(0, 60),
    expected=st.integers(-40, 40) | st.none(),
    route=st.sampled_from([("DE", "FR"), ("GB", "CN"), ("GB", "GB"), ("GB", "BR"), ("US", "US")]),
)
def test_every_parcel_gets_a_condition_that_is_true_of_it(
    look: Look, status: ParcelStatus, silent: int, expected: int | None, route: tuple[str, str]
) -> None:
    origin, destination = route
    where = {"origin": origin, "destination": destination}
    assessed = look(status=status, scanned=silent * DAY, expected=expected, **where)
    assert assessed.days_silent == silent
    if assessed.condition is Condition.late:
        assert assessed.days_late > 0
    if assessed.condition is Condition.on_time:
        assert assessed.days_late == 0
    if assessed.next_step is NextStep.wait:
        assert assessed.act_on is not None
        assert assessed.act_on > date(2026, 12, 2)


@pytest.fixture(scope="session")
def delivered(a_parcel: MakeParcel, now: datetime) -> MakeParcel:
    """Make a parcel that was delivered so many hours ago."""

    def make(
        hours: float, *, place: DeliveryPlace = DeliveryPlace.mailbox, photo: bool = False, **changes: Any
    ) -> Parcel:
        detail = DeliveryDetail(now - timedelta(hours=hours), "Europe/Paris", place, photo=photo)
        return a_parcel(status=ParcelStatus.delivered, delivery=detail, **changes)

    return make


@pytest.fixture(scope="session")
def claim(delivered: MakeParcel, now: datetime, rules: Handbook) -> Callable[..., ClaimAssessment]:
    """Assess a claim now, for a parcel that was delivered so many hours ago."""
    return lambda hours, **changes: claim_assessment(delivered(hours, **changes), now, rules)


Claim = Callable[..., ClaimAssessment]


class TestClaim:
    """Delivered, but not received: 24 hours in the EU, 48 in the United States."""

    @pytest.mark.parametrize(
        ("country", "hours", "verdict"),
        [
            ("FR", 23.9, ClaimVerdict.wait_until),
            ("FR", 24, ClaimVerdict.eligible),
            ("SE", 24, ClaimVerdict.eligible),
            ("US", 24, ClaimVerdict.wait_until),
            ("US", 47.9, ClaimVerdict.wait_until),
            ("US", 48, ClaimVerdict.eligible),
            ("US", 30 * 24, ClaimVerdict.eligible),
            ("US", 30 * 24 + 0.1, ClaimVerdict.too_late),
            ("FR", 60 * 24, ClaimVerdict.eligible),
        ],
    )
    def test_the_wait_rule(self, claim: Claim, country: str, hours: float, verdict: ClaimVerdict) -> None:
        assert claim(hours, destination=country).verdict is verdict

    def test_it_says_until_when(self, claim: Claim, now: datetime) -> None:
        assert claim(10).until == now + timedelta(hours=14)
        assert claim(10).delivered_at == now - timedelta(hours=10)

    def test_a_parcel_on_its_way_cannot_be_claimed(self, a_parcel: MakeParcel, now: datetime, rules: Handbook) -> None:
        assert claim_assessment(a_parcel(), now, rules).verdict is ClaimVerdict.not_delivered_yet

    def test_the_scan_counts_where_the_carrier_gives_no_details(
        self, a_parcel: MakeParcel, now: datetime, rules: Handbook
    ) -> None:
        scan = Checkpoint(now - timedelta(hours=25), "Europe/Paris", CheckpointCode.delivered, "Delivered")
        parcel = a_parcel(status=ParcelStatus.delivered, checkpoints=(scan,))
        assert claim_assessment(parcel, now, rules).verdict is ClaimVerdict.eligible

    @pytest.mark.parametrize(
        ("place", "first"),
        [
            (DeliveryPlace.neighbour, "neighbours"),
            (DeliveryPlace.safe_place, "safe_place"),
            (DeliveryPlace.reception, "reception"),
            (DeliveryPlace.unknown, "address"),
        ],
    )
    def test_the_place_the_carrier_named_is_checked_first(self, claim: Claim, place: DeliveryPlace, first: str) -> None:
        checks = claim(30, place=place).checks
        assert checks[0] == first
        assert len(checks) == len(set(checks)) == 6

    def test_a_photo_is_looked_at_only_where_there_is_one(self, claim: Claim) -> None:
        assert "photo" in claim(30, photo=True).checks
        assert "photo" not in claim(30).checks


@pytest.fixture(scope="session")
def by_day(now: datetime, rules: Handbook) -> Callable[..., Arrival]:
    """Tell whether an order with its parcels is there by a day, as things are now."""
    return lambda order, parcels, day: will_arrive_by(assess(order, parcels, now, rules), day, now)


@pytest.fixture(scope="session")
def arrives(
    an_order: MakeOrder, a_parcel: MakeParcel, now: datetime, by_day: Callable[..., Arrival]
) -> Callable[..., Arrival]:
    """Tell whether an order of one parcel, made with these changes, arrives within so many days."""
    return lambda days, **changes: by_day(an_order(), (a_parcel(**changes),), now.date() + days * DAY)


class TestWillArriveBy:
    @pytest.mark.parametrize(
        ("expected", "day", "answer"),
        [
            (2, 1, Arrival.likely_not),
            (2, 2, Arrival.yes),
            (2, 20, Arrival.yes),
            (None, 20, Arrival.unknown),
            (-1, 20, Arrival.unknown),
            (2, -1, Arrival.no),
            (-3, -1, Arrival.no),
        ],
    )
    def test_one_parcel_against_its_estimate(
        self, arrives: Callable[..., Arrival], expected: int | None, day: int, answer: Arrival
    ) -> None:
        assert arrives(day, expected=expected) is answer

    @pytest.mark.parametrize(
        ("changes", "answer"),
        [
            ({"status": ParcelStatus.lost}, Arrival.no),
            ({"status": ParcelStatus.returned_to_sender}, Arrival.no),
            ({"status": ParcelStatus.exception}, Arrival.unknown),
            ({"status": ParcelStatus.ready_for_pickup, "expected": -2}, Arrival.yes),
            ({"customs": CustomsFacts(DutiesPaidBy.shopper, CustomsState.payment_due)}, Arrival.unknown),
            ({"customs": CustomsFacts(DutiesPaidBy.shop, CustomsState.clearing)}, Arrival.yes),
        ],
    )
    def test_what_the_estimate_cannot_know(
        self, arrives: Callable[..., Arrival], changes: dict[str, Any], answer: Arrival
    ) -> None:
        assert arrives(7, **changes) is answer

    def test_delivered_before_or_after_the_day(
        self, an_order: MakeOrder, a_parcel: MakeParcel, by_day: Callable[..., Arrival]
    ) -> None:
        # Half past eleven in the evening of 30 November in Paris.
        detail = DeliveryDetail(datetime(2026, 11, 30, 22, 30, tzinfo=UTC), "Europe/Paris", DeliveryPlace.recipient)
        parcel = a_parcel(status=ParcelStatus.delivered, delivery=detail)
        assert by_day(an_order(), (parcel,), date(2026, 11, 30)) is Arrival.yes
        assert by_day(an_order(), (parcel,), date(2026, 11, 29)) is Arrival.no

    def test_the_slowest_part_decides(
        self, an_order: MakeOrder, a_parcel: MakeParcel, now: datetime, by_day: Callable[..., Arrival]
    ) -> None:
        soon, later = a_parcel(expected=1), a_parcel(id="1042-2", expected=9)
        assert by_day(an_order(), (soon, later), now.date() + 5 * DAY) is Arrival.likely_not
        waiting = an_order(
            placed_at=now,
            fulfilments=(Fulfilment("F1", FulfilmentStatus.shipped, (LineQuantity("1", 1),), parcel_ids=("1042-1",)),),
            promised_delivery=now.date() + 9 * DAY,
        )
        assert by_day(waiting, (soon,), now.date() + 5 * DAY) is Arrival.likely_not
        assert by_day(waiting, (soon,), now.date() + 9 * DAY) is Arrival.yes

    @pytest.mark.parametrize(
        ("method", "promised", "expected"),
        [
            # Placed on Wednesday, it leaves by Friday, 4 December; to France it takes 3 working days, 1 by express.
            ("DHL (standard)", date(2026, 12, 4), date(2026, 12, 9)),
            ("UPS (express)", date(2026, 12, 4), date(2026, 12, 7)),
            (None, date(2026, 12, 4), date(2026, 12, 7)),
            ("DHL (standard)", date(2026, 12, 11), date(2026, 12, 11)),
            ("DHL (standard)", None, None),
        ],
    )
    def test_nothing_arrives_sooner_than_it_can_after_leaving(  # noqa: PLR0917
        self,
        an_order: MakeOrder,
        now: datetime,
        rules: Handbook,
        method: str | None,
        promised: date | None,
        expected: date | None,
    ) -> None:
        order = an_order(placed_at=now, fulfilments=(), shipping_method=method, promised_delivery=promised)
        unshipped = assess(order, (), now, rules).unshipped
        assert unshipped and (unshipped.ship_by, unshipped.expected) == (date(2026, 12, 4), expected)

    def test_nobody_knows_when_it_arrives_while_nobody_knows_when_it_leaves(
        self, an_order: MakeOrder, now: datetime, by_day: Callable[..., Arrival]
    ) -> None:
        promised = now.date() + 5 * DAY
        forgotten = an_order(placed_at=now - 8 * DAY, fulfilments=(), promised_delivery=promised)
        unpaid = an_order(financial_status=FinancialStatus.pending, fulfilments=(), promised_delivery=promised)
        for order in (forgotten, unpaid):
            assert by_day(order, (), now.date() + 20 * DAY) is Arrival.unknown

    def test_a_cancelled_order_never_arrives(
        self, an_order: MakeOrder, now: datetime, by_day: Callable[..., Arrival]
    ) -> None:
        cancelled = an_order(cancelled_at=now, fulfilments=())
        assert by_day(cancelled, (), now.date() + 30 * DAY) is Arrival.no
