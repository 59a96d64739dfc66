"""The figures: percentiles of what was measured, and the other way's time as a multiple of ours."""

from __future__ import annotations

import pytest

from bench.figures import Row, percentile, table


@pytest.mark.parametrize(("share", "value"), [(0, 1), (0.5, 51), (0.95, 96), (1, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile(range(100, 0, -1), share) == value


def test_nothing_measured_has_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_the_table_sets_both_ways_side_by_side() -> None:
    lines = table("ours", "other", [Row("burst", [0.1] * 20, [0.25] * 20)]).splitlines()
    assert lines[0].split() == ["ours", "other", "ratio"]
    assert lines[1].split() == ["burst", "(n=20)", "p50", "100", "ms", "250", "ms", "2.5x"]
