"""The daily figures kept beside the tickets: made from history, made again whenever something is told later of a day that is over."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, Integer, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.base import Base, Instant


class DayFigure(Base):
    """How often something happened in one hour of one day: `unit_id` 0 counts the whole centre, any other what that unit led. What is only
    asked by days stands under hour 0."""

    __tablename__ = "day_figures"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    measure: Mapped[str] = mapped_column(Text, primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class CategoryFigure(Base):
    """How many demands of a category came on a day: under unit 0 those registered, under a unit those given to it as the lead."""

    __tablename__ = "category_figures"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    unit_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    category_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class FoldedDay(Base):
    """A day whose figures stand, and when, on the real clock, they were made. A day without this row is counted by whoever asks, and of
    the day that is not over what has happened since `counted_until`, which is None of a whole day."""

    __tablename__ = "folded_days"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    folded_at: Mapped[datetime] = mapped_column(Instant)
    counted_until: Mapped[datetime | None] = mapped_column(Instant)


class Folding(Base):
    """The one row of what has been looked through for late news of folded days: all that was recorded until then, on the real clock."""

    __tablename__ = "folding"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    looked_until: Mapped[datetime] = mapped_column(Instant)
