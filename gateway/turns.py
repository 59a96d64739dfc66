"""How a turn ends. Each function is one transaction's work: all of it is there afterwards, or none."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.clock import utc_now
from desk.cases import OpenedCase, Priority, Reason, open_case
from desk.summary import statement
from gateway import conversations, outbox
from gateway.assistant import Answer, Reply
from gateway.inbox import Work
from gateway.outbox import Saying
from gateway.tables import Conversation, InboxItem, Kind, Sender, Status
from gateway.texts import Texts
from transcripts.entries import Speaker, attach_understanding, record

# What the desk reads about a turn that failed: codes of desk/summary.py.
_FAILURES = {Reason.NO_REPLY: "no_reply", Reason.SYSTEM_DOWN: "not_answered"}


def finish(session: Session, texts: Texts, shop: str, work: Work, answer: Answer | None) -> Status:
    """End a turn with the assistant's answer, once; return where the inbox row now stands.

    The replies go out and into the transcript with how the message was understood. If a person has taken over in the
    meantime, they are only written down. An answer without a reply is a failure.
    """
    conversation, item = _locked(session, shop, work)
    status = Status(item.status)
    if status not in {Status.PENDING, Status.PERSON}:
        return status
    if answer is None:
        return _end(item, Status.ANSWERED)
    attach_understanding(session, shop, item.id, answer.turn)
    if status == Status.PERSON:
        for number, reply in enumerate(answer.spoken):
            _suppress(session, conversation, f"{item.id}:{number}", reply)
        return _end(item, Status.SUPPRESSED)
    if not answer.spoken:
        return _fail(session, texts, conversation, item, Reason.NO_REPLY)
    for number, reply in enumerate(answer.spoken):
        conversation.language = reply.language or conversation.language
        outbox.say(session, conversation, f"{item.id}:{number}", _saying(reply), answers=item.id)
    conversation.outage_told_at = None
    return _end(item, Status.ANSWERED)


def fail(session: Session, texts: Texts, shop: str, work: Work) -> Status:
    """End a turn that got no answer: the shopper hears so, the desk gets a case; once, like any end."""
    conversation, item = _locked(session, shop, work)
    if item.status != Status.PENDING:
        return Status(item.status)
    if item.kind == Kind.HANDBACK:
        # Nobody to tell: the shopper's next message simply finds the assistant without the note.
        return _end(item, Status.FAILED)
    return _fail(session, texts, conversation, item, Reason.SYSTEM_DOWN)


def tell_delay(session: Session, texts: Texts, shop: str, work: Work) -> bool:
    """Tell the shopper and the desk that the answer must wait; once an outage and conversation. Return whether now."""
    conversation, item = _locked(session, shop, work)
    if item.status != Status.PENDING or item.kind != Kind.MESSAGE or conversation.outage_told_at is not None:
        return False
    conversation.outage_told_at = utc_now()
    case = _open_case(session, conversation, Reason.SYSTEM_DOWN, "delayed", key=f"{item.id}:delayed")
    text = texts.say("assistant_delayed", conversation.language, case=case.number)
    outbox.say(session, conversation, f"{item.id}:delayed", Saying(Sender.SYSTEM, text))
    return True


def _locked(session: Session, shop: str, work: Work) -> tuple[Conversation, InboxItem]:
    conversation = conversations.lock(session, shop, work.conversation_id)
    return conversation, session.get_one(InboxItem, work.seq)


def _end(item: InboxItem, status: Status) -> Status:
    item.status, item.ended_at = status.value, utc_now()
    return status


def _fail(session: Session, texts: Texts, conversation: Conversation, item: InboxItem, reason: Reason) -> Status:
    case = _open_case(session, conversation, reason, _FAILURES[reason], key=f"{item.id}:{reason}")
    text = texts.say("assistant_failed", conversation.language, case=case.number)
    outbox.say(session, conversation, f"{item.id}:failed", Saying(Sender.SYSTEM, text))
    return _end(item, Status.FAILED)


def _open_case(session: Session, conversation: Conversation, reason: Reason, what: str, key: str) -> OpenedCase:
    return open_case(
        session,
        shop=conversation.shop,
        conversation_id=conversation.id,
        reason=reason,
        priority=Priority.HIGH,
        language=conversation.language,
        summary=[statement(what)],
        key=key,
    )


def _saying(reply: Reply) -> Saying:
    return Saying(
        Sender.ASSISTANT,
        reply.text,
        buttons=[button.model_dump() for button in reply.buttons],
        card=reply.card.model_dump() if reply.card else None,
        language=reply.language,
        reply=reply.name,
    )


def _suppress(session: Session, conversation: Conversation, key: str, reply: Reply) -> None:
    record(
        session,
        shop=conversation.shop,
        conversation_id=conversation.id,
        speaker=Speaker.ASSISTANT,
        text=reply.text,
        content=_saying(reply).transcript_content(),
        message_id=key,
        suppressed=True,
    )
