"""The further needs of a message: what waits, until when, and that each is answered once, whatever breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from assistant import waiting
from assistant.channel import Handback, _handback_events, _handle_once
from assistant.dialogue.escalation import EscalationPolicy

Said = Callable[..., UserUttered]
Conversation = Callable[..., DialogueStateTracker]

DOMAIN = """
version: "3.1"
intents: [cancel_order, track_order, stock, affirm, stop]
slots:
  language: {type: text, mappings: [{type: custom}]}
  waiting_needs: {type: any, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_answer, action_hand_over]
"""
LISTEN = "action_listen"
TEXT = "cancel the lamp, and where is the rest? ; is the blue one in stock"
CANCEL, TRACK, STOCK = "cancel the lamp", "and where is the rest?", "is the blue one in stock"
# With the signs around them, as the clauses are cut.
CUT = {"cancel_order": "cancel the lamp,", "track_order": " and where is the rest? ;", "stock": f" {STOCK}"}
CANCELS = {"name": "cancel_order", "confidence": 0.9}
YES_OR_NO = [{"title": "Yes", "payload": "/affirm"}, {"title": "No", "payload": "/deny"}]


@lru_cache(maxsize=1)
def domain_with_needs() -> Domain:
    """Return a domain in which needs can wait."""
    return Domain.from_yaml(DOMAIN)


@pytest.fixture
def domain() -> Domain:
    """The domain of the conversations here."""
    return domain_with_needs()


def parts(*intents: str, **sure: float) -> list[dict[str, Any]]:
    """Return needs as NeedReader tells them of TEXT; how sure each is can be given: parts("stock", stock=0.5)."""
    return [
        {
            "intent": intent,
            "confidence": sure.get(intent, 0.9),
            "start": TEXT.index(CUT[intent]),
            "end": TEXT.index(CUT[intent]) + len(CUT[intent]),
        }
        for intent in intents
    ]


def need(number: int = 2, intent: str = "track_order", text: str = TRACK, of: str = "m-1") -> waiting.Need:
    """Return a need that waits."""
    return {"id": f"{of}:{number}", "text": text, "intent": intent, "confidence": 0.9, "metadata": {"shop": "demo"}}


def asks(text: str, **data: Any) -> BotUttered:
    """Return a reply."""
    return BotUttered(text, data=data)


def noted_ids(events: Sequence[Event]) -> list[str] | None:
    """Return the ids that wait after these events; None where nothing is noted."""
    slots = [event for event in events if isinstance(event, SlotSet)]
    assert len(slots) == len(events) <= 1
    return [found["id"] for found in slots[0].value or []] if slots else None


def test_the_second_need_waits_in_the_shoppers_words(said: Said, conversation: Conversation) -> None:
    message = said(TEXT, needs=parts("cancel_order", "track_order"), intent=CANCELS)
    (event,) = waiting.noted(conversation(message), "m-1", [message])
    assert isinstance(event, SlotSet) and event.key == waiting.SLOT
    assert event.value == [
        {
            "id": "m-1:2",
            "text": TRACK,
            "intent": "track_order",
            "confidence": 0.9,
            "metadata": {"shop": "demo", "locale": None},
        }
    ]


def test_of_three_needs_two_wait_in_their_order(said: Said, conversation: Conversation) -> None:
    message = said(TEXT, "a:b", needs=parts("cancel_order", "track_order", "stock"), intent=CANCELS)
    (event,) = waiting.noted(conversation(message), "a:b", [message])
    assert isinstance(event, SlotSet)
    assert [(found["id"], found["text"]) for found in event.value] == [("a:b:2", TRACK), ("a:b:3", STOCK)]


def test_what_waits_already_stays_in_front(said: Said, conversation: Conversation) -> None:
    message = said(TEXT, "m-2", needs=parts("cancel_order", "track_order"), intent=CANCELS)
    tracker = conversation(message, waiting_needs=[need(3, "stock")])
    assert noted_ids(waiting.noted(tracker, "m-2", [message])) == ["m-1:3", "m-2:2"]


@pytest.mark.parametrize(
    "needs",
    [
        None,
        [],
        parts("cancel_order"),
        parts("cancel_order", "track_order", track_order=0.59),
        parts("cancel_order", "track_order", cancel_order=0.59),
        parts("cancel_order", "track_order", "stock", stock=0.5),
    ],
)
def test_nothing_waits_of_one_need_or_where_one_is_unsure(
    needs: list[dict[str, Any]] | None, said: Said, conversation: Conversation
) -> None:
    message = said(TEXT, needs=needs, intent=CANCELS)
    assert waiting.noted(conversation(message), "m-1", [message]) == []


def test_a_need_just_sure_enough_waits(said: Said, conversation: Conversation) -> None:
    message = said(TEXT, needs=parts("cancel_order", "track_order", track_order=0.6, cancel_order=0.6), intent=CANCELS)
    assert noted_ids(waiting.noted(conversation(message), "m-1", [message])) == ["m-1:2"]


def test_needs_are_not_noted_twice(said: Said, conversation: Conversation) -> None:
    message = said(TEXT, needs=parts("cancel_order", "track_order"), intent=CANCELS)
    begun = waiting.noted(conversation(message), "m-1", [message])
    assert waiting.noted(conversation(message, *begun), "m-1", [message, *begun]) == []
    # Neither when they were answered since: their place is empty, but the turn's mark stays.
    done = SlotSet(waiting.SLOT, None)
    assert waiting.noted(conversation(message, *begun, done), "m-1", [message, *begun, done]) == []


def test_what_the_turn_answered_itself_does_not_wait(said: Said, conversation: Conversation) -> None:
    message = said(TEXT, needs=parts("cancel_order", "track_order", "stock"), intent=CANCELS)
    again = UserUttered(TRACK, {"name": "track_order"})
    assert noted_ids(waiting.noted(conversation(message), "m-1", [message, again])) == ["m-1:3"]


def test_nothing_waits_when_a_person_takes_over_and_what_waited_is_dropped(
    said: Said, conversation: Conversation
) -> None:
    message = said(TEXT, "m-2", needs=parts("cancel_order", "track_order"), intent=CANCELS)
    turn = [message, ActionExecuted("action_hand_over")]
    assert waiting.noted(conversation(*turn), "m-2", turn) == []
    assert noted_ids(waiting.noted(conversation(*turn, waiting_needs=[need()]), "m-2", turn)) == []


def test_stop_drops_what_waits(said: Said, conversation: Conversation) -> None:
    message = said("stop", "m-2", intent={"name": "stop", "confidence": 0.9})
    assert noted_ids(waiting.noted(conversation(message, waiting_needs=[need()]), "m-2", [message])) == []
    assert waiting.noted(conversation(message), "m-2", [message]) == []


def test_nothing_is_noted_in_a_conversation_without_the_slot(said: Said) -> None:
    tracker = DialogueStateTracker.from_events("conversation", [], [])
    message = said(TEXT, needs=parts("cancel_order", "track_order"), intent=CANCELS)
    assert waiting.noted(tracker, "m-1", [message]) == []
    assert waiting.next_need(tracker) is None


def test_a_need_can_be_answered_when_nothing_is_asked(said: Said, conversation: Conversation) -> None:
    events = [said(TEXT), asks("Cancelled.", buttons=[{"title": "Track", "payload": "/track_order"}])]
    tracker = conversation(*events, ActionExecuted(LISTEN), waiting_needs=[need(), need(3)])
    assert waiting.next_need(tracker) == need()
    assert waiting.next_need(conversation(*events, ActionExecuted(LISTEN))) is None


@pytest.mark.parametrize(
    "events",
    [
        [ActiveLoop("identity_form"), ActionExecuted(LISTEN)],
        [ActionExecuted(LISTEN), ConversationPaused()],
        [ActionExecuted("action_answer")],
        [asks("Really?", buttons=YES_OR_NO), ActionExecuted(LISTEN)],
    ],
)
def test_a_need_waits_while_something_is_asked_or_a_person_is_there(
    events: list[Event], said: Said, conversation: Conversation
) -> None:
    assert waiting.next_need(conversation(said(TEXT), *events, waiting_needs=[need()])) is None


def test_a_question_that_the_shopper_has_answered_asks_no_more(said: Said, conversation: Conversation) -> None:
    asked = [said(TEXT), asks("Really?", buttons=YES_OR_NO), ActionExecuted(LISTEN)]
    for answered in ([said("/affirm", "m-2")], [said("/affirm", "m-2"), asks("Cancelled.")]):
        tracker = conversation(*asked, *answered, ActionExecuted(LISTEN), waiting_needs=[need()])
        assert waiting.next_need(tracker) == need()


def test_a_need_that_the_shopper_asked_again_is_stale(said: Said, conversation: Conversation) -> None:
    first = said(TEXT, "m-1", intent={"name": "track_order", "confidence": 0.9})
    again = said("where is it", "m-2", intent={"name": "track_order", "confidence": 0.9})
    assert not waiting.is_stale(conversation(first), need())
    assert waiting.is_stale(conversation(first, again), need())
    assert not waiting.is_stale(conversation(first, again), need(3, "stock"))
    # Before its own message it was another question; and what is put to the dialogue here is not the shopper's.
    assert not waiting.is_stale(conversation(again, first), need())
    further = UserUttered(TRACK, {"name": "track_order"}, message_id="m-1:2")
    assert not waiting.is_stale(conversation(first, further), need())


def test_a_need_is_forgotten_after_eight_messages(said: Said, conversation: Conversation) -> None:
    later = [said("hm", f"later-{number}") for number in range(9)]
    further = [UserUttered(STOCK, {"name": "stock"}, message_id=f"m-1:{number}") for number in (3, 4)]
    assert not waiting.is_stale(conversation(said(TEXT), *later[:8], *further), need())
    assert waiting.is_stale(conversation(said(TEXT), *later), need())


def test_the_message_of_a_need_is_found_by_an_id_with_colons(said: Said, conversation: Conversation) -> None:
    before = said("where is it", "a", intent={"name": "track_order", "confidence": 0.9})
    assert not waiting.is_stale(conversation(before, said(TEXT, "a:2")), need(of="a:2"))


def test_what_was_done_and_announced_is_recognised_after_a_crash(said: Said, conversation: Conversation) -> None:
    event = waiting.announced(need(), {"text": "And to …:", "language": "es", "buttons": []})
    assert event.text == "And to …:" and event.metadata["utter_action"] == waiting.ANNOUNCEMENT
    assert event.metadata["language"] == "es"
    told = conversation(said(TEXT), event)
    assert waiting.is_announced(told, need()) and not waiting.is_announced(told, need(3))
    assert not waiting.is_done(told, need())
    done = conversation(said(TEXT), event, UserUttered(TRACK, {"name": "track_order"}, message_id="m-1:2"))
    assert waiting.is_done(done, need()) and not waiting.is_done(done, need(3))


def test_a_need_given_up_leaves_the_others(conversation: Conversation) -> None:
    assert waiting.given_up(conversation(waiting_needs=[need(), need(3)]), need()).value == [need(3)]
    assert waiting.given_up(conversation(waiting_needs=[need()]), need()).value is None


def test_a_need_is_understood_as_the_whole_was_with_what_its_words_name() -> None:
    entities = [{"entity": "order_number", "value": "1042", "start": 0, "end": 4}]
    ranking = [{"name": "stock", "confidence": 0.6}, {"name": "track_order", "confidence": 0.3}]
    parsed = {
        "text": TRACK,
        "intent": ranking[0],
        "intent_ranking": ranking,
        "entities": entities,
        "language": {"code": "en", "confidence": 1.0},
        "emotion": {"name": "anger", "score": 0.9, "reasons": ["capitals"]},
        "risk": ["lawyer"],
        "needs": parts("cancel_order", "track_order"),
    }
    read = waiting.understood(need(), parsed)
    assert read["intent"] == {"name": "track_order", "confidence": 0.9}
    assert read["intent_ranking"] == [read["intent"], ranking[0]]
    assert read["entities"] == entities and read["language"]["code"] == "en"
    assert read["emotion"]["name"] == "calm" and read["risk"] == []
    assert read["needs"] == [{"intent": "track_order", "confidence": 0.9, "start": 0, "end": len(TRACK)}]
    assert parsed["intent"] == ranking[0]


def test_a_further_need_does_not_break_a_row_of_unhappy_messages(
    tmp_path: Path, said: Said, conversation: Conversation
) -> None:
    """The shopper sent three unhappy messages in a row, whatever was put to the dialogue of each."""
    storage, resource, context = LocalModelStorage(tmp_path), Resource("escalation"), ExecutionContext(GraphSchema({}))
    config = EscalationPolicy.get_default_config()
    trained = EscalationPolicy.create(config, storage, resource, context).train([], Domain.empty())
    policy = EscalationPolicy.load(config, storage, trained, context)
    frustrated = {"name": "frustration", "score": 0.9}
    events: list[Event] = [ActionExecuted(LISTEN)]
    for number in range(1, 4):
        read = waiting.understood(need(of=f"m-{number}"), {"text": TRACK, "entities": []})
        further = UserUttered(TRACK, read["intent"], [], read, message_id=f"m-{number}:2")
        events += [
            said(TEXT, f"m-{number}", emotion=frustrated),
            ActionExecuted(LISTEN),
            further,
            ActionExecuted(LISTEN),
        ]
    assert policy.reason(conversation(*events[:-3])) == "unhappy for long"


def test_a_hand_back_clears_what_waits(conversation: Conversation) -> None:
    handback = Handback(conversation_id="conversation-1", event_id="h-1")
    tracker = conversation(waiting_needs=[need()])
    tracker.update_with_events(_handback_events(tracker, handback), None)
    assert tracker.get_slot(waiting.SLOT) is None


# The channel's loop, with an agent that is there in name only.

ANSWERS: dict[str, list[Event]] = {
    "cancel_order": [asks("Cancelled.")],
    "track_order": [asks("On its way.")],
    "stock": [asks("In stock.")],
    "affirm": [asks("Done.")],
    "stop": [asks("All right.")],
}
ASKS_FIRST: dict[str, list[Event]] = {**ANSWERS, "cancel_order": [asks("Really?", buttons=YES_OR_NO)]}


class PowerCut(BaseException):
    """The assistant dies here."""


class Assistant:
    """Agent, processor and reply generator in one: it answers by intent, keeps conversations, and can be cut off.

    Args:
        answers: what follows a message of each intent.

    Attributes:
        handled: the messages it handled. parsed: the words it read.
        steps: where it may be cut off, counted in the last message.
    """

    def __init__(self, answers: dict[str, list[Event]] = ANSWERS) -> None:
        self.domain = domain_with_needs()
        self.tracker_store = InMemoryTrackerStore(self.domain)
        self.processor = self.nlg = self
        self.answers = answers
        self.handled: list[UserMessage] = []
        self.parsed: list[str] = []
        self.steps, self.cut_at = 0, 0

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.cut_at:
            raise PowerCut

    async def save_tracker(self, tracker: DialogueStateTracker) -> None:
        self._step()
        await self.tracker_store.save(tracker)
        self._step()

    async def generate(self, reply: str, tracker: DialogueStateTracker, channel: str, **values: Any) -> dict[str, Any]:
        self._step()
        assert reply == waiting.ANNOUNCEMENT
        return {"text": f"And “{values['values']['words']}”:", "language": "en", "buttons": []}

    async def parse_message(self, message: UserMessage, tracker: DialogueStateTracker) -> dict[str, Any]:
        self._step()
        self.parsed.append(str(message.text))
        entities = [{"entity": "words", "value": message.text, "start": 0, "end": len(message.text or "")}]
        return {"text": message.text, "intent": {"name": "stop", "confidence": 0.4}, "entities": entities}

    async def handle_message(self, message: UserMessage) -> None:
        self._step()
        parsed = message.parse_data
        tracker = await self.tracker_store.retrieve(message.sender_id) or self._fresh(message.sender_id)
        given = message.input_channel, message.message_id, message.metadata
        said = UserUttered(message.text, parsed["intent"], parsed["entities"], parsed, None, *given)
        answer = [_copied(event) for event in self.answers[parsed["intent"]["name"]]]
        tracker.update_with_events([said, ActionExecuted("action_answer"), *answer, ActionExecuted(LISTEN)], None)
        await self.tracker_store.save(tracker)
        self.handled.append(message)
        self._step()

    def _fresh(self, sender: str) -> DialogueStateTracker:
        begun = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted(LISTEN)]
        return DialogueStateTracker.from_events(sender, begun, self.domain.slots)

    def tell(self, message: UserMessage, cut_at: int = 0) -> dict[str, Any]:
        """Hand over a shopper's message; the assistant dies at a step of it, if one is named."""
        self.steps, self.cut_at = 0, cut_at
        return asyncio.run(_handle_once(self, message))  # type: ignore[arg-type]

    def tracker(self) -> DialogueStateTracker:
        """Return the conversation as it is kept."""
        kept = asyncio.run(self.tracker_store.retrieve("conversation-1"))
        assert kept is not None
        return kept

    def told(self) -> list[str]:
        """Return all that is kept of what both sides said, in its order; of messages, the ids."""
        return [
            str(event.message_id if isinstance(event, UserUttered) else event.text)
            for event in self.tracker().events
            if isinstance(event, UserUttered | BotUttered)
        ]

    def waits(self) -> list[str]:
        """Return the ids of what waits."""
        return [found["id"] for found in self.tracker().get_slot(waiting.SLOT) or []]


def _copied(event: Event) -> Event:
    copied = Event.from_parameters(event.as_dict())
    assert copied is not None
    return copied


def message(message_id: str, *intents: str, text: str = TEXT) -> UserMessage:
    """Return a shopper's message with these needs, understood already."""
    intent = {"name": intents[0], "confidence": 0.9}
    needs = parts(*(name for name in intents if name in CUT))
    return UserMessage(
        text,
        sender_id="conversation-1",
        input_channel="storefront_chat",
        message_id=message_id,
        parse_data={"text": text, "intent": intent, "entities": [], "needs": needs},
        metadata={"shop": "demo", "locale": "en"},
    )


def texts(answer: dict[str, Any]) -> list[str]:
    """Return what the shopper reads."""
    return [reply["text"] for reply in answer["replies"]]


THREE = ("cancel_order", "track_order", "stock")
ALL_SAID = ["Cancelled.", f"And “{TRACK}”:", "On its way.", f"And “{STOCK}”:", "In stock."]
ALL_TOLD = ["m-1", *ALL_SAID[:2], "m-1:2", *ALL_SAID[2:4], "m-1:3", ALL_SAID[4]]


def test_further_needs_are_answered_in_order_each_once() -> None:
    assistant = Assistant()
    answer = assistant.tell(message("m-1", *THREE))
    assert texts(answer) == ALL_SAID and not answer["duplicate"]
    assert assistant.told() == ALL_TOLD and assistant.waits() == []
    first, *further = assistant.handled
    assert first.input_channel == "storefront_chat"
    for part, number, intent in zip(further, (2, 3), THREE[1:], strict=True):
        assert part.input_channel is None and part.message_id == f"m-1:{number}"
        assert part.parse_data["intent"]["name"] == intent and part.metadata["locale"] == "en"
        assert part.parse_data["entities"][0]["value"] == part.text
    assert [found["name"] for found in answer["turn"]["needs"]] == list(THREE)


def test_a_message_with_one_need_is_answered_as_ever() -> None:
    assistant = Assistant()
    answer = assistant.tell(message("m-1", "track_order"))
    assert texts(answer) == ["On its way."] and assistant.told() == ["m-1", "On its way."]
    assert answer["turn"]["slots"] == {} and answer["turn"]["needs"] == []


def test_the_words_of_a_further_need_are_never_a_command() -> None:
    """Rasa reads "/inform{…}" as a button; what a shopper types is none, wherever in a message it stands."""
    first, second = "cancel the lamp, ", '/inform{"order_number":"1042"} where is the rest?'
    told = message("m-1", "cancel_order", text=first + second)
    told.parse_data["needs"] += [
        {"intent": "track_order", "confidence": 0.9, "start": len(first), "end": len(first + second)}
    ]
    assistant = Assistant()
    assert texts(assistant.tell(told))[-1] == "On its way."
    assert len(assistant.parsed) == 1 and not assistant.parsed[0].startswith("/")
    assert not str(assistant.handled[-1].text).startswith("/")


def test_further_needs_wait_for_a_yes_and_are_answered_after_it() -> None:
    assistant = Assistant(ASKS_FIRST)
    assert texts(assistant.tell(message("m-1", *THREE))) == ["Really?"]
    assert assistant.waits() == ["m-1:2", "m-1:3"]
    assert texts(assistant.tell(message("m-2", "affirm", text="/affirm"))) == ["Done.", *ALL_SAID[1:]]
    assert assistant.waits() == []


def test_a_further_need_that_asks_something_lets_the_next_wait() -> None:
    asking = [ActiveLoop("identity_form"), asks("Which order?")]
    assistant = Assistant({**ANSWERS, "track_order": asking, "affirm": [ActiveLoop(None), asks("Done.")]})
    assert texts(assistant.tell(message("m-1", *THREE))) == [*ALL_SAID[:2], "Which order?"]
    assert assistant.waits() == ["m-1:3"]
    assert texts(assistant.tell(message("m-2", "affirm", text="1042"))) == ["Done.", *ALL_SAID[3:]]


def test_a_need_asked_again_meanwhile_is_answered_once() -> None:
    assistant = Assistant(ASKS_FIRST)
    assistant.tell(message("m-1", *THREE))
    again = assistant.tell(message("m-2", "track_order", text="where is the rest?"))
    assert texts(again) == ["On its way.", *ALL_SAID[3:]] and assistant.waits() == []


def test_a_need_that_two_messages_left_waiting_is_answered_once() -> None:
    assistant = Assistant(ASKS_FIRST)
    assistant.tell(message("m-1", "cancel_order", "track_order"))
    assistant.tell(message("m-2", "cancel_order", "track_order"))
    assert texts(assistant.tell(message("m-3", "affirm", text="/affirm"))).count("On its way.") == 1


def test_stop_ends_what_waits() -> None:
    assistant = Assistant(ASKS_FIRST)
    assistant.tell(message("m-1", *THREE))
    assert texts(assistant.tell(message("m-2", "stop", text="stop"))) == ["All right."]
    assert assistant.waits() == []


def _steps_of(assistant: Assistant, *messages: UserMessage) -> int:
    for one in messages:
        assistant.tell(one)
    return assistant.steps


def _cut(assistant: Assistant, one: UserMessage, cut_at: int) -> dict[str, Any]:
    """Let the assistant die in a message, and have the gateway ask again."""
    with pytest.raises(PowerCut):
        assistant.tell(one, cut_at)
    return assistant.tell(one)


def test_broken_off_at_any_step_it_goes_on_where_it_was_and_says_nothing_twice() -> None:
    steps = _steps_of(Assistant(), message("m-1", *THREE))
    assert steps >= 20
    for cut_at in range(1, steps + 1):
        assistant = Assistant()
        answer = _cut(assistant, message("m-1", *THREE), cut_at)
        assert texts(answer) == ALL_SAID, cut_at
        assert assistant.told() == ALL_TOLD, cut_at
        assert assistant.waits() == [], cut_at


def test_broken_off_again_and_again_it_comes_to_its_end() -> None:
    assistant = Assistant()
    for cut_at in range(1, 50):
        try:
            answer = assistant.tell(message("m-1", *THREE), cut_at)
            break
        except PowerCut:
            continue
    assert cut_at > 5 and texts(answer) == ALL_SAID and assistant.told() == ALL_TOLD


def test_broken_off_after_the_yes_it_goes_on_where_it_was() -> None:
    begin, yes = message("m-1", *THREE), message("m-2", "affirm", text="/affirm")
    for cut_at in range(1, _steps_of(Assistant(ASKS_FIRST), begin, yes) + 1):
        assistant = Assistant(ASKS_FIRST)
        assistant.tell(begin)
        assert texts(_cut(assistant, yes, cut_at)) == ["Done.", *ALL_SAID[1:]], cut_at
        assert assistant.waits() == [], cut_at


def test_nothing_is_answered_after_a_further_need_went_to_a_person_wherever_it_breaks_off() -> None:
    answers = {**ANSWERS, "track_order": [ActionExecuted("action_hand_over"), asks("A person comes.")]}
    expected = [*ALL_SAID[:2], "A person comes."]
    begun = Assistant(answers)
    assert texts(begun.tell(message("m-1", *THREE))) == expected and begun.waits() == []
    wrong = []
    for cut_at in range(1, begun.steps + 1):
        assistant = Assistant(answers)
        answer = _cut(assistant, message("m-1", *THREE), cut_at)
        if texts(answer) != expected or assistant.waits():
            wrong.append((cut_at, texts(answer)))
    assert wrong == []


def test_a_message_asked_for_again_is_answered_from_what_is_kept() -> None:
    assistant = Assistant()
    first = assistant.tell(message("m-1", *THREE))
    again = assistant.tell(message("m-1", *THREE))
    assert again["duplicate"] and again["replies"] == first["replies"] and assistant.told() == ALL_TOLD


def test_a_message_asked_for_again_after_later_ones_does_nothing() -> None:
    assistant = Assistant(ASKS_FIRST)
    assistant.tell(message("m-1", *THREE))
    assistant.tell(message("m-2", "affirm", text="/affirm"))
    assistant.tell(message("m-3", "cancel_order", "stock"))
    told, handled = assistant.told(), len(assistant.handled)
    assert texts(assistant.tell(message("m-1", *THREE))) == ["Really?"]
    assert texts(assistant.tell(message("m-2", "affirm", text="/affirm"))) == ["Done.", *ALL_SAID[1:]]
    assert assistant.told() == told and len(assistant.handled) == handled and assistant.waits() == ["m-3:2"]


@pytest.mark.parametrize("ending", ["stop", "hand_over"])
def test_an_end_asked_for_again_after_later_messages_drops_nothing_that_waits_now(ending: str) -> None:
    assistant = Assistant({**ASKS_FIRST, "stock": [ActionExecuted("action_hand_over"), asks("A person comes.")]})
    end = message("m-1", "stop" if ending == "stop" else "stock", text=ending)
    assistant.tell(end)
    assistant.tell(message("m-2", "cancel_order", "track_order"))
    assistant.tell(end)
    assert assistant.waits() == ["m-2:2"]


def test_what_broke_off_is_not_answered_for_an_older_message_that_is_asked_for_again() -> None:
    assistant = Assistant()
    assistant.tell(message("m-1", "stock"))
    with pytest.raises(PowerCut):
        assistant.tell(message("m-2", *THREE), 6)
    assert assistant.waits() == ["m-2:2", "m-2:3"]
    assert texts(assistant.tell(message("m-1", "stock"))) == ["In stock."]
    assert assistant.waits() == ["m-2:2", "m-2:3"]
    assert texts(assistant.tell(message("m-2", *THREE))) == ALL_SAID


class Failing(Assistant):
    """Fails at every further need."""

    async def parse_message(self, message: UserMessage, tracker: DialogueStateTracker) -> dict[str, Any]:
        raise RuntimeError("no idea")


def test_a_need_that_fails_twice_is_given_up_and_the_message_stays_answered() -> None:
    assistant = Failing()
    with pytest.raises(RuntimeError):
        assistant.tell(message("m-1", "cancel_order", "track_order"))  # the gateway asks again
    again = assistant.tell(message("m-1", "cancel_order", "track_order"))
    assert texts(again)[0] == "Cancelled." and assistant.waits() == []
    assert texts(assistant.tell(message("m-2", "stock"))) == ["In stock."]


def test_beside_a_complaint_that_leads_every_need_waits(said: Said, conversation: Conversation) -> None:
    complaint = {"name": "complaint", "confidence": 0.8}
    told = said(TEXT, needs=parts("cancel_order", "track_order"), intent=complaint)
    assert noted_ids(waiting.noted(conversation(told), "m-1", [told])) == ["m-1:1", "m-1:2"]
