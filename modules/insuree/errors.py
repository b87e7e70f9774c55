"""What a user can do wrong with families, insured people and enrolment officers."""

from core import DATE_IN_FUTURE, REQUIRED, ErrorCode
from modules.insuree import rules

NUMBER_TAKEN = ErrorCode(
    "INSURANCE_NUMBER_TAKEN",
    en="Somebody else has the insurance number {number}. Check the card.",
    sw="Namba ya bima {number} ni ya mtu mwingine. Hakiki kadi.",
    fr="Quelqu'un d'autre a le numéro d'assurance {number}. Vérifiez la carte.",
)
NUMBER_LENGTH = ErrorCode(
    "INSURANCE_NUMBER_LENGTH",
    en="An insurance number has {length} characters. Check the card.",
    sw="Namba ya bima ina herufi {length}. Hakiki kadi.",
    fr="Un numéro d'assurance a {length} caractères. Vérifiez la carte.",
)
NUMBER_CHECK_DIGIT = ErrorCode(
    "INSURANCE_NUMBER_CHECK_DIGIT",
    en="The last digit of {number} does not fit the others. Check the card for a slip.",
    sw="Tarakimu ya mwisho ya {number} hailingani na nyingine. Hakiki kadi, huenda umekosea.",
    fr="Le dernier chiffre de {number} ne correspond pas aux autres. Vérifiez la carte.",
)
NUMBER_PATTERN = ErrorCode(
    "INSURANCE_NUMBER_PATTERN",
    en="{number} does not look like an insurance number. Check the card.",
    sw="{number} haifanani na namba ya bima. Hakiki kadi.",
    fr="{number} n'a pas la forme d'un numéro d'assurance. Vérifiez la carte.",
)
HEAD_MISSING = ErrorCode(
    "HEAD_MISSING",
    en="A family has a head. Say who it is.",
    sw="Kaya ina mkuu. Taja ni nani.",
    fr="Une famille a un chef. Dites qui c'est.",
)
TWO_HEADS = ErrorCode(
    "TWO_HEADS",
    en="A family has one head. Give either a new person or somebody registered.",
    sw="Kaya ina mkuu mmoja. Weka mtu mpya au aliyesajiliwa, si wote wawili.",
    fr="Une famille a un seul chef. Donnez une nouvelle personne ou une personne enregistrée.",
)
IN_ANOTHER_FAMILY = ErrorCode(
    "IN_ANOTHER_FAMILY",
    en="{name} belongs to a family. Move the person, or remove him or her from it first.",
    sw="{name} yuko kwenye kaya. Mhamishe, au mtoe kwanza.",
    fr="{name} appartient à une famille. Déplacez la personne, ou retirez-l'en d'abord.",
)
IS_HEAD = ErrorCode(
    "IS_HEAD",
    en="{name} is the head of the family. Choose another head first.",
    sw="{name} ni mkuu wa kaya. Chagua kwanza mkuu mwingine.",
    fr="{name} est le chef de la famille. Choisissez d'abord un autre chef.",
)
NOT_A_MEMBER = ErrorCode(
    "NOT_A_MEMBER",
    en="{name} does not belong to this family. Choose one of its members.",
    sw="{name} si mwanakaya wa kaya hii. Chagua mmoja wa wanakaya.",
    fr="{name} n'appartient pas à cette famille. Choisissez l'un de ses membres.",
)
STATUS_REASON_MISMATCH = ErrorCode(
    "STATUS_REASON_MISMATCH",
    en="{reason} is no reason for the status {status}. Choose another reason.",
    sw="{reason} si sababu ya hali {status}. Chagua sababu nyingine.",
    fr="{reason} n'est pas un motif du statut {status}. Choisissez un autre motif.",
)
OWN_SUBSTITUTE = ErrorCode(
    "OWN_SUBSTITUTE",
    en="An officer cannot stand in for himself. Choose somebody else.",
    sw="Afisa hawezi kujikaimu mwenyewe. Chagua mwingine.",
    fr="Un agent ne peut pas se remplacer lui-même. Choisissez quelqu'un d'autre.",
)
PERSON_REGISTERED = ErrorCode(
    "PERSON_REGISTERED",
    en="The person is registered. End the registration first.",
    sw="Mtu huyu bado amesajiliwa. Sitisha usajili kwanza.",
    fr="La personne est enregistrée. Mettez d'abord fin à l'enregistrement.",
)

NUMBER_CODES = {
    rules.NUMBER_MISSING: REQUIRED,
    rules.NUMBER_LENGTH: NUMBER_LENGTH,
    rules.NUMBER_CHECK_DIGIT: NUMBER_CHECK_DIGIT,
    rules.NUMBER_PATTERN: NUMBER_PATTERN,
}
"""The user error of each answer of `rules.number_problem`."""

STATUS_CODES = {
    rules.STATUS_REASON_MISSING: (REQUIRED, "statusReasonCode"),
    rules.STATUS_REASON_MISMATCH: (STATUS_REASON_MISMATCH, "statusReasonCode"),
    rules.STATUS_DATE_MISSING: (REQUIRED, "statusOn"),
    rules.STATUS_DATE_IN_FUTURE: (DATE_IN_FUTURE, "statusOn"),
}
"""The user error of each answer of `rules.status_problem`, and the field it lies at."""

ALL = (
    NUMBER_TAKEN, NUMBER_LENGTH, NUMBER_CHECK_DIGIT, NUMBER_PATTERN, HEAD_MISSING, TWO_HEADS, IN_ANOTHER_FAMILY,
    IS_HEAD, NOT_A_MEMBER, STATUS_REASON_MISMATCH, OWN_SUBSTITUTE, PERSON_REGISTERED,
)  # fmt: skip
