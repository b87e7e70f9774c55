"""What each rejection reason says to the facility, with the parameters its finding carries."""

from collections.abc import Mapping

from core.errors import ErrorCode
from modules.claim.rules.reasons import Finding, RejectionReason

ALL_LINES_REJECTED_MESSAGE = ErrorCode(
    "ALL_LINES_REJECTED",
    en="No line of the claim passed the checks. Look at the reason of each line.",
    sw="Hakuna mstari wa dai uliopita ukaguzi. Angalia sababu ya kila mstari.",
    fr="Aucune ligne de la demande n'a passé les contrôles. Voyez le motif de chaque ligne.",
)

_TEXTS: Mapping[RejectionReason, tuple[str, str, str]] = {
    RejectionReason.AI_EVALUATION: (
        "The automatic evaluation refused this.",
        "Tathmini ya kiotomatiki imekataa hii.",
        "L'évaluation automatique a refusé ceci.",
    ),
    RejectionReason.MEDICAL_OFFICER: (
        "The medical officer refused this. Read the justification.",
        "Afisa wa tiba amekataa hii. Soma maelezo yake.",
        "Le médecin-conseil a refusé ceci. Lisez la justification.",
    ),
    RejectionReason.ACCEPTED: ("Accepted.", "Imekubaliwa.", "Accepté."),
    RejectionReason.NOT_IN_REGISTER: (
        "The register does not hold this on {on}.",
        "Rejista haina hii tarehe {on}.",
        "Le registre ne contient pas ceci au {on}.",
    ),
    RejectionReason.NOT_IN_PRICE_LIST: (
        "The facility's price list does not hold this on {on}.",
        "Orodha ya bei ya kituo haina hii tarehe {on}.",
        "La liste de prix de l'établissement ne contient pas ceci au {on}.",
    ),
    RejectionReason.NOT_COVERED: (
        "No product of the patient's policies covers this on {on}.",
        "Hakuna kifurushi cha bima ya mgonjwa kinachogharamia hii tarehe {on}.",
        "Aucun produit des polices du patient ne couvre ceci au {on}.",
    ),
    RejectionReason.PATIENT_CATEGORY: (
        "This is not meant for a patient of this sex and age.",
        "Hii haikusudiwi kwa mgonjwa wa jinsia na umri huu.",
        "Ceci n'est pas destiné à un patient de ce sexe et de cet âge.",
    ),
    RejectionReason.FREQUENCY: (
        "Given on {last}; at least {days} days must lie between.",
        "Ilitolewa {last}; lazima zipite angalau siku {days}.",
        "Fourni le {last} ; au moins {days} jours doivent s'écouler.",
    ),
    RejectionReason.DUPLICATE: (
        "The same patient, facility and main diagnosis on the same days: {claims}.",
        "Mgonjwa, kituo na utambuzi mkuu ni uleule kwa siku zilezile: {claims}.",
        "Même patient, même établissement et même diagnostic principal aux mêmes jours : {claims}.",
    ),
    RejectionReason.PATIENT_OR_FAMILY_CLOSED: (
        "The patient is not in the register, or belongs to no current family.",
        "Mgonjwa hayupo kwenye rejista, au hana kaya halali.",
        "Le patient n'est pas au registre ou n'appartient à aucune famille en cours.",
    ),
    RejectionReason.DIAGNOSIS_NOT_LISTED: (
        "The diagnosis is not in the current list.",
        "Utambuzi haupo kwenye orodha ya sasa.",
        "Le diagnostic n'est pas dans la liste en cours.",
    ),
    RejectionReason.DATES_INVALID: (
        "The date of care is missing, or the claim is dated before it.",
        "Tarehe ya huduma haipo, au dai lina tarehe ya kabla yake.",
        "La date des soins manque, ou la demande est datée d'avant.",
    ),
    RejectionReason.CARE_TYPE: (
        "This kind of care does not suit the facility or the stay.",
        "Aina hii ya huduma hailingani na kituo au kulazwa.",
        "Ce type de soins ne convient pas à l'établissement ou au séjour.",
    ),
    RejectionReason.MAX_ADMISSIONS: (
        "All {maximum} admissions that the policy allows are used.",
        "Kulazwa kote {maximum} kunakoruhusiwa na bima kumetumika.",
        "Les {maximum} hospitalisations permises par la police sont utilisées.",
    ),
    RejectionReason.MAX_VISITS: (
        "All {maximum} visits that the policy allows are used.",
        "Mahudhurio yote {maximum} yanayoruhusiwa na bima yametumika.",
        "Les {maximum} visites permises par la police sont utilisées.",
    ),
    RejectionReason.MAX_CONSULTATIONS: (
        "All {maximum} consultations that the policy allows are used.",
        "Ushauri wa daktari mara {maximum} unaoruhusiwa na bima umetumika.",
        "Les {maximum} consultations permises par la police sont utilisées.",
    ),
    RejectionReason.MAX_SURGERIES: (
        "All {maximum} surgeries that the policy allows are used.",
        "Upasuaji wote {maximum} unaoruhusiwa na bima umetumika.",
        "Les {maximum} interventions permises par la police sont utilisées.",
    ),
    RejectionReason.MAX_DELIVERIES: (
        "All {maximum} deliveries that the policy allows are used.",
        "Huduma zote {maximum} za kujifungua zinazoruhusiwa na bima zimetumika.",
        "Les {maximum} accouchements permis par la police sont utilisés.",
    ),
    RejectionReason.MAX_PROVISIONS: (
        "At most {maximum} of this may be given; {used} were used before.",
        "Inaruhusiwa kutolewa {maximum} tu; {used} zilishatumika.",
        "Au plus {maximum} peuvent être fournis ; {used} l'ont déjà été.",
    ),
    RejectionReason.WAITING_PERIOD: (
        "Covered only from {earliest} on.",
        "Inagharamiwa kuanzia {earliest} tu.",
        "Couvert seulement à partir du {earliest}.",
    ),
    RejectionReason.MAX_ANTENATAL: (
        "All {maximum} antenatal visits that the policy allows are used.",
        "Mahudhurio yote {maximum} ya kliniki ya wajawazito yanayoruhusiwa na bima yametumika.",
        "Les {maximum} visites prénatales permises par la police sont utilisées.",
    ),
    RejectionReason.CLAIM_NOT_FOUND: (
        "There is no such claim.",
        "Hakuna dai kama hilo.",
        "Cette demande n'existe pas.",
    ),
    RejectionReason.NO_COVER: (
        "No policy covers the patient on {on}.",
        "Hakuna bima inayomgharamia mgonjwa tarehe {on}.",
        "Aucune police ne couvre le patient au {on}.",
    ),
    RejectionReason.END_BEFORE_START: (
        "The care ends before it starts. Correct one of the dates.",
        "Huduma inaisha kabla ya kuanza. Rekebisha tarehe mojawapo.",
        "Les soins finissent avant de commencer. Corrigez l'une des dates.",
    ),
    RejectionReason.IN_FUTURE: (
        "{on} lies in the future.",
        "{on} ni tarehe ya baadaye.",
        "{on} est dans le futur.",
    ),
    RejectionReason.FILED_LATE: (
        "Claims are filed within {days} days after care; the last day was {last}.",
        "Madai huwasilishwa ndani ya siku {days} baada ya huduma; siku ya mwisho ilikuwa {last}.",
        "Les demandes se déposent dans les {days} jours après les soins ; le dernier jour était le {last}.",
    ),
    RejectionReason.FACILITY_NOT_CONTRACTED: (
        "The facility is not active, or has no contract on {on}.",
        "Kituo hakifanyi kazi, au hakina mkataba tarehe {on}.",
        "L'établissement n'est pas actif ou n'a pas de contrat au {on}.",
    ),
    RejectionReason.PATIENT_NOT_ACTIVE: (
        "The patient was inactive or dead from {since} on.",
        "Mgonjwa hakuwa hai au amesitishwa tangu {since}.",
        "Le patient était inactif ou décédé depuis le {since}.",
    ),
    RejectionReason.REFERRAL_MISSING: (
        "A facility above the first level needs a referral. Name the facility that referred the patient.",
        "Kituo cha juu ya ngazi ya kwanza kinahitaji rufaa. Taja kituo kilichotoa rufaa.",
        "Un établissement au-dessus du premier niveau exige une référence. Indiquez l'établissement référent.",
    ),
    RejectionReason.OUTSIDE_AREA: (
        "The facility lies outside the area in which the patient is entitled to care.",
        "Kituo kiko nje ya eneo ambalo mgonjwa anastahili huduma.",
        "L'établissement est hors de la zone où le patient a droit aux soins.",
    ),
    RejectionReason.BUNDLE_DIFFERS: (
        "The parts entered are not those of the register's bundle: it is worth nothing. Return it for correction.",
        "Sehemu zilizowekwa si zile za kifurushi kwenye rejista: hakilipwi chochote. Kirudishe kirekebishwe.",
        "Les éléments saisis ne sont pas ceux du forfait au registre : il ne vaut rien. Renvoyez-le pour correction.",
    ),
}

MESSAGES: Mapping[RejectionReason, ErrorCode] = {
    reason: ErrorCode(reason.name, en=en, sw=sw, fr=fr) for reason, (en, sw, fr) in _TEXTS.items()
}
"""The message of every reason; `{name}` is filled from the finding's parameters."""


def finding_message(finding: Finding, language: str) -> str:
    """What the finding says, in the language."""
    return MESSAGES[finding.reason].message(language, dict(finding.parameters))
