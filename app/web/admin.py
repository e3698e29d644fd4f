"""The pages of the administration that know nothing of the hotline, in the order of the navigation."""

from __future__ import annotations

from app.web import admin_audit, admin_calendar, admin_definitions, admin_packs, admin_people, admin_tokens, admin_units

PAGES = (
    *admin_definitions.PAGES, *admin_audit.PAGES,
    *admin_units.PAGES, *admin_people.PAGES, *admin_tokens.PAGES, *admin_calendar.PAGES, *admin_packs.PAGES,
)  # fmt: skip
