"""first tables

Revision: 2eb75616ffdf
After:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core import database

revision = "2eb75616ffdf"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "access_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("staff", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=True),
        sa.Column("case_number", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index("ix_access_log_conversation", ["shop", "conversation_id", "id"], unique=False)

    op.create_table(
        "case_counters",
        sa.Column("shop", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("shop", name=op.f("pk_case_counters")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("tried", sa.JSON(), nullable=False),
        sa.Column("opened_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=True),
        sa.Column("taken_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("handed_back_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("shop", "number", name=op.f("uq_cases_shop_number")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cases_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_cases_shop_order_number", ["shop", "order_number"], unique=False)
        batch_op.create_index("ix_cases_shop_status", ["shop", "status"], unique=False)
        batch_op.create_index(
            "uq_cases_live_conversation",
            ["shop", "conversation_id"],
            unique=True,
            sqlite_where=sa.text("status != 'closed'"),
            postgresql_where=sa.text("status != 'closed'"),
        )

    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("visitor", sa.String(length=128), nullable=True),
        sa.Column("locale", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("handler", sa.String(length=16), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("agent_name", sa.String(length=100), nullable=True),
        sa.Column("created_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("outage_told_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("shop", "channel", "visitor", name=op.f("uq_conversations_shop_channel_visitor")),
    )
    op.create_table(
        "identity_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=128), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("proved", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_attempts")),
        sa.UniqueConstraint(
            "shop",
            "conversation_id",
            "message_id",
            "order_number",
            name=op.f("uq_identity_attempts_shop_conversation_id_message_id_order_number"),
        ),
    )
    with op.batch_alter_table("identity_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_identity_attempts_conversation", ["shop", "conversation_id"], unique=False)
        batch_op.create_index("ix_identity_attempts_order", ["shop", "order_number", "at"], unique=False)

    op.create_table(
        "login_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_tries")),
    )
    with op.batch_alter_table("login_tries", schema=None) as batch_op:
        batch_op.create_index("ix_login_tries_at", ["at"], unique=False)

    op.create_table(
        "shop_claims",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("parcel_ref", sa.String(length=60), nullable=False),
        sa.Column("tracking_number", sa.String(length=60), nullable=True),
        sa.Column("open_parcel", sa.String(length=110), nullable=True),
        sa.Column("recorded_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_claims")),
        sa.UniqueConstraint("shop", "key", name=op.f("uq_shop_claims_shop_key")),
        sa.UniqueConstraint("shop", "number", name=op.f("uq_shop_claims_shop_number")),
        sa.UniqueConstraint("shop", "open_parcel", name=op.f("uq_shop_claims_shop_open_parcel")),
    )
    op.create_table(
        "shop_customers",
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("created_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_customers")),
        sa.UniqueConstraint("shop", "ref", name=op.f("uq_shop_customers_shop_ref")),
    )
    op.create_table(
        "shop_outages",
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("system", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("shop", "system", name=op.f("pk_shop_outages")),
    )
    op.create_table(
        "shop_profiles",
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("shop", name=op.f("pk_shop_profiles")),
    )
    op.create_table(
        "shop_seedings",
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("seeded_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("shop", name=op.f("pk_shop_seedings")),
    )
    op.create_table(
        "shop_size_charts",
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_size_charts")),
        sa.UniqueConstraint("shop", "ref", name=op.f("uq_shop_size_charts_shop_ref")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("from_settings", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("created_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("shop", "name", name=op.f("uq_staff_shop_name")),
    )
    op.create_table(
        "transcript_entries",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("speaker", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=160), nullable=True),
        sa.Column("understanding", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript_entries")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("transcript_entries", schema=None) as batch_op:
        batch_op.create_index("ix_transcript_entries_conversation", ["shop", "conversation_id", "id"], unique=False)
        batch_op.create_index("ix_transcript_entries_message", ["shop", "message_id"], unique=False)

    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("agent", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
        sa.UniqueConstraint("shop", "key", name=op.f("uq_case_events_shop_key")),
    )
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_events_case_id"), ["case_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("card", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.String(length=64), nullable=True),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_outbox_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("conversation_id", "key", name=op.f("uq_outbox_conversation_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_conversation", ["conversation_id", "id"], unique=False)

    op.create_table(
        "shop_addresses",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=True),
        sa.Column("line1", sa.String(length=300), nullable=False),
        sa.Column("line2", sa.String(length=300), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop_customers.id"],
            name=op.f("fk_shop_addresses_customer_id_shop_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_addresses")),
    )
    with op.batch_alter_table("shop_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_addresses_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "shop_orders",
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("subtotal", database.ExactDecimal(length=40), nullable=False),
        sa.Column("shipping", database.ExactDecimal(length=40), nullable=False),
        sa.Column("tax", database.ExactDecimal(length=40), nullable=False),
        sa.Column("discount", database.ExactDecimal(length=40), nullable=False),
        sa.Column("total", database.ExactDecimal(length=40), nullable=False),
        sa.Column("financial_status", sa.String(length=20), nullable=False),
        sa.Column("shipping_method", sa.String(length=120), nullable=True),
        sa.Column("promised_delivery", sa.Date(), nullable=True),
        sa.Column("cancelled_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=120), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("discount_code", sa.String(length=120), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["shop_customers.id"], name=op.f("fk_shop_orders_customer_id_shop_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_orders")),
        sa.UniqueConstraint("shop", "number", name=op.f("uq_shop_orders_shop_number")),
    )
    with op.batch_alter_table("shop_orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_orders_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "shop_payment_methods",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=True),
        sa.Column("expires", sa.String(length=7), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["shop_customers.id"],
            name=op.f("fk_shop_payment_methods_customer_id_shop_customers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_payment_methods")),
    )
    with op.batch_alter_table("shop_payment_methods", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_payment_methods_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "shop_products",
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("handle", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("vendor", sa.String(length=120), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("size_chart_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["size_chart_id"],
            ["shop_size_charts.id"],
            name=op.f("fk_shop_products_size_chart_id_shop_size_charts"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_products")),
        sa.UniqueConstraint("shop", "handle", name=op.f("uq_shop_products_shop_handle")),
    )
    with op.batch_alter_table("shop_products", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_products_size_chart_id"), ["size_chart_id"], unique=False)

    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("started_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_sessions_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=96), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("button_of", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("received_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["button_of"], ["outbox.id"], name=op.f("fk_inbox_button_of_outbox")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_inbox_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("conversation_id", "client_id", name=op.f("uq_inbox_conversation_id_client_id")),
        sa.UniqueConstraint("id", name=op.f("uq_inbox_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_work", ["status", "conversation_id", "seq"], unique=False)

    op.create_table(
        "shop_fulfilments",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("warehouse", sa.String(length=80), nullable=True),
        sa.Column("packed_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_fulfilments_order_id_shop_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_fulfilments")),
        sa.UniqueConstraint("order_id", "ref", name=op.f("uq_shop_fulfilments_order_id_ref")),
    )
    with op.batch_alter_table("shop_fulfilments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_fulfilments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_order_addresses",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("company", sa.String(length=200), nullable=True),
        sa.Column("line1", sa.String(length=300), nullable=False),
        sa.Column("line2", sa.String(length=300), nullable=True),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["shop_orders.id"],
            name=op.f("fk_shop_order_addresses_order_id_shop_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order_addresses")),
        sa.UniqueConstraint("order_id", "role", name=op.f("uq_shop_order_addresses_order_id_role")),
    )
    with op.batch_alter_table("shop_order_addresses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_order_addresses_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_order_history",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("actor", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["shop_orders.id"],
            name=op.f("fk_shop_order_history_order_id_shop_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order_history")),
    )
    with op.batch_alter_table("shop_order_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_order_history_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_order_lines",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("variant", sa.String(length=255), nullable=True),
        sa.Column("sku", sa.String(length=120), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", database.ExactDecimal(length=40), nullable=False),
        sa.Column("discount", database.ExactDecimal(length=40), nullable=True),
        sa.Column("requires_shipping", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_order_lines_order_id_shop_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order_lines")),
        sa.UniqueConstraint("order_id", "ref", name=op.f("uq_shop_order_lines_order_id_ref")),
    )
    with op.batch_alter_table("shop_order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_order_lines_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_payments",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount", database.ExactDecimal(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=True),
        sa.Column("reference", sa.String(length=255), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_payments_order_id_shop_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_payments")),
        sa.UniqueConstraint("order_id", "ref", name=op.f("uq_shop_payments_order_id_ref")),
    )
    with op.batch_alter_table("shop_payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_payments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_refunds",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.Column("amount", database.ExactDecimal(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("payment_ref", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_orders.id"], name=op.f("fk_shop_refunds_order_id_shop_orders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_refunds")),
        sa.UniqueConstraint("order_id", "ref", name=op.f("uq_shop_refunds_order_id_ref")),
    )
    with op.batch_alter_table("shop_refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_refunds_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shop_variants",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("barcode", sa.String(length=60), nullable=True),
        sa.Column("weight_grams", sa.Integer(), nullable=True),
        sa.Column("requires_shipping", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["shop_products.id"],
            name=op.f("fk_shop_variants_product_id_shop_products"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_variants")),
        sa.UniqueConstraint("shop", "sku", name=op.f("uq_shop_variants_shop_sku")),
    )
    with op.batch_alter_table("shop_variants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_variants_product_id"), ["product_id"], unique=False)

    op.create_table(
        "shop_fulfilment_lines",
        sa.Column("fulfilment_id", sa.Integer(), nullable=False),
        sa.Column("line_ref", sa.String(length=60), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"],
            ["shop_fulfilments.id"],
            name=op.f("fk_shop_fulfilment_lines_fulfilment_id_shop_fulfilments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_fulfilment_lines")),
    )
    with op.batch_alter_table("shop_fulfilment_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_fulfilment_lines_fulfilment_id"), ["fulfilment_id"], unique=False)

    op.create_table(
        "shop_parcels",
        sa.Column("fulfilment_id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("carrier_name", sa.String(length=80), nullable=False),
        sa.Column("service", sa.String(length=80), nullable=True),
        sa.Column("tracking_number", sa.String(length=60), nullable=True),
        sa.Column("tracking_key", sa.String(length=60), nullable=True),
        sa.Column("tracking_url", sa.String(length=500), nullable=True),
        sa.Column("origin", sa.String(length=2), nullable=False),
        sa.Column("destination", sa.String(length=2), nullable=False),
        sa.Column("destination_zone", sa.String(length=60), nullable=False),
        sa.Column("label_created_at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("shipped_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("estimated_delivery", sa.Date(), nullable=True),
        sa.Column("promised_delivery", sa.Date(), nullable=True),
        sa.Column("delivered_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_zone", sa.String(length=60), nullable=True),
        sa.Column("delivered_place", sa.String(length=20), nullable=True),
        sa.Column("signed_by", sa.String(length=120), nullable=True),
        sa.Column("delivery_note", sa.String(length=300), nullable=True),
        sa.Column("delivery_photo", sa.Boolean(), nullable=False),
        sa.Column("customs_duties", sa.String(length=3), nullable=True),
        sa.Column("customs_state", sa.String(length=20), nullable=True),
        sa.Column("customs_entered_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("customs_cleared_at", database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("declared_amount", database.ExactDecimal(length=40), nullable=True),
        sa.Column("declared_currency", sa.String(length=3), nullable=True),
        sa.Column("due_amount", database.ExactDecimal(length=40), nullable=True),
        sa.Column("due_currency", sa.String(length=3), nullable=True),
        sa.Column("pickup_name", sa.String(length=120), nullable=True),
        sa.Column("pickup_address", sa.String(length=300), nullable=True),
        sa.Column("pickup_until", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["fulfilment_id"],
            ["shop_fulfilments.id"],
            name=op.f("fk_shop_parcels_fulfilment_id_shop_fulfilments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_parcels")),
        sa.UniqueConstraint("shop", "order_number", "ref", name=op.f("uq_shop_parcels_shop_order_number_ref")),
    )
    with op.batch_alter_table("shop_parcels", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_parcels_fulfilment_id"), ["fulfilment_id"], unique=False)
        batch_op.create_index("ix_shop_parcels_tracking", ["shop", "tracking_key"], unique=False)

    op.create_table(
        "shop_prices",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("amount", database.ExactDecimal(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["shop_variants.id"],
            name=op.f("fk_shop_prices_variant_id_shop_variants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_prices")),
        sa.UniqueConstraint("variant_id", "currency", name=op.f("uq_shop_prices_variant_id_currency")),
    )
    with op.batch_alter_table("shop_prices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_prices_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "shop_refund_lines",
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("line_ref", sa.String(length=60), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["refund_id"],
            ["shop_refunds.id"],
            name=op.f("fk_shop_refund_lines_refund_id_shop_refunds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_refund_lines")),
    )
    with op.batch_alter_table("shop_refund_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_refund_lines_refund_id"), ["refund_id"], unique=False)

    op.create_table(
        "shop_stock",
        sa.Column("variant_id", sa.Integer(), nullable=False),
        sa.Column("warehouse", sa.String(length=80), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("incoming", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["shop_variants.id"],
            name=op.f("fk_shop_stock_variant_id_shop_variants"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_stock")),
        sa.UniqueConstraint("variant_id", "warehouse", name=op.f("uq_shop_stock_variant_id_warehouse")),
    )
    with op.batch_alter_table("shop_stock", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_stock_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "shop_checkpoints",
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("at", database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"],
            ["shop_parcels.id"],
            name=op.f("fk_shop_checkpoints_parcel_id_shop_parcels"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_checkpoints")),
    )
    with op.batch_alter_table("shop_checkpoints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_checkpoints_parcel_id"), ["parcel_id"], unique=False)

    op.create_table(
        "shop_parcel_items",
        sa.Column("parcel_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("variant", sa.String(length=255), nullable=True),
        sa.Column("sku", sa.String(length=120), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["parcel_id"],
            ["shop_parcels.id"],
            name=op.f("fk_shop_parcel_items_parcel_id_shop_parcels"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_parcel_items")),
    )
    with op.batch_alter_table("shop_parcel_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_parcel_items_parcel_id"), ["parcel_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("shop_parcel_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_parcel_items_parcel_id"))

    op.drop_table("shop_parcel_items")
    with op.batch_alter_table("shop_checkpoints", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_checkpoints_parcel_id"))

    op.drop_table("shop_checkpoints")
    with op.batch_alter_table("shop_stock", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_stock_variant_id"))

    op.drop_table("shop_stock")
    with op.batch_alter_table("shop_refund_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_refund_lines_refund_id"))

    op.drop_table("shop_refund_lines")
    with op.batch_alter_table("shop_prices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_prices_variant_id"))

    op.drop_table("shop_prices")
    with op.batch_alter_table("shop_parcels", schema=None) as batch_op:
        batch_op.drop_index("ix_shop_parcels_tracking")
        batch_op.drop_index(batch_op.f("ix_shop_parcels_fulfilment_id"))

    op.drop_table("shop_parcels")
    with op.batch_alter_table("shop_fulfilment_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_fulfilment_lines_fulfilment_id"))

    op.drop_table("shop_fulfilment_lines")
    with op.batch_alter_table("shop_variants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_variants_product_id"))

    op.drop_table("shop_variants")
    with op.batch_alter_table("shop_refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_refunds_order_id"))

    op.drop_table("shop_refunds")
    with op.batch_alter_table("shop_payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_payments_order_id"))

    op.drop_table("shop_payments")
    with op.batch_alter_table("shop_order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_order_lines_order_id"))

    op.drop_table("shop_order_lines")
    with op.batch_alter_table("shop_order_history", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_order_history_order_id"))

    op.drop_table("shop_order_history")
    with op.batch_alter_table("shop_order_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_order_addresses_order_id"))

    op.drop_table("shop_order_addresses")
    with op.batch_alter_table("shop_fulfilments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_fulfilments_order_id"))

    op.drop_table("shop_fulfilments")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_work")

    op.drop_table("inbox")
    with op.batch_alter_table("staff_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_sessions_staff_id"))

    op.drop_table("staff_sessions")
    with op.batch_alter_table("shop_products", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_products_size_chart_id"))

    op.drop_table("shop_products")
    with op.batch_alter_table("shop_payment_methods", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_payment_methods_customer_id"))

    op.drop_table("shop_payment_methods")
    with op.batch_alter_table("shop_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_orders_customer_id"))

    op.drop_table("shop_orders")
    with op.batch_alter_table("shop_addresses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_addresses_customer_id"))

    op.drop_table("shop_addresses")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_conversation")

    op.drop_table("outbox")
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_events_case_id"))

    op.drop_table("case_events")
    with op.batch_alter_table("transcript_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_transcript_entries_message")
        batch_op.drop_index("ix_transcript_entries_conversation")

    op.drop_table("transcript_entries")
    op.drop_table("staff")
    op.drop_table("shop_size_charts")
    op.drop_table("shop_seedings")
    op.drop_table("shop_profiles")
    op.drop_table("shop_outages")
    op.drop_table("shop_customers")
    op.drop_table("shop_claims")
    with op.batch_alter_table("login_tries", schema=None) as batch_op:
        batch_op.drop_index("ix_login_tries_at")

    op.drop_table("login_tries")
    with op.batch_alter_table("identity_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_identity_attempts_order")
        batch_op.drop_index("ix_identity_attempts_conversation")

    op.drop_table("identity_attempts")
    op.drop_table("conversations")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cases_live_conversation",
            sqlite_where=sa.text("status != 'closed'"),
            postgresql_where=sa.text("status != 'closed'"),
        )
        batch_op.drop_index("ix_cases_shop_status")
        batch_op.drop_index("ix_cases_shop_order_number")
        batch_op.drop_index(batch_op.f("ix_cases_conversation_id"))

    op.drop_table("cases")
    op.drop_table("case_counters")
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.drop_index("ix_access_log_conversation")

    op.drop_table("access_log")
