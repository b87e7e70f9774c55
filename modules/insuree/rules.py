"""What makes an insurance number, a birth date, a status and a photo acceptable: pure functions over plain data.

Checks answer None, or a stable code saying what is wrong; the caller turns the code into a user error.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from core.dates import add_months, age_on

NUMBER_MISSING = "NUMBER_MISSING"
NUMBER_LENGTH = "NUMBER_LENGTH"
NUMBER_CHECK_DIGIT = "NUMBER_CHECK_DIGIT"
NUMBER_PATTERN = "NUMBER_PATTERN"
BIRTH_DATE_IN_FUTURE = "BIRTH_DATE_IN_FUTURE"
STATUS_REASON_MISSING = "STATUS_REASON_MISSING"
STATUS_REASON_MISMATCH = "STATUS_REASON_MISMATCH"
STATUS_DATE_MISSING = "STATUS_DATE_MISSING"
STATUS_DATE_IN_FUTURE = "STATUS_DATE_IN_FUTURE"

ADULT_AGE = 18
NEWBORN_DAYS = 90
PHOTO_MONTHS_ADULT = 60
PHOTO_MONTHS_CHILD = 12

SOUND_LENGTH = 60
"""The most characters of a key by sound."""

_CHECK = re.compile(r"|luhn|mod[2-9]")
_SPELLINGS = tuple(
    (re.compile(spelled), sound)
    for spelled, sound in (
        (r"x", "ks"),
        (r"sh|ch(?![lr])", "x"),  # Aisha, Asha; Charles, Chalesi
        (r"ch|ck|q|c(?![eiy])", "k"),  # Christina, Kristina; Jacob, Yakobo
        (r"ph", "f"),  # Stephen, Stefano
        (r"th", "t"),  # Martha, Marta
        (r"dh|c", "z"),  # Ramadhani, Ramazani; Cecilia, Sesilia
        (r"k?h", ""),  # Khadija, Hadija, Adija; Mohamed, Muhammad; Gharib, Garibu
        (r"^y", "j"),  # Yusufu, Jusufu, Joseph
    )
)
_ONE_SOUND = str.maketrans("bdgrvz", "ptklfs")
_DOUBLE = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiou]+")
_UNHEARD = re.compile(r"(?<!^)[aeiouwy]")


def check_digit(digits: str, divisor: int = 7) -> str:
    """The digit that follows `digits`: their remainder by the divisor.

    The CHF number is eight digits and this one, by 7: 07070707 becomes 070707070 (enrolment spec 2.2).
    Raises ValueError if something other than digits 0 to 9 is given, or a divisor outside 2 to 10.
    """
    if not _is_digits(digits) or not 2 <= divisor <= 10:
        raise ValueError(f"no check digit for {digits!r} by {divisor}")
    return str(int(digits) % divisor)


def ends_in_check_digit(number: str, divisor: int = 7) -> bool:
    """Whether the last digit is the remainder of all digits before it (enrolment spec 2.2 step 4)."""
    return len(number) > 1 and _is_digits(number) and number[-1] == check_digit(number[:-1], divisor)


def passes_luhn(number: str) -> bool:
    """Whether the digits pass the Luhn check: every second digit from the right is doubled, whatever the length."""
    if len(number) < 2 or not _is_digits(number):
        return False
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def has_length(number: str, length: int) -> bool:
    """Whether the number has exactly `length` characters; 0 allows any length."""
    return length == 0 or len(number) == length


def matches(number: str, pattern: str) -> bool:
    """Whether the whole number matches the regular expression; an empty one allows any number."""
    return not pattern or re.fullmatch(pattern, number) is not None


@dataclass(frozen=True)
class NumberRule:
    """How a scheme's insurance numbers look, from plain settings; each part is off when empty.

    `length`: exact number of characters, 0 for any. `check`: "mod7" (the CHF number; mod2 to mod9 exist) or "luhn".
    `pattern`: a regular expression for the whole number. Raises ValueError for settings that mean nothing.
    """

    length: int = 0
    check: str = ""
    pattern: str = ""

    def __post_init__(self) -> None:
        if self.length < 0:
            raise ValueError(f"length of insurance numbers: {self.length} is negative")
        if not _CHECK.fullmatch(self.check):
            raise ValueError(f"check of insurance numbers: {self.check!r} is none of luhn, mod2 to mod9")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"pattern of insurance numbers: {error}") from error


CHF_NUMBER = NumberRule(length=9, check="mod7")


def number_problem(number: str | None, rule: NumberRule) -> str | None:
    """The first thing wrong with the number: missing, length, check digit, pattern; None if it is right.

    Whether somebody else has the number is not asked here: the table's unique constraint knows.
    """
    if not number or not number.strip():
        return NUMBER_MISSING
    if not has_length(number, rule.length):
        return NUMBER_LENGTH
    if not _passes(number, rule.check):
        return NUMBER_CHECK_DIGIT
    if not matches(number, rule.pattern):
        return NUMBER_PATTERN
    return None


def sounds_like_key(name: str) -> str:
    """What names that sound alike have in common, whatever the order of their words: "Asha Ramadhani" is AX LAMSN.

    For names as they are heard in Swahili and English. Of a word its consonants are left: voiced and voiceless ones are
    one, so are l and r, dh and z, kh and h, and double letters count once. Keys made for English, such as Metaphone,
    keep these apart. Vowels come and go (Fatma, Fatuma; Said, Saidi), but whether the first is a, e, i or o, u counts:
    Hassan and Hussein are often twins. A word without a Latin letter is its own key. At most 60 characters.
    """
    words = re.split(r"[\s-]+", name.lower().strip())
    return " ".join(sorted(filter(None, map(_sound, words))))[:SOUND_LENGTH]


def person_sounds_like(last_name: str, other_names: str) -> str:
    """The key of a person: of the last name and the first of the others, which people write down in either order."""
    first = other_names.split()[:1]
    return sounds_like_key(" ".join([*first, last_name]))


def birth_date_problem(birth_date: date, today: date) -> str | None:
    """BIRTH_DATE_IN_FUTURE for somebody born after today."""
    return BIRTH_DATE_IN_FUTURE if birth_date > today else None


def status_problem(
    status: str, *, is_active: bool, reason_status: str | None, status_on: date | None, today: date
) -> str | None:
    """What a status lacks: inactive and dead need a reason for that very status, and a date not in the future.

    `reason_status` is the status the chosen reason belongs to, None without a reason (enrolment spec 2.3 rule 3).
    """
    if is_active:
        return None
    if reason_status is None:
        return STATUS_REASON_MISSING
    if reason_status != status:
        return STATUS_REASON_MISMATCH
    if status_on is None:
        return STATUS_DATE_MISSING
    return STATUS_DATE_IN_FUTURE if status_on > today else None


def is_adult(birth_date: date, day: date, adult_age: int = ADULT_AGE) -> bool:
    """Whether the person has completed `adult_age` years on the day, by exact birthday (decision 10)."""
    return age_on(birth_date, day) >= adult_age


def is_newborn(birth_date: date, day: date, newborn_days: int = NEWBORN_DAYS) -> bool:
    """Whether the day is within `newborn_days` days of birth, the last one included (decision 19)."""
    return birth_date <= day <= birth_date + timedelta(days=newborn_days)


def photo_due(
    photo_on: date | None,
    birth_date: date,
    day: date,
    *,
    adult_age: int = ADULT_AGE,
    adult_months: int = PHOTO_MONTHS_ADULT,
    child_months: int = PHOTO_MONTHS_CHILD,
) -> bool:
    """Whether a photo is due on the day: none yet, or older than the months allowed (enrolment spec 2.3 rule 12)."""
    if photo_on is None:
        return True
    months = adult_months if is_adult(birth_date, day, adult_age) else child_months
    return add_months(photo_on, months) < day


def _sound(word: str) -> str:
    letters = re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", word))
    for spelled, sound in _SPELLINGS:
        letters = spelled.sub(sound, letters)
    heard = _DOUBLE.sub(r"\1", letters.translate(_ONE_SOUND))
    heard = _VOWELS.sub(lambda vowels: "A" if vowels[0][0] in "aei" else "U", heard, count=1)
    return (_UNHEARD.sub("", heard) or word).upper()


def _is_digits(text: str) -> bool:
    # str.isdigit alone also accepts other scripts' digits and superscripts, which no card carries.
    return text.isascii() and text.isdigit()


def _passes(number: str, check: str) -> bool:
    if check == "luhn":
        return passes_luhn(number)
    return not check or ends_in_check_digit(number, int(check.removeprefix("mod")))
