"""A measured number of ours beside the rival's, and what was asked of it."""

import dataclasses

HIGHER = "higher"
LOWER = "lower"


@dataclasses.dataclass
class Row:
    """One line of the table."""

    section: str
    what: str
    unit: str
    ours: float | None
    rival: float | None = None
    better: str = LOWER
    # Asked of our number by itself: at most, or at least where higher is better.
    target: float | None = None
    # Asked of it beside the rival's: so many times better.
    times_target: float | None = None
    note: str = ""

    @property
    def times(self):
        """How many times better ours is; nothing when there is nothing to compare."""
        if not self.ours or not self.rival:
            return None
        return self.ours / self.rival if self.better == HIGHER else self.rival / self.ours

    @property
    def reached(self):
        """Whether it does what was asked; nothing when nothing was asked."""
        verdicts = []
        if self.ours is None:
            return False if self.asked else None
        if self.target is not None:
            within = self.ours >= self.target if self.better == HIGHER else self.ours <= self.target
            verdicts.append(within)
        if self.times_target is not None and self.times is not None:
            verdicts.append(self.times >= self.times_target)
        return all(verdicts) if verdicts else None

    @property
    def asked(self):
        """What was asked, in a few characters."""
        sign = "≥" if self.better == HIGHER else "≤"
        parts = []
        if self.target is not None:
            parts.append(f"{sign} {shown(self.target)}")
        if self.times_target is not None:
            parts.append(f"{shown(self.times_target)} × better")
        return ", ".join(parts)

    @classmethod
    def of_json(cls, kept):
        """The row that `as_json` kept."""
        return cls(**{field.name: kept[field.name] for field in dataclasses.fields(cls)})

    def as_json(self):
        return {**dataclasses.asdict(self), "times": self.times, "reached": self.reached}


def shown(number):
    """A number with as many digits as are worth reading."""
    if number is None:
        return "–"
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    if abs(number) >= 100 or number == int(number):
        return f"{number:.0f}"
    if abs(number) >= 10:
        return f"{number:.1f}"
    return f"{number:.3f}" if 0.9 < abs(number) < 1 else f"{number:.2f}"
