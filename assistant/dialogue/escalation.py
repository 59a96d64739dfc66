"""Escalation: some messages go to a person at once, in the middle of whatever was going on.

Rasa lets a running form win over every policy, whatever its priority, unless that policy's prediction is marked as one
that does not depend on the user's message. This one is marked so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData, confidence_scores_for
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.waiting import FURTHER

_THRESHOLDS = Path(__file__).with_name("escalation.yml")


@dataclass(frozen=True)
class Thresholds:
    """What `escalation.yml` says."""

    action: str
    anger: float
    unhappy_in_a_row: int
    intents: dict[str, float]
    risks: dict[str, bool]

    @classmethod
    def read(cls, path: Path = _THRESHOLDS) -> Thresholds:
        """Read the thresholds from their file."""
        return cls(**yaml.safe_load(path.read_text(encoding="utf-8")))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class EscalationPolicy(Policy):
    """Predicts the hand-over on risk words, anger, growing frustration, or an intent that asks for a person.

    Only right after a message, so that it hands over once and then lets the others go on. Whether a case is open
    already is the action's business.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # Above the rule policy (6): a tie must not be lost.
        return {"priority": 10}

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.ML_AND_RULE_DATA

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context)
        self.thresholds = Thresholds.read()

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Learn nothing: the thresholds are read when the assistant starts."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EscalationPolicy:
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predict the hand-over with certainty when the latest message calls for it, else nothing."""
        reason = self.reason(tracker)
        if reason is None or self.thresholds.action not in domain.action_names_or_texts:
            return self._prediction([0.0] * domain.num_actions)
        return self._prediction(
            confidence_scores_for(self.thresholds.action, 1.0, domain),
            is_no_user_prediction=True,
            action_metadata={"escalation": reason},
        )

    def reason(self, tracker: DialogueStateTracker) -> str | None:
        """Return why the latest message goes to a person, such as "risk: lawyer"; None when it does not."""
        message = tracker.latest_message
        if tracker.latest_action_name != ACTION_LISTEN_NAME or message is None or message.parse_data is None:
            return None
        parsed = message.parse_data
        named = [risk for risk in parsed.get("risk") or [] if self.thresholds.risks.get(risk)]
        if named:
            return f"risk: {', '.join(named)}"
        emotion = parsed.get("emotion") or {}
        if emotion.get("name") == "anger" and emotion.get("score", 0.0) >= self.thresholds.anger:
            return "anger"
        intent = parsed.get("intent") or {}
        if (intent.get("confidence") or 0.0) >= self.thresholds.intents.get(str(intent.get("name")), 2.0):
            return f"intent: {intent['name']}"
        return "unhappy for long" if self._unhappy_in_a_row(tracker) >= self.thresholds.unhappy_in_a_row else None

    def _unhappy_in_a_row(self, tracker: DialogueStateTracker) -> int:
        count = 0
        for event in reversed(tracker.events):
            if isinstance(event, ActionExecuted) and event.action_name == self.thresholds.action:
                break
            if isinstance(event, UserUttered) and not (event.parse_data or {}).get(FURTHER):
                if ((event.parse_data or {}).get("emotion") or {}).get("name") not in ("anger", "frustration"):
                    break
                count += 1
        return count
