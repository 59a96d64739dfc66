"""The escalation policy: when it speaks, over a form too, and when it keeps quiet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction, confidence_scores_for
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.dialogue.escalation import EscalationPolicy, Thresholds
from assistant.nlu.risk import RISKS

Said = Callable[..., UserUttered]
Conversation = Callable[..., DialogueStateTracker]
LISTEN = "action_listen"
ANGER = {"name": "anger", "score": 0.95}
FRUSTRATION = {"name": "frustration", "score": 0.5}


@pytest.fixture
def policy(tmp_path: Path) -> EscalationPolicy:
    storage, resource, context = LocalModelStorage(tmp_path), Resource("escalation"), ExecutionContext(GraphSchema({}))
    config = EscalationPolicy.get_default_config()
    trained = EscalationPolicy.create(config, storage, resource, context).train([], Domain.empty())
    return EscalationPolicy.load(config, storage, trained, context)


def predicted(policy: EscalationPolicy, tracker: DialogueStateTracker, domain: Domain) -> str | None:
    prediction = policy.predict_action_probabilities(tracker, domain)
    if prediction.max_confidence == 0.0:
        return None
    return domain.action_names_or_texts[prediction.max_confidence_index]


@pytest.mark.parametrize(
    "parsed",
    [
        *({"risk": [risk]} for risk in RISKS),
        {"emotion": ANGER},
        {"intent": {"name": "human_agent", "confidence": 0.9}},
        {"intent": {"name": "chargeback_threat", "confidence": 0.7}},
        {"intent": {"name": "counterfeit_claim", "confidence": 0.7}},
    ],
)
def test_it_hands_over(
    policy: EscalationPolicy, conversation: Conversation, said: Said, domain: Domain, parsed: dict[str, Any]
) -> None:
    tracker = conversation(ActionExecuted(LISTEN), said("…", **parsed))
    assert predicted(policy, tracker, domain) == "action_hand_over"


@pytest.mark.parametrize(
    "parsed",
    [
        {},
        {"risk": [], "emotion": {"name": "calm", "score": 0.9}},
        {"emotion": {"name": "anger", "score": 0.55}},
        {"emotion": FRUSTRATION},
        {"intent": {"name": "human_agent", "confidence": 0.4}},
        {"intent": {"name": "track_order", "confidence": 1.0}},
        {"risk": ["weather"]},
    ],
)
def test_it_keeps_quiet(
    policy: EscalationPolicy, conversation: Conversation, said: Said, domain: Domain, parsed: dict[str, Any]
) -> None:
    assert predicted(policy, conversation(ActionExecuted(LISTEN), said("…", **parsed)), domain) is None


def test_it_speaks_once_a_turn(
    policy: EscalationPolicy, conversation: Conversation, said: Said, domain: Domain
) -> None:
    after = conversation(ActionExecuted(LISTEN), said("…", emotion=ANGER), ActionExecuted("action_hand_over"))
    assert predicted(policy, after, domain) is None
    assert predicted(policy, conversation(), domain) is None


def test_it_wins_over_a_running_form(
    policy: EscalationPolicy, conversation: Conversation, said: Said, domain: Domain
) -> None:
    tracker = conversation(ActionExecuted(LISTEN), said("…", risk=["lawyer"]))
    form = PolicyPrediction(
        confidence_scores_for("action_track", 1.0, domain), "RulePolicy", policy_priority=6, is_no_user_prediction=True
    )
    ours = policy.predict_action_probabilities(tracker, domain)
    for predictions in ([ours, form], [form, ours]):
        winner = DefaultPolicyPredictionEnsemble().combine_predictions(predictions, tracker, domain)
        assert domain.action_names_or_texts[winner.max_confidence_index] == "action_hand_over"
        assert winner.action_metadata == {"escalation": "risk: lawyer"}


def test_when_quiet_it_leaves_the_form_alone(
    policy: EscalationPolicy, conversation: Conversation, said: Said, domain: Domain
) -> None:
    tracker = conversation(ActionExecuted(LISTEN), said("1042"))
    form = PolicyPrediction(
        confidence_scores_for("action_track", 1.0, domain), "RulePolicy", 6, is_no_user_prediction=True
    )
    ours = policy.predict_action_probabilities(tracker, domain)
    winner = DefaultPolicyPredictionEnsemble().combine_predictions([ours, form], tracker, domain)
    assert winner.policy_name == "RulePolicy"


def test_frustration_that_goes_on_is_handed_over_and_then_counted_anew(
    policy: EscalationPolicy, conversation: Conversation, said: Said, domain: Domain
) -> None:
    listen, unhappy = ActionExecuted(LISTEN), said("…", emotion=FRUSTRATION)
    twice = [listen, unhappy, listen, unhappy]
    assert predicted(policy, conversation(*twice), domain) is None
    assert predicted(policy, conversation(*twice, listen, unhappy), domain) == "action_hand_over"
    handed_over = [*twice, listen, unhappy, ActionExecuted("action_hand_over"), listen, unhappy]
    assert predicted(policy, conversation(*handed_over), domain) is None
    calm_between = [*twice, listen, said("ok", emotion={"name": "calm", "score": 1.0}), listen, unhappy]
    assert predicted(policy, conversation(*calm_between), domain) is None


def test_the_file_names_only_risks_and_intents_that_exist() -> None:
    thresholds = Thresholds.read()
    assert set(thresholds.risks) == set(RISKS)
    domain = Domain.from_path("domain.yml")
    assert set(thresholds.intents) <= set(domain.intents)
    assert thresholds.action in domain.action_names_or_texts
