"""What can go wrong, and how it is said.

A `UserError` is data: a mutation answers it in its payload's `errors`. A `RequestError` ends the whole operation and
goes out as a GraphQL error: broken requests, missing rights, limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schema.errors import BadRequest, Busy, Forbidden, LimitExceeded, RequestError, Unauthenticated

__all__ = ["BadRequest", "Busy", "Forbidden", "LimitExceeded", "RequestError", "Unauthenticated"]

LANGUAGES = ("en", "sw", "fr")


@dataclass(frozen=True)
class ErrorCode:
    """A stable code with its message in every language; `{name}` in a message is filled from the error's parameters.

    Messages tell the user what to do next. Codes never change once released.
    """

    code: str
    en: str
    sw: str
    fr: str

    def template(self, language: str) -> str:
        """The message in the language, English when it is not one of ours."""
        return str(getattr(self, language)) if language in LANGUAGES else self.en

    def message(self, language: str, parameters: dict[str, object]) -> str:
        """The message in the language, with its parameters filled in."""
        return self.template(language).format(**parameters)


class UserError(Exception):
    """One thing the user can mend: a code, where in the input it lies, and the parameters of its message."""

    def __init__(self, code: ErrorCode, path: str = "", *, current: object = None, **parameters: object) -> None:
        super().__init__(code.code)
        self.code = code
        self.path: Sequence[str] = tuple(part for part in path.split(".") if part)
        self.parameters = parameters
        self.current = current
        """The object as it stands now, for errors that carry it (STALE, PRICE_CHANGED)."""


MOST_ERRORS = 100
"""Things that are told of one input; nobody mends more at a time."""


class UserErrors(Exception):
    """Several `UserError`s found in one input; of very many the first hundred, and how many more there are."""

    def __init__(self, errors: Sequence[UserError]) -> None:
        super().__init__(", ".join(error.code.code for error in errors[:MOST_ERRORS]))
        self.errors = errors
        if len(errors) > MOST_ERRORS:
            more = len(errors) - MOST_ERRORS
            self.errors = [*errors[:MOST_ERRORS], UserError(MORE_ERRORS, more=more)]


class Problems:
    """Collects the user errors of one input, so that all are told at once.

    problems = Problems()
    problems.add(HEAD_MISSING, "head")
    problems.stop()          # raises when there is any
    """

    def __init__(self) -> None:
        self.errors: list[UserError] = []

    def add(self, code: ErrorCode, path: str = "", **parameters: object) -> None:
        """Note a problem and go on."""
        self.errors.append(UserError(code, path, **parameters))

    def stop(self) -> None:
        """Raise `UserErrors` when any problem was noted."""
        if self.errors:
            raise UserErrors(self.errors)


MORE_ERRORS = ErrorCode(
    "MORE_ERRORS",
    en="{more} more things are wrong. Mend these first.",
    sw="Kuna makosa mengine {more}. Rekebisha haya kwanza.",
    fr="{more} autres erreurs s'ajoutent. Corrigez d'abord celles-ci.",
)
STALE = ErrorCode(
    "STALE",
    en="Somebody changed this meanwhile. Look at the current values and try again.",
    sw="Mtu mwingine amebadilisha taarifa hizi. Angalia taarifa za sasa kisha jaribu tena.",
    fr="Quelqu'un a modifié ces données entre-temps. Relisez les valeurs actuelles et réessayez.",
)
NOT_FOUND = ErrorCode(
    "NOT_FOUND",
    en="There is nothing with this id where you work. Check the id.",
    sw="Hakuna kitu chenye kitambulisho hiki unapofanya kazi. Hakiki kitambulisho.",
    fr="Rien ne porte cet identifiant là où vous travaillez. Vérifiez l'identifiant.",
)
NOT_YOURS = ErrorCode(
    "NOT_YOURS",
    en="This would belong to the whole country, or to where you do not work. Name a place of yours, or ask there.",
    sw="Hii itakuwa ya nchi nzima, au ya mahali usipofanya kazi. Taja mahali pako, au uliza huko.",
    fr="Ceci appartiendrait à tout le pays, ou là où vous ne travaillez pas. Nommez un lieu à vous ou demandez-y.",
)
REQUIRED = ErrorCode(
    "REQUIRED",
    en="This is needed. Fill it in.",
    sw="Taarifa hii inahitajika. Tafadhali ijaze.",
    fr="Cette information est nécessaire. Renseignez-la.",
)
INVISIBLE = ErrorCode(
    "INVISIBLE",
    en="This holds a character that cannot be seen. Type it instead of copying it.",
    sw="Hapa kuna herufi isiyoonekana. Andika badala ya kunakili.",
    fr="Ceci contient un caractère invisible. Saisissez-le au lieu de le copier.",
)
TOO_LONG = ErrorCode(
    "TOO_LONG",
    en="At most {most} characters fit here. Shorten it.",
    sw="Herufi zisizidi {most}. Fupisha.",
    fr="{most} caractères au plus. Raccourcissez.",
)
MASKED = ErrorCode(
    "MASKED",
    en="This is what is shown to those who may not read it all. Leave it out to keep what is there.",
    sw="Hii ni sehemu inayoonyeshwa kwa asiye na haki ya kusoma yote. Iache ili kilichopo kibaki.",
    fr="Ceci est ce que voient ceux qui ne peuvent pas tout lire. Omettez-le pour garder ce qui existe.",
)
TAKEN = ErrorCode(
    "TAKEN",
    en="{value} is already used. Choose another one.",
    sw="{value} tayari inatumika. Chagua nyingine.",
    fr="{value} est déjà utilisé. Choisissez-en un autre.",
)
DATE_IN_FUTURE = ErrorCode(
    "DATE_IN_FUTURE",
    en="{date} lies in the future. Enter a date up to today.",
    sw="{date} ni tarehe ya baadaye. Weka tarehe isiyozidi leo.",
    fr="{date} est dans le futur. Saisissez une date jusqu'à aujourd'hui.",
)
DATES_REVERSED = ErrorCode(
    "DATES_REVERSED",
    en="The end comes before the start. Correct one of the dates.",
    sw="Tarehe ya mwisho iko kabla ya mwanzo. Rekebisha tarehe mojawapo.",
    fr="La fin précède le début. Corrigez l'une des dates.",
)
UNKNOWN_CODE = ErrorCode(
    "UNKNOWN_CODE",
    en="{value} is not a known code. Choose one from the list.",
    sw="{value} si msimbo unaojulikana. Chagua mmoja kutoka kwenye orodha.",
    fr="{value} n'est pas un code connu. Choisissez-en un dans la liste.",
)
NEGATIVE = ErrorCode(
    "NEGATIVE",
    en="{value} is below what is allowed. Enter a larger number.",
    sw="{value} ni ndogo kuliko inavyoruhusiwa. Weka namba kubwa zaidi.",
    fr="{value} est inférieur au minimum. Saisissez un nombre plus grand.",
)
ILLEGAL_TRANSITION = ErrorCode(
    "ILLEGAL_TRANSITION",
    en="What is {state} cannot become {target}.",
    sw="Kilicho katika hali ya {state} hakiwezi kuwa {target}.",
    fr="Ce qui est {state} ne peut pas devenir {target}.",
)
IDEMPOTENCY_MISMATCH = ErrorCode(
    "IDEMPOTENCY_MISMATCH",
    en="This clientMutationId was used before with another input. Send a new one.",
    sw="clientMutationId hii imetumika na taarifa nyingine. Tuma mpya.",
    fr="Ce clientMutationId a déjà servi avec une autre saisie. Envoyez-en un nouveau.",
)
ALREADY_DONE = ErrorCode(
    "ALREADY_DONE",
    en="This was done before, and its answer was asked for with other fields. Send it with those, or read what it did.",
    sw="Hili limeshafanyika, na jibu lake liliombwa kwa sehemu nyingine. Litume na zile zile, au soma kilichofanyika.",
    fr="C'est déjà fait, et la réponse demandait d'autres champs. Renvoyez-les, ou lisez ce qui a été fait.",
)
FILE_UNKNOWN = ErrorCode(
    "FILE_UNKNOWN",
    en="This file is used already, older than a day, or not one that you sent. Send it again.",
    sw="Faili hili limeshatumika, limepita siku moja, au hukulituma wewe. Litume tena.",
    fr="Ce fichier a déjà servi, date de plus d'un jour ou n'a pas été envoyé par vous. Envoyez-le à nouveau.",
)
FILE_KIND = ErrorCode(
    "FILE_KIND",
    en="This file is a {kind}, and {kinds} is needed here. Send the right one.",
    sw="Faili hili ni {kind}, hapa inahitajika {kinds}. Tuma lililo sahihi.",
    fr="Ce fichier est du type {kind}, il faut ici {kinds}. Envoyez le bon.",
)
CORE_CODES = (
    STALE, NOT_FOUND, NOT_YOURS, REQUIRED, INVISIBLE, TOO_LONG, MASKED, TAKEN, DATE_IN_FUTURE, DATES_REVERSED,
    UNKNOWN_CODE, NEGATIVE, ILLEGAL_TRANSITION, IDEMPOTENCY_MISMATCH, ALREADY_DONE, FILE_UNKNOWN, FILE_KIND,
    MORE_ERRORS,
)  # fmt: skip
