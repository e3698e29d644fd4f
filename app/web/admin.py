"""The pages of the administration that know nothing of the hotline, in the order of the navigation."""

from __future__ import annotations

from app.web import admin_calendar, admin_people, admin_tokens, admin_units

PAGES = (*admin_units.PAGES, *admin_people.PAGES, *admin_tokens.PAGES, *admin_calendar.PAGES)
