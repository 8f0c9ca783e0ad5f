"""Opening hours at an instant: open or shut, the next change, the next opening."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from opening_hours import OpeningHours, State

from capillare.geo.hours.grammar import HORIZON_DAYS
from capillare.geo.hours.schedules import ROME, normalise_hours, schedule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONE_HOUR = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)


def is_open_at(
    expression: str | None, instant: datetime, *, istat_code: str | None = None
) -> bool | None:
    """Whether a desk is open at an instant; None where it is not known.

    An instant without zone is Europe/Rome. Opening is within, closing is not. Not known: no
    expression, one that cannot be read, and a state ``unknown`` such as hours by appointment. With
    `istat_code`, hours that say so are shut on the patron's day of that municipality.
    """
    schedule = _schedule(expression, instant, istat_code)
    if schedule is None:
        return None
    state, _ = schedule.state(_wall_clock(instant))
    return None if state == State.UNKNOWN else bool(state == State.OPEN)


def next_change(
    expression: str | None, instant: datetime, *, istat_code: str | None = None
) -> datetime | None:
    """Instant in Europe/Rome at which the state next changes; None if it does not in ten years.

    Hours are those of the wall clock: where it jumps, the state changes with it.
    """
    schedule = _schedule(expression, instant, istat_code)
    return None if schedule is None else next(_changes(schedule, instant), (None, None))[0]


def next_opening(
    expression: str | None, instant: datetime, *, istat_code: str | None = None
) -> datetime | None:
    """First instant in Europe/Rome, from `instant` on, at which a desk is open.

    That is `instant` itself where it is open then; None where it is not known to open in ten years.
    """
    schedule = _schedule(expression, instant, istat_code)
    if schedule is None:
        return None
    if schedule.state(_wall_clock(instant))[0] == State.OPEN:
        return _in_rome(instant)
    return next((at for at, state in _changes(schedule, instant) if state == State.OPEN), None)


def _changes(schedule: OpeningHours, instant: datetime) -> Iterator[tuple[datetime, State]]:
    """Yield each instant at which the state changes in ten years, with the new state."""
    now = _in_rome(instant)
    last = now + timedelta(days=HORIZON_DAYS)
    before, _ = schedule.state(_wall_clock(now))
    while now < last and (wall := schedule.next_change(_wall_clock(now))) is not None:
        then = _first_instant(wall, now)
        now = _clock_change(now, then) or then
        state, _ = schedule.state(_wall_clock(now))
        if state != before:
            yield now, state
        before = state


def _first_instant(wall: datetime, after: datetime) -> datetime:
    """Return the first instant after another at which clocks in Rome show a time."""
    first = wall.replace(tzinfo=ROME)
    return first if first.timestamp() > after.timestamp() else first.replace(fold=1)


def _clock_change(after: datetime, until: datetime) -> datetime | None:
    """Return the first instant after one and until another at which clocks jump, if any."""
    offset = after.utcoffset()
    start, stop = after.astimezone(UTC), until.astimezone(UTC)
    for step in (_ONE_DAY, _ONE_HOUR):
        while start + step < stop and (start + step).astimezone(ROME).utcoffset() == offset:
            start += step
    jump = start.replace(minute=0, second=0, microsecond=0) + _ONE_HOUR
    if jump > stop or jump.astimezone(ROME).utcoffset() == offset:
        return None
    return jump.astimezone(ROME)


def _schedule(
    expression: str | None, instant: datetime, istat_code: str | None
) -> OpeningHours | None:
    canonical = normalise_hours(expression) if expression else None
    if canonical is None:
        return None
    return schedule_of(canonical, year=_in_rome(instant).year, istat_code=istat_code)


def _in_rome(instant: datetime) -> datetime:
    return instant.replace(tzinfo=ROME) if instant.tzinfo is None else instant.astimezone(ROME)


def _wall_clock(instant: datetime) -> datetime:
    return _in_rome(instant).replace(tzinfo=None)
