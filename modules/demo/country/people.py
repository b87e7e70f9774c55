"""Made-up families for villages: who lives together, how old they are, what they are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from modules.demo.country.sheets import NULL, Sheets
from modules.demo.country.villages import Village
from modules.demo.files import rows
from modules.demo.households import CHILD, FIRST_NUMBER, PARENT, SPOUSE
from modules.insuree.models import Family, Insuree
from modules.insuree.rules import check_digit, person_sounds_like

YEARS = 3
"""The first families enrolled so many years ago."""
SIZES = (1,) * 3 + (2,) * 6 + (3,) * 11 + (4,) * 18 + (5,) * 22 + (6,) * 19 + (7,) * 12 + (8,) * 9
"""How many people live together: five on the average (decision 35)."""
YEAR = 365
HAS_PHONE = 0.6


@dataclass
class Person:
    """A member as policies and claims need one; days are ordinals."""

    id: str
    born: int
    woman: bool
    relation: str | None


@dataclass
class Household:
    """A family with its people, the head first."""

    id: str
    village: Village
    enrolled: int
    people: list[Person]


class Calendar:
    """The days that appear, as text: writing a date a million times over is slow."""

    def __init__(self, today: date) -> None:
        self.today = today.toordinal()
        self._first = self.today - 130 * YEAR
        first = date.fromordinal(self._first)
        self._days = [(first + timedelta(days=days)).isoformat() for days in range(135 * YEAR)]

    def __getitem__(self, ordinal: int) -> str:
        return self._days[ordinal - self._first]


class People:
    """Makes up families, the same ones for one seed and one day."""

    def __init__(self, sheets: Sheets, calendar: Calendar, random: Random) -> None:
        self.sheets, self.calendar, self.random = sheets, calendar, random
        self._numbers = count(FIRST_NUMBER)
        self._names: dict[str, list[str]] = {}
        for row in rows("names"):
            self._names.setdefault(row["kind"], []).append(row["name"])
        self._sounds = self._heard()

    def household(self, village: Village) -> Household:
        """The next family of a village, written."""
        chance = self.random.random
        sheets, calendar = self.sheets, self.calendar
        id = sheets.id(Family)
        enrolled = calendar.today - int(chance() * YEARS * YEAR)
        recorded = f"{calendar[enrolled]} 09:00:00+00"
        last_name = self._one_of("last")
        ages = self._ages(SIZES[int(chance() * 100)])
        people = [
            self._person(id, village, last_name, woman, enrolled - age * YEAR - int(chance() * 364), relation, recorded)
            for age, woman, relation in ages
        ]
        poor = chance() < 0.1
        sheets.lines[Family].append(
            f"{id}\t{village.id}\t{village.district_id}\t{people[0].id}\t{poor}\t{'POOR' if poor else 'STANDARD'}\t"
            f"{recorded}\t{recorded}\t1\n"
        )
        return Household(id, village, enrolled, people)

    def _ages(self, size: int) -> list[tuple[int, bool, str | None]]:
        """Age, whether a woman, and relation of each member: head, spouse, parents, children from the oldest."""
        chance = self.random.random
        age, woman = 24 + int(chance() * 45), chance() < 0.3
        found: list[tuple[int, bool, str | None]] = [(age, woman, None)]
        if size > 1 and chance() < 0.8:
            found.append((max(18, age - int(chance() * 12) + 3), not woman, SPOUSE))
        children: list[tuple[int, bool, str | None]] = []
        for _ in range(size - len(found)):
            if age < 50 and chance() < 0.05:
                found.append((age + 20 + int(chance() * 11), True, PARENT))
            else:
                children.append((int(chance() * (min(24, age - 17) + 1)), chance() < 0.5, CHILD))
        return found + sorted(children, key=lambda child: child[0], reverse=True)

    def _person(
        self, family: str, village: Village, last_name: str, woman: bool, born: int, relation: str | None, recorded: str
    ) -> Person:
        id = self.sheets.id(Insuree)
        digits = str(next(self._numbers))
        other_names = self._one_of("F" if woman else "M")
        phone = NULL
        if relation is None and self.random.random() < HAS_PHONE:
            phone = f"07{int(self.random.random() * 1e8):08}"
        self.sheets.lines[Insuree].append(
            f"{id}\t{digits}{check_digit(digits)}\t{last_name}\t{other_names}\t{self._sounds[last_name, other_names]}\t"
            f"{self.calendar[born]}\t{'F' if woman else 'M'}\t{family}\t{relation is None}\t{relation or NULL}\t"
            f"{village.district_id}\t{village.id}\t{phone}\tACTIVE\t{recorded}\t{recorded}\t{recorded}\t1\n"
        )
        return Person(id, born, woman, relation)

    def _one_of(self, kind: str) -> str:
        names: Sequence[str] = self._names[kind]
        return names[int(self.random.random() * len(names))]

    def _heard(self) -> Mapping[tuple[str, str], str]:
        others = self._names["F"] + self._names["M"]
        return {(last, other): person_sounds_like(last, other) for last in self._names["last"] for other in others}
