"""What `make data-check` says of a slip in the training data."""

from __future__ import annotations

from ops.data_check import _warnings

OUTPUT = """\
2026-11-26 18:00:00 INFO     rasa.validator  - Validating intents...
/lib/rasa/shared/utils/io.py:99: UserWarning: Issue found in 'data/stories/orders.yml':\x20
Found intent 'track_ordr' in stories which is not in the domain.
  More info at https://rasa.com/docs/rasa/stories
/lib/rasa/shared/utils/io.py:99: UserWarning: The intent 'x' is not used in any story or rule.
  rasa.shared.utils.io.raise_warning(
/lib/jax/util.py:52: DeprecationWarning: jax.xla_computation is deprecated.
2026-11-26 18:00:09 INFO     rasa.validator  - Story structure validation...
"""


def test_a_warning_is_told_whole_and_without_the_place_in_rasa() -> None:
    assert _warnings(OUTPUT.splitlines()) == [
        "Issue found in 'data/stories/orders.yml': Found intent 'track_ordr' in stories which is not in the domain.",
        "The intent 'x' is not used in any story or rule.",
    ]
