"""Pictures for a demonstration, drawn at that time and showing no person: what a citizen sends of a place, and a unit of its work."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

from app.core.actors import Actor
from app.core.file_transfer import upload
from app.simulation.office import Office

SIZE = (640, 480)
GROUND, WALLS = 300, ((186, 172, 150), (160, 168, 176), (198, 184, 168), (142, 150, 140))
SKIES = ((188, 208, 224), (206, 214, 218), (170, 190, 214))
# Of a morning's new tickets, and of its new replies, so many have a picture.
WITH_PHOTO, OF_WORK = 0.14, 0.10
FRESH = """SELECT c.id, t.registered_at FROM cases c JOIN tickets t ON t.id = c.id
WHERE c.open AND t.registered_at > %(now)s - interval '1 day' ORDER BY t.registered_at, c.id"""
REPLIED = """SELECT a.id, a.unit_id FROM assignments a JOIN cases c ON c.id = a.id
WHERE c.open AND c.state IN ('submitted', 'replied') AND c.last_at > %(now)s - interval '1 day' ORDER BY c.last_at, c.id"""


def photographed(office: Office) -> None:
    """Each morning, of what came and what was answered since the last one."""
    for place, row in enumerate(office.rows(FRESH)):
        rng = office.rng("photo", office.day, place)
        if rng.random() < WITH_PHOTO:
            for number in range(1, rng.randint(1, 2) + 1):
                attach(office, office.district.centre("agent"), "ticket", row["id"], "site", f"现场照片{number}", rng)
    for place, row in enumerate(office.rows(REPLIED)):
        rng = office.rng("work", office.day, place)
        if rng.random() < OF_WORK:
            attach(office, office.district.of_unit("handler", row["unit_id"]), "assignment", row["id"], "handling", "整改后照片", rng)


def attach(office: Office, actor: Actor, kind: str, case_id: int, of: str, name: str, rng: Random) -> None:
    upload(office.system, actor, kind, case_id, of, f"{name}.jpg", io.BytesIO(picture(rng)))
    office.done += 1


def picture(rng: Random) -> bytes:
    """A street: sky, houses, road, a lamp, and something left lying, as a JPEG."""
    image = Image.new("RGB", SIZE, rng.choice(SKIES))
    draw = ImageDraw.Draw(image)
    left = -rng.randint(0, 60)
    while left < SIZE[0]:
        left = house(draw, rng, left)
    draw.rectangle((0, GROUND, SIZE[0], SIZE[1]), fill=(118, 118, 116))
    draw.rectangle((0, GROUND, SIZE[0], GROUND + 34), fill=(172, 168, 160))
    for x in range(-20, SIZE[0], 120):
        draw.polygon([(x, 420), (x + 70, 420), (x + 60, 430), (x - 10, 430)], fill=(224, 222, 208))
    lamp(draw, rng.randint(60, SIZE[0] - 60))
    for _ in range(rng.randint(0, 14)):
        x, y, size = rng.randint(180, 460), rng.randint(GROUND + 10, GROUND + 70), rng.randint(8, 34)
        draw.rounded_rectangle((x, y - size, x + size * 1.3, y), 4, fill=tuple(rng.randint(50, 190) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def house(draw: ImageDraw.ImageDraw, rng: Random, left: int) -> int:
    """Returns where the next one begins."""
    width, top = rng.randint(90, 180), rng.randint(60, 190)
    draw.rectangle((left, top, left + width, GROUND), fill=rng.choice(WALLS))
    for y in range(top + 16, GROUND - 40, 40):
        for x in range(left + 14, left + width - 24, 36):
            draw.rectangle((x, y, x + 18, y + 22), fill=(92, 108, 124) if rng.random() < 0.8 else (226, 208, 150))
    return left + width + rng.randint(0, 16)


def lamp(draw: ImageDraw.ImageDraw, x: int) -> None:
    draw.line((x, GROUND + 30, x, 120), fill=(70, 74, 78), width=6)
    draw.line((x, 122, x + 46, 112), fill=(70, 74, 78), width=5)
    draw.ellipse((x + 38, 106, x + 62, 120), fill=(230, 228, 200))
