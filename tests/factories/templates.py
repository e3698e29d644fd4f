"""The databases that those of the tests are cloned from."""

from __future__ import annotations

# As it is after a first start: migrated, with the shipped calendars and packs installed.
SHIPPED = "template_citydesk"
# The same with a small district in it, for every test that asks for a `desk`.
DISTRICT = "template_district"
