"""Every table of the desk, for migrations and tests."""

from __future__ import annotations

from desk.access_log import Access
from desk.accounts import Staff
from desk.case import Case, CaseCounter, CaseEvent
from desk.login import LoginTry
from desk.sessions import StaffSession

__all__ = ["Access", "Case", "CaseCounter", "CaseEvent", "LoginTry", "Staff", "StaffSession"]
