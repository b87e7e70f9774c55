"""What a user can do wrong with products."""

from core import ErrorCode

PRODUCT_IN_USE = ErrorCode(
    "PRODUCT_IN_USE",
    en="{name} still has policies that run. Set its last day of sale and wait until they expire.",
    sw="{name} bado ina bima zinazoendelea. Weka siku ya mwisho ya kuuzwa na usubiri ziishe.",
    fr="{name} a encore des polices en cours. Fixez son dernier jour de vente et attendez leur expiration.",
)
TERMS_TOO_EARLY = ErrorCode(
    "TERMS_TOO_EARLY",
    en="The present terms began on {began} and policies may rest on them. Let the new ones begin after that day.",
    sw="Masharti ya sasa yalianza {began} na bima huenda zinayategemea. Mapya yaanze baada ya siku hiyo.",
    fr="Les conditions actuelles ont débuté le {began} et des polices peuvent en dépendre. Débutez après ce jour.",
)
CONVERTS_TO_ITSELF = ErrorCode(
    "CONVERTS_TO_ITSELF",
    en="A product cannot be renewed into itself this way. Choose another product, or none.",
    sw="Bidhaa haiwezi kuhuishwa kuwa yenyewe kwa njia hii. Chagua nyingine, au usichague.",
    fr="Un produit ne peut pas se convertir en lui-même. Choisissez un autre produit, ou aucun.",
)
ID_OR_CODE = ErrorCode(
    "ID_OR_CODE",
    en="Name what is covered by its id or by its code, one of them.",
    sw="Taja kinachogharamiwa kwa kitambulisho au kwa msimbo, kimoja tu.",
    fr="Indiquez ce qui est couvert par son identifiant ou par son code, l'un des deux.",
)
NOT_A_PERCENTAGE = ErrorCode(
    "NOT_A_PERCENTAGE",
    en="{value} is not a percentage. Enter a number from 0 to 100.",
    sw="{value} si asilimia. Weka namba kati ya 0 na 100.",
    fr="{value} n'est pas un pourcentage. Saisissez un nombre de 0 à 100.",
)
PERIOD_TOO_LONG = ErrorCode(
    "PERIOD_TOO_LONG",
    en="{value} months are too many. Enter at most {most}.",
    sw="Miezi {value} ni mingi mno. Weka isiyozidi {most}.",
    fr="{value} mois, c'est trop. Saisissez {most} au plus.",
)
CYCLE_NOT_A_DATE = ErrorCode(
    "CYCLE_NOT_A_DATE",
    en="Month {month} has no day {day}. Correct the date.",
    sw="Mwezi {month} hauna siku {day}. Rekebisha tarehe.",
    fr="Le mois {month} n'a pas de jour {day}. Corrigez la date.",
)
CEILING_TYPE_MISSING = ErrorCode(
    "CEILING_TYPE_MISSING",
    en="Say whether deductible and ceiling are per treatment, per insuree or per policy.",
    sw="Taja kama makato na kikomo ni kwa tiba, kwa mwanachama au kwa bima.",
    fr="Indiquez si franchise et plafond valent par traitement, par assuré ou par police.",
)
GENERAL_OR_SPLIT = ErrorCode(
    "GENERAL_OR_SPLIT",
    en="Give one amount for all visits, or one for in-patients and one for out-patients, not both.",
    sw="Weka kiasi kimoja kwa ziara zote, au kimoja cha wanaolazwa na kimoja cha wa nje, si vyote.",
    fr="Donnez un montant pour toutes les visites, ou un par hospitalisation et un ambulatoire, pas les deux.",
)
POLICY_CEILING_ONLY = ErrorCode(
    "POLICY_CEILING_ONLY",
    en="Only a ceiling per policy grows with the members. Set the ceiling type to POLICY, or leave this out.",
    sw="Kikomo cha bima pekee hukua kulingana na wanachama. Weka aina ya kikomo POLICY, au acha hii.",
    fr="Seul un plafond par police croît avec les membres. Choisissez le type POLICY, ou laissez ceci vide.",
)
SHARES_MISSING = ErrorCode(
    "SHARES_MISSING",
    en="Shares of {care_type} by {period} are given, but not for {missing}. Give one for every period of the year.",
    sw="Mgao wa {care_type} kwa {period} umetajwa, ila si kwa {missing}. Taja wa kila kipindi cha mwaka.",
    fr="Des parts {care_type} par {period} manquent pour {missing}. Donnez-en une pour chaque période de l'année.",
)

ALL = (
    PRODUCT_IN_USE, TERMS_TOO_EARLY, CONVERTS_TO_ITSELF, ID_OR_CODE, NOT_A_PERCENTAGE, PERIOD_TOO_LONG,
    CYCLE_NOT_A_DATE, CEILING_TYPE_MISSING, GENERAL_OR_SPLIT, POLICY_CEILING_ONLY,
    SHARES_MISSING,
)  # fmt: skip
